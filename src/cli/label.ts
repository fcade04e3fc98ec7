import { textsIn } from '../config/askedTexts.js';
import type { ClassPrediction } from '../config/node/classificationRun.js';
import type { MultiLabelRun } from '../config/node/multiLabelRun.js';
import { askedText, type Answerer } from './answerEach.js';
import { askedParts, refuseWriting, requireTable } from './classify.js';
import type { Arguments } from './command.js';
import { tellUnknown, tellWithoutTerms } from './tellUnknown.js';

const DOES = 'this one says labels';

/** Labels and their probabilities, each with the separator of the data between. */
function labelCells(run: MultiLabelRun, said: readonly ClassPrediction[]): string {
  const labels = run.joined(said.map(({ label }) => label));
  const probabilities = said.map(({ probability }) => probability.toFixed(4));
  return `${labels}\t${probabilities.join(' ')}`;
}

/**
 * Says which labels each text has, the likeliest first: `text ⇥ labels ⇥ probabilities`, a text a line.
 * @throws UserError for options that do not go with it.
 */
export function labelAnswerer(run: MultiLabelRun, args: Arguments): Answerer {
  refuseWriting(args, ['n-best'], DOES);
  const { text: encoding, bag } = run.encoding;
  return async (asked) => {
    const kind = run.contextKind;
    const texts = asked.map((each) => askedText(each, kind, encoding));
    const answers = await run.labelTexts(texts, (i) => asked[i]!.origin);
    const parts = texts.map((each) => textsIn(each, kind));
    if (encoding) tellUnknown(asked, encoding, parts);
    if (bag) tellWithoutTerms(asked, bag);
    return answers.map((said, i) => [
      args.flag('json')
        ? JSON.stringify({ ...askedParts(texts[i]!), labels: said })
        : `${asked[i]!.text}\t${labelCells(run, said)}`,
    ]);
  };
}

/**
 * Says which labels each row of features in a table has: `row ⇥ labels ⇥ probabilities`, rows counted from 1.
 * @throws UserError without a table, and for options that do not go with it.
 */
export async function labelRows(run: MultiLabelRun, args: Arguments): Promise<undefined> {
  refuseWriting(args, ['n-best'], DOES);
  const rows = await run.labelRows(requireTable(args));
  const lines = args.flag('json')
    ? rows.map((said, i) => JSON.stringify({ row: i + 1, labels: said }))
    : ['row\tlabels\tprobabilities', ...rows.map((said, i) => `${i + 1}\t${labelCells(run, said)}`)];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return undefined;
}
