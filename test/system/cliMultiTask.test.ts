import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from '../support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: multi-task
text: { minCount: 2 }
model: { encoder: { embeddingSize: 16, hiddenSize: 16 } }
tasks:
  intent:
    task: classification
    data: { source: { file: intents.tsv }, test: { file: asked.tsv }, split: { validation: 0.15 } }
    pooling: max
  slots:
    task: tagging
    data: { source: { file: slots.tsv }, split: { validation: 0.15, test: 0.15 } }
  stars:
    task: regression
    data: { source: { file: stars.tsv, text: 0, values: [1] }, split: { validation: 0.15, test: 0.15 } }
    pooling: max
    weight: 4
training:
  steps: 120
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.02 }
  checkpointEverySteps: 60
  validation: { everySteps: 60, metrics: [loss, intent.accuracy, slots.entityF1, stars.mae], stopOn: slots.entityF1 }
`;
const cities = ['Rome', 'New York', 'Oslo', 'Rio Grande', 'Lima', 'Cape Town', 'Bath'];
const ends = ['on Monday', 'by train', 'with Bath salts'];
/** Rides with the tags of their words, and rooms with stars that the first word decides. */
const rides = cities.flatMap((from) =>
  cities.flatMap((to) =>
    ends.map((end) => {
      const city = (name: string) => (name.includes(' ') ? 'B-CITY I-CITY' : 'B-CITY');
      const others = end.split(' ').map(() => 'O');
      return {
        text: `from ${from} to ${to} ${end}`,
        tags: `O ${city(from)} O ${city(to)} ${others.join(' ')}`,
      };
    }),
  ),
);
const rooms = ['plain', 'good', 'grand'].flatMap((kind, i) =>
  cities.flatMap((city) => ends.map((end) => ({ text: `${kind} room in ${city} ${end}`, stars: 1 + 2 * i }))),
);

let training: CliResult;
beforeAll(async () => {
  const intents = [
    ...rides.slice(0, 60).map(({ text }) => `${text}\tride`),
    ...rooms.map(({ text }) => `${text}\troom`),
  ];
  await writeFile(file('trips.yaml'), config);
  await writeFile(file('intents.tsv'), intents.join('\n'));
  // Rides that the tagger has, too.
  await writeFile(
    file('asked.tsv'),
    rides
      .slice(80, 110)
      .map(({ text }) => `${text}\tride`)
      .join('\n'),
  );
  await writeFile(file('slots.tsv'), rides.map(({ text, tags }) => `${text}\t${tags}`).join('\n'));
  await writeFile(file('stars.tsv'), rooms.map(({ text, stars }) => `${text}\t${stars}`).join('\n'));
  training = await cli.run(['train', 'trips.yaml']);
});

it('trains all tasks, but on no text that one of them is tested on', async () => {
  expect(training.stderr).toBe('');
  const { stdout } = training;
  expect(stdout).toMatch(
    /Data: \d+ texts \(intent: \d+ texts of 2 classes; slots: \d+ tokens of \d+ texts; stars: \d+ texts\) to train, /,
  );
  expect(stdout).toMatch(
    /\n {6}slots: \d+ training texts left out, on which a task is validated or tested\n/,
  );
  expect(stdout).toMatch(/Model: .* tokens, 3 tasks\n/);
  expect(stdout).toMatch(/ · loss [\d.]+ · intent accuracy .* · slots entity F1 .* · stars MAE /);
  expect(stdout).toMatch(/Test \(\d+ examples, each task on its own texts, checkpoint of step \d+\): loss/);
  const report = await readFile(file('runs/trips/report.html'), 'utf8');
  expect(report).toContain('Intent: accuracy');
});

it('measures each task', async () => {
  const { stdout } = await cli.run(['evaluate', 'runs/trips', '--json']);
  const { metrics, comparisons } = JSON.parse(stdout) as {
    metrics: Record<string, number>;
    comparisons: Record<string, Record<string, number>>;
  };
  expect(Object.keys(metrics)).toEqual(
    expect.arrayContaining(['loss', 'intent.macroF1', 'slots.tagAccuracy', 'stars.rmse']),
  );
  expect(metrics['intent.accuracy']).toBeGreaterThan(0.95);
  expect(metrics['slots.entityF1']).toBeGreaterThan(0.95);
  expect(metrics['stars.mae']).toBeLessThan(0.5);
  expect(comparisons['stars, the mean of the training data']!['mae']).toBeGreaterThan(1);
});

it('measures what is asked for, with intervals, and compares it', async () => {
  const asked = ['--metrics', 'intent.accuracy,slots.entityF1', '--samples', '50', '--json'];
  const { stdout } = await cli.run(['evaluate', 'runs/trips', '--confidence', ...asked]);
  const { metrics, intervals } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
  expect(Object.keys(metrics!)).toEqual(['intent.accuracy', 'slots.entityF1']);
  expect(Object.keys(intervals!)).toEqual(['intent.accuracy', 'slots.entityF1']);
  const compared = await cli.run(['compare', 'runs/trips', 'runs/trips', ...asked]);
  expect(JSON.parse(compared.stdout)).toMatchObject({
    metrics: { 'slots.entityF1': { difference: 0, p: 1 } },
  });
  const wrong = async (metric: string) =>
    (await cli.run(['evaluate', 'runs/trips', '--metrics', metric])).stderr;
  expect(await wrong('intnt.accuracy')).toContain("the run has no metric 'intnt.accuracy'");
  expect(await wrong('intent.bleu')).toContain("a run of the task classification has no metric 'bleu'");
});

it('measures a file of one task', async () => {
  await writeFile(file('odd.tsv'), 'from Paris to Rome\tO B-CITY O B-PLACE\n');
  const { code, stdout, stderr } = await cli.run(['evaluate', 'runs/trips', '--data', 'slots=odd.tsv']);
  expect(code).toBe(0);
  expect(stderr).toBe('heddle: slots: 1 token unknown to the model, slots: 1 tag unknown to the model\n');
  expect(stdout).toMatch(
    /^slots=odd\.tsv: 1 example, .*\n( {2}loss .*\n) {2}slots loss .*\n {2}slots tag accuracy/,
  );
});

it('measures equal texts of a file each', async () => {
  await writeFile(file('twice.tsv'), 'from Lima to Rome\tride\nfrom Lima to Rome\troom\n');
  const asked = ['evaluate', 'runs/trips', '--data', 'intent=twice.tsv', '--json'];
  expect(JSON.parse((await cli.run(asked)).stdout)).toMatchObject({
    examples: 2,
    metrics: { 'intent.accuracy': 0.5 },
  });
});

it('says what each task has to say of a text', async () => {
  const asked = ['from Lima to Cape Town by train', 'grand room in Oslo on Monday'];
  const { code, stdout } = await cli.run(['predict', 'runs/trips', ...asked]);
  expect(code).toBe(0);
  const [intent, slots, stars, second] = stdout.split('\n');
  expect(intent).toMatch(/^from Lima to Cape Town by train\tintent\tride\t[01]\.\d{4}$/);
  expect(slots).toBe(`${asked[0]!}\tslots\tfrom/O Lima/B-CITY to/O Cape/B-CITY Town/I-CITY by/O train/O`);
  expect(stars).toMatch(/\tstars\t-?[\d.]+$/);
  expect(second).toMatch(/^grand room in Oslo on Monday\tintent\troom\t/);
  const json = await cli.run(['predict', 'runs/trips', '--json', '--n-best', '2'], {
    input: `${asked[1]!}\n`,
  });
  const { text, tasks } = JSON.parse(json.stdout) as {
    text: string;
    tasks: {
      intent: { classes: { label: string }[] };
      slots: { tokens: string[]; tags: string[]; entities: object[] };
      stars: { values: Record<string, number> };
    };
  };
  expect(text).toBe(asked[1]);
  expect(tasks.intent.classes.map(({ label }) => label)).toEqual(['room', 'ride']);
  expect(tasks.slots.tags).toHaveLength(tasks.slots.tokens.length);
  expect(Math.abs(tasks.stars.values['column 1']! - 5)).toBeLessThan(1);
});

it('says what it does not know of a text', async () => {
  const { stderr } = await cli.run(['predict', 'runs/trips', 'from Paris to Rome']);
  expect(stderr).toBe('heddle: argument 1: 1 token unknown to the model\n');
});

it('goes on with a run whose files have moved, and lists its layers', async () => {
  await writeFile(file('moved.tsv'), await readFile(file('stars.tsv')));
  const more = ['--resume', '--set', 'training.steps=125'];
  const moved = ['--set', 'tasks.stars.data.source.file=moved.tsv'];
  const resumed = await cli.run(['train', 'trips.yaml', ...more, ...moved]);
  expect(resumed.stderr).toBe('');
  expect(resumed.stdout).toContain('Going on from step 120 of 125');
  const { stdout } = await cli.run(['inspect', 'runs/trips']);
  expect(stdout).toMatch(/\n {2}models\.1\.output\.weight +3 × 32 +96\n/);
  expect(stdout.match(/embedding\.weight/g)).toHaveLength(1);
  const heavier = await cli.run(['train', 'trips.yaml', ...more, '--set', 'tasks.stars.weight=5']);
  expect(heavier.stderr).toContain('the run was begun with tasks.stars.weight 4, now it is 5');
});

it('starts from a run of the same tasks, whose labels are the same', async () => {
  const set = ['--set', 'training.steps=1', '--set', 'training.initial={ run: runs/trips, part: model }'];
  const { stdout } = await cli.run(['train', 'trips.yaml', '--run', 'runs/again', ...set]);
  expect(stdout).toContain('starts from all of ');
  expect(stdout).toMatch(/slots entity F1 (9\d|100)\.\d\d %/);
  await writeFile(
    file('lifts.tsv'),
    (await readFile(file('intents.tsv'), 'utf8')).replaceAll('\tride', '\tlift'),
  );
  const renamed = ['tasks.intent.data.source.file=lifts.tsv', 'tasks.intent.data.test=null'];
  const other = await cli.run([
    ...['train', 'trips.yaml', '--run', 'runs/other', ...set],
    ...renamed.flatMap((each) => ['--set', each]),
  ]);
  expect(other.stderr).toContain('intent.classes.json lists other labels than the training data have');
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(args);
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
    expect(code).toBe(2);
    return stderr;
  };
  const train = (...set: string[]) =>
    complaint('train', 'trips.yaml', '--run', 'runs/x', ...set.flatMap((each) => ['--set', each]));
  expect(await train('training.validation={ metrics: [loss, slots.F1] }')).toContain(
    'training.validation.metrics.1 is "slots.F1".',
  );
  expect(await train('tasks.stars.data.source.file=intents.tsv')).toContain(
    'intents.tsv: line 1, column 1: "ride" is not a number',
  );
  expect(await complaint('predict', 'runs/trips', ' ')).toContain('argument 1: the source has no word in it');
  expect(await complaint('predict', 'runs/trips', 'Rome', '--beam', '3')).toContain('--beam is for models');
  expect(await complaint('evaluate', 'runs/trips', '--data', 'odd.tsv')).toContain(
    'odd.tsv: a file is of one task. Say of which: intent=FILE (tasks: intent, slots, stars).',
  );
});
