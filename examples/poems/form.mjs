// How many answers of a run have the form of their poem: two lines as long as those before, a comma, a full stop.
// node examples/poems/form.mjs RUN
import { createEngine, openRun, readExamples } from 'heddle/node';

const engine = await createEngine();
const run = await openRun(process.argv[2], { engine, task: 'sequence-to-sequence' });
const { test } = await readExamples(run.config);
const answers = await run.predictor.predict(test.map(({ source }) => source));
/** The lengths of the lines, with the marks after them. */
const form = (couplet) => couplet.replace(/[^，。]+/gu, (line) => [...line].length);
const texts = answers.map(([best]) => best.text);
const kept = texts.filter((text, i) => form(text) === form(test[i].source)).length;
const different = new Set(texts).size;
console.log(`${kept} of ${test.length} have the form of their poem, ${different} are different`);
await engine.close();
