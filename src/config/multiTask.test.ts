import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import type { LabelledText } from '../data/labelled.js';
import type { SplitName } from '../data/split.js';
import { parametersOf } from '../nn/module.js';
import { Trainer } from '../train/trainer.js';
import { buildMultiTask, jointFigures } from './multiTask.js';
import type { MultiTaskConfig } from './multiTaskSchema.js';
import { formatConfig, parseConfig } from './parseConfig.js';
import type { TasksData } from './taskData.js';
import type { ValuedExamples } from './valuedExamples.js';

const text = `
task: multi-task
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
tasks:
  intent: { task: classification, data: { source: { file: intents.tsv } }, pooling: max }
  slots: { task: tagging, data: { source: { file: slots.tsv } }, weight: 0.5 }
  rating: { task: regression, data: { source: { file: ratings.tsv, text: 0, values: [1] } } }
training: { steps: 3 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'joint.yaml', overrides) as MultiTaskConfig;

type Rows = Partial<Record<SplitName, [text: string, label: string][]>>;
const labelled = (file: string, { train = [], validation = [], test = [] }: Rows) => {
  const part = (rows: [string, string][]): LabelledText[] =>
    rows.map(([each, label], i) => ({ text: each, label, origin: `${file}: line ${i + 1}` }));
  return { train: part(train), validation: part(validation), test: part(test) };
};
const valued = (file: string, rows: Rows) => {
  const { train, validation, test } = labelled(file, rows);
  const part = (examples: LabelledText[]): ValuedExamples => ({
    texts: examples.map((each) => each.text),
    features: undefined,
    values: { names: ['stars'], values: Float64Array.from(examples, ({ label }) => Number(label)) },
    origins: examples.map(({ origin }) => origin),
  });
  return { train: part(train), validation: part(validation), test: part(test) };
};

const intents: Rows = {
  train: [
    ['fly to Rome', 'travel'],
    ['play some music', 'play'],
    ['fly home', 'travel'],
  ],
  validation: [
    ['play it', 'play'],
    ['to Rome', 'travel'],
  ],
};
const slots: Rows = {
  train: [
    ['fly to Rome', 'O O B-CITY'],
    ['trains from New York', 'O O B-CITY I-CITY'],
  ],
  validation: [['from Rome to Oslo', 'O B-CITY O B-CITY']],
};
const ratings: Rows = {
  train: [
    ['fly home', '4'],
    ['it was late', '1'],
  ],
  validation: [['music was late', '2']],
};

/** What readTasks makes of files with these rows. */
function dataOf(rows: { intent?: Rows; slots?: Rows; rating?: Rows } = {}): TasksData {
  return {
    intent: { task: 'classification', data: labelled('intents.tsv', rows.intent ?? intents) },
    slots: { task: 'tagging', data: labelled('slots.tsv', rows.slots ?? slots) },
    rating: { task: 'regression', data: valued('ratings.tsv', rows.rating ?? ratings) },
  };
}
const build = (rows: Parameters<typeof dataOf>[0] = {}, ...overrides: string[]) =>
  buildMultiTask(parse(...overrides), dataOf(rows));

it('builds heads over one encoder, and one example of a text that several tasks have', () => {
  const task = build();
  const shapes = [...parametersOf(task.model)].map(([name, { shape }]) => [name, shape] as const);
  expect(shapes.filter(([name]) => name.includes('embedding'))).toHaveLength(1);
  expect(shapes.filter(([name]) => name.endsWith('output.weight'))).toEqual([
    ['models.0.output.weight', [2, 12]],
    ['models.1.output.weight', [3, 12]],
    ['models.2.output.weight', [1, 12]],
  ]);
  expect(task.facts.data).toBe(
    '5 texts (intent: 3 texts of 2 classes; slots: 7 tokens of 2 texts; rating: 2 texts)',
  );
  expect(task.facts.model).toBe('18 tokens, 3 tasks');
  expect(task.facts.notes).toEqual([]);
  expect(task.heldOut).toEqual({ validation: 4, test: undefined });
  expect(Object.keys(task.files)).toEqual([
    'tokenizer.json',
    'intent.classes.json',
    'slots.tags.json',
    'rating.scaling.json',
  ]);
  const feeds = task.train.batch(Int32Array.of(0, 1, 2, 3, 4));
  expect([...feeds['intent.labels']!.data]).toEqual([1, 0, 1, -1, -1]);
  expect([...feeds['slots.labels']!.data]).toEqual([2, 2, 0, 2, 2, 0, 1]);
  expect([...feeds['slots.labelsRows']!.data]).toEqual([0, 1, 2, 12, 13, 14, 15]);
  expect([...feeds['rating.labels']!.data]).toEqual([NaN, NaN, 1, NaN, -1]);
});

it('counts equal texts that are held out as a single task does, and one of several tasks once', () => {
  const again: Rows = { ...intents, validation: [...intents.validation!, ['play it', 'travel']] };
  expect(build({ intent: again }).heldOut.validation).toBe(5);
  expect(build({ intent: again }).heads['intent']!.heldOut.validation).toBe(3);
  const tagged: Rows = { ...slots, validation: [['play it', 'O O']] };
  expect(build({ intent: again, slots: tagged }).heldOut.validation).toBe(4);
});

it('trains no task on a text that another one holds out, nor takes its words', () => {
  const task = build({ slots: { ...slots, test: [['fly  home', 'O O']] } });
  expect(task.facts.data).toMatch(
    /^4 texts \(intent: 2 texts of 2 classes; slots: .* 2 texts; rating: 1 text\)/,
  );
  expect(task.facts.notes).toEqual([
    'intent: 1 training text left out, on which a task is validated or tested',
    'rating: 1 training text left out, on which a task is validated or tested',
  ]);
  expect(task.encoding.vocabulary.tokens).not.toContain('home');
  expect(task.fingerprint).not.toBe(build().fingerprint);
  expect(() =>
    build({
      slots: {
        ...slots,
        test: [
          ['fly home', 'O O'],
          ['it was late', 'O O O'],
        ],
      },
    }),
  ).toThrow('tasks.rating: a task is validated or tested on all its training texts (2)');
});

it('counts the words of a text once, however many tasks have it', () => {
  const { vocabulary } = build({}, 'text.minCount=2').encoding;
  expect(vocabulary.tokens.slice(4)).toEqual(['fly']);
});

it('measures each task under its name, and weighs their labels for the loss of all', async () => {
  const engine = await testEngine();
  const task = build();
  const trainer = await Trainer.create({ engine, model: task.model, optimizer: task.optimizer });
  const evaluator = task.createEvaluator(engine, trainer.parameters);
  const metrics = await evaluator.validate(parse().training.validation.metrics);
  expect(Object.keys(metrics)).toEqual([
    'loss',
    'intent.loss',
    'intent.accuracy',
    'intent.macroF1',
    'slots.loss',
    'slots.tagAccuracy',
    'rating.loss',
    'rating.mae',
    'rating.rmse',
  ]);
  const [intent, slot, rating] = ['intent', 'slots', 'rating'].map(
    (name) => metrics[`${name}.loss` as const]!,
  );
  expect(metrics.loss).toBeCloseTo((2 * intent! + 0.5 * 4 * slot! + rating!) / (2 + 0.5 * 4 + 1), 5);
  expect(await evaluator.validate(['slots.entityF1'])).toEqual({
    'slots.entityF1': expect.any(Number) as number,
  });
  const samples = await evaluator.samples();
  expect(samples.map(({ source }) => source.split(':')[0])).toEqual(['intent', 'slots', 'rating']);
});

it('has the loss of what was measured alone', () => {
  const measured = { name: 'slots', metrics: { tagAccuracy: 1 }, loss: 0.25, count: 3 };
  expect(jointFigures(parse(), [measured])).toEqual({ loss: 0.25, 'slots.tagAccuracy': 1 });
});

describe('a configuration', () => {
  it('measures the usual of each task by default, and reads back what it writes', () => {
    const config = parse();
    expect(config.training.validation.metrics.filter((name) => name.startsWith('slots'))).toEqual([
      'slots.loss',
      'slots.tagAccuracy',
    ]);
    expect(config.training.validation.stopOn).toBe('loss');
    expect(parseConfig(formatConfig(config), 'joint.yaml')).toEqual(config);
  });

  it.each([
    [
      'training.validation.metrics=[loss, intent.acuracy]',
      /metrics\.1 is "intent\.acuracy"\. Did you mean 'intent\.accuracy'\? Valid here: loss, intent\.loss, .*rating\.rmse, .*\.$/,
    ],
    ['training.validation.stopOn=rating.mse', /stopOn is rating\.mse, which .* does not measure/],
    ['tasks={}', /tasks is empty; name at least one task/],
    ['tasks=3', /tasks is 3; it must be a group of keys/],
    ['tasks={ a b: { task: tagging, data: { source: { file: x } } } }', /tasks has the name "a b"; metrics/],
    [
      'tasks.intent.task=classify',
      /tasks\.intent\.task is "classify"\. .*Valid here: classification, tagging/,
    ],
    [
      'tasks.intent.poling=max',
      /tasks\.intent\.poling is not a known key\. Did you mean 'pooling'\? Valid here: task, data,/,
    ],
    [
      'tasks.slots.pooling=max',
      /pooling does not go with the task tagging, but with classification, regression\. .* change tasks\.slots\.task/,
    ],
    ['tasks.slots.weight=0', /tasks\.slots\.weight is 0; it must be above 0/],
    [
      'tasks.slots.data.split={ validation: 0.5, test: 0.5 }',
      /tasks\.slots\.data\.split validation and test/,
    ],
    ['tasks.rating.delta=2', /tasks\.rating\.delta is for Huber’s loss, but tasks\.rating\.loss is mse/],
    ['data={ source: { file: x } }', /not of multi-task\. Each of tasks has its own: tasks\.<name>\.data\./],
    ['model.encoder={ type: convolutional, kernel: 2 }', /model\.encoder\.kernel is 2; it must be odd/],
  ])('%s is explained', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});

describe('what does not fit', () => {
  it.each<[string, Parameters<typeof dataOf>[0], string[]]>([
    ['tasks.intent: data.split leaves nothing to train on', { intent: {} }, []],
    [
      'tasks.slots: slots.tsv: line 1: the text has 2 tokens, but 1 tag',
      { slots: { train: [['to Oslo', 'O']] } },
      [],
    ],
    [
      'tasks.intent: intents.tsv: line 1: the label "stay" does not occur in the training data',
      { intent: { ...intents, validation: [['a room', 'stay']] } },
      [],
    ],
    [
      'tasks.slots: training.validation.metrics has entityF1, but no tag begins with B- or I-',
      { slots: { train: [['to Oslo', 'X Y']] } },
      ['training.validation.metrics=[loss, slots.entityF1]'],
    ],
    [
      'training.validation.stopOn is rating.mae, but no example of rating is set aside for validation',
      { rating: { train: ratings.train } },
      ['training.validation.stopOn=rating.mae'],
    ],
  ])('%s', (message, rows, overrides) => {
    expect(() => build(rows, ...overrides)).toThrow(message);
  });

  it('data of another task', () => {
    const { intent, ...others } = dataOf();
    expect(() => buildMultiTask(parse(), others)).toThrow('tasks.intent: there are no data of it');
    const swapped = { ...others, intent: { ...intent!, task: 'tagging' } } as TasksData;
    expect(() => buildMultiTask(parse(), swapped)).toThrow(
      'tasks.intent: the task is classification, but the data are for tagging',
    );
  });
});
