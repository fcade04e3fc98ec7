import { describe, expect, it } from 'vitest';
import { initialValues } from '../../test/support/seq2seqCases.js';
import { Dropout } from '../nn/layers/dropout.js';
import { modulesOf, parametersOf, type Module } from '../nn/module.js';
import { augmented } from './augmentation.js';
import type { ClassificationConfig } from './classificationSchema.js';
import { buildClassificationTask } from './classificationTask.js';
import { someLabelled, type LabelledRows } from './labelledRows.js';
import { parseConfig } from './parseConfig.js';

describe('rows of features', () => {
  const rowsText = `
task: classification
data: { source: { file: flowers.csv, header: true, columns: { features: [a, b], label: kind } } }
model: { encoder: { type: mlp, hiddenSizes: [5, 4] } }
training: { steps: 3 }
`;
  const parseRows = (...overrides: string[]) =>
    parseConfig(rowsText, 'flowers.yaml', overrides) as ClassificationConfig;
  const rows = (count: number, shift = 0): LabelledRows => ({
    texts: undefined,
    features: {
      names: ['a', 'b'],
      values: Float64Array.from({ length: 2 * count }, (_, i) => i ** 2 + shift),
    },
    labels: Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'lily' : 'rose')),
    origins: Array.from({ length: count }, (_, i) => `flowers.csv: line ${i + 2}`),
  });
  const flowers = { train: rows(9), validation: rows(50, 7), test: rows(0) };

  it('are scaled by the training split alone, and read by a perceptron', () => {
    const task = buildClassificationTask(parseRows(), { rows: flowers });
    expect(task.encoding.features!.names).toEqual(['a', 'b']);
    expect(task.encoding.features!.means[0]).toBeCloseTo(
      rows(9).features!.values.reduce((sum, x, i) => (i % 2 === 0 ? sum + x : sum), 0) / 9,
      9,
    );
    expect(Object.keys(task.files)).toEqual(['classes.json', 'scaling.features.json']);
    expect(task.facts).toMatchObject({ data: '9 rows of 2 classes', model: '2 features' });
    expect(task.heldOut).toEqual({ validation: 50, test: undefined });
    expect(parametersOf(task.model).get('output.weight')!.shape).toEqual([2, 4]);
    const { vector, classes } = task.train.batch(Int32Array.of(0, 1));
    expect(vector!.shape).toEqual([2, 2]);
    expect([...classes!.data]).toEqual([0, 1]);
    const all = task.train.batch(Int32Array.from({ length: 9 }, (_, i) => i)).vector!.data;
    expect(Array.from(all, Number).reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 4);
  });

  it('lie from 0 to 1 where that is asked for', () => {
    const task = buildClassificationTask(parseRows('data.scaling=min-max'), { rows: flowers });
    const data = task.train.batch(Int32Array.of(0, 8)).vector!.data;
    expect([...data]).toEqual([0, 0, 1, 1]);
  });

  it('are read by radial basis functions that start where they are', () => {
    const task = buildClassificationTask(parseRows('model.encoder={ type: rbf, units: 9 }'), {
      rows: flowers,
    });
    const centres = initialValues(parametersOf(task.model), 1)['encoder.module.centres']!;
    const known = task.encoding.features!.scaler.transform(rows(9).features!.values);
    const sorted = (values: ArrayLike<number>) => Array.from(values, (x) => Number(x.toFixed(5))).sort();
    expect(sorted(centres.values)).toEqual(sorted(known));
  });

  it('may have noise added in training', () => {
    const config = parseRows('training.augment=[{ type: noise, deviation: 0.1 }]');
    const task = buildClassificationTask(config, { rows: flowers });
    const data = augmented(config, task);
    const [batch] = data.plan({ batchSize: 9 }, { seed: 1, epoch: 0 });
    const [plain, noisy] = [task.train, data].map((each) => each.batch(batch!));
    expect(noisy!['classes']).toEqual(plain!['classes']);
    const [values, others] = [plain, noisy].map((fed) => Array.from(fed!['vector']!.data, Number));
    const differences = others!.map((x, i) => x - values![i]!);
    expect(Math.max(...differences.map(Math.abs))).toBeLessThan(0.6);
    expect(differences.every((x) => x !== 0)).toBe(true);
  });

  it('tell changed features and changed classes from those that a run began with', () => {
    const keyOf = (train: LabelledRows) =>
      buildClassificationTask(parseRows(), { rows: { ...flowers, train } }).fingerprint;
    const known = rows(9);
    expect(keyOf(known)).toBe(keyOf(rows(9)));
    expect(keyOf(rows(9, 1))).not.toBe(keyOf(known));
    const labels = known.labels.map((_, i) => known.labels[(i + 1) % 9]!);
    expect(keyOf({ ...known, labels })).not.toBe(keyOf(known));
  });

  it.each<[string, RegExp]>([
    [
      'data.source.columns={ features: [a] }',
      /data\.source\.columns\.label is missing; name the column of the class/,
    ],
    [
      'data.source.columns={ features: [a, kind], label: kind }',
      /columns\.label is kind, which is one of the features/,
    ],
    [
      'model.encoder={ type: recurrent }',
      /model\.encoder\.type is recurrent, but data\.source has features; use mlp or rbf/,
    ],
    [
      'model.encoder={ type: image }',
      /model\.encoder\.type is image, but data\.source has features; use mlp or rbf/,
    ],
    [
      'data.source={ file: mail.tsv }',
      /model\.encoder\.type is mlp, but data\.source has texts; use recurrent, transformer, convolutional or bag-of-words/,
    ],
    ['data.test={ file: t.csv }', /data\.test must hold features, as data\.source does/],
    ['data.test={ folder: t, height: 8, width: 8 }', /data\.test must hold features, as data\.source does/],
    ['data.clean={ lowercase: true }', /data\.clean cleans texts; leave it out for features/],
    [
      'data.split.groupBy=normalized',
      /data\.split\.groupBy groups texts; equal rows stay together without it/,
    ],
    [
      'training.augment=[{ type: token-dropout, rate: 0.1 }]',
      /is token-dropout, but the model reads numbers/,
    ],
    ['training.augment=[{ type: shift-images, pixels: 1 }]', /is shift-images, but the model reads numbers/],
    ['model.context={}', /model\.context reads what stands beside a text/],
    [
      'data.source.columns.image=photo',
      /data\.source\.columns\.image is the context of texts; give their column/,
    ],
  ])('refuse %s', (override, message) => {
    expect(() => parseRows(override)).toThrow(message);
  });
});

describe('texts with features or an image', () => {
  const mail = `
task: classification
data: { source: { file: mail.tsv } }
text: { tokenizer: word }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
training: { steps: 3 }
`;
  const parse = (...overrides: string[]) => parseConfig(mail, 'mail.yaml', overrides) as ClassificationConfig;
  const build = (train: LabelledRows, ...overrides: string[]) =>
    buildClassificationTask(parse(...overrides), {
      rows: { train, validation: someLabelled(train, () => false), test: someLabelled(train, () => false) },
    });
  const mails: LabelledRows = {
    texts: ['win a prize', 'see you', 'thank you'],
    features: undefined,
    labels: ['spam', 'ham', 'ham'],
    origins: ['mail.tsv: line 1', 'mail.tsv: line 2', 'mail.tsv: line 3'],
  };
  const features = { names: ['length', 'hour'], values: Float64Array.of(1, 5, 3, 5, 5, 5) };
  const values = Float32Array.from({ length: 3 * 16 }, (_, i) => i / 48);
  const images = { channels: 1, height: 4, width: 4, values, names: ['a.png', 'b.png', 'c.png'] };
  const ofFeatures = [
    'data.source.columns={ text: 0, features: [2, 3], label: 1 }',
    'model.context={ encoder: { type: mlp, hiddenSizes: [5] }, fusion: film }',
  ];
  const image = ['data.source.columns={ image: 2 }', 'data.image={ height: 4, width: 4, channels: 1 }'];
  const blocks = '{ type: image, blocks: [{ channels: 3 }] }';

  it('fuse a text with features', () => {
    const task = build({ ...mails, features }, ...ofFeatures);
    expect(parametersOf(task.model).get('encoder.fusion.scale.weight')!.shape).toEqual([6, 5]);
    const { vector, source } = task.train.batch(Int32Array.of(0, 2));
    expect(source!.shape).toEqual([2, 3]);
    expect(Array.from(vector!.data, Number).map((x) => Number(x.toFixed(4)))).toEqual([
      -1.2247, 0, 1.2247, 0,
    ]);
    expect(Object.keys(task.files)).toEqual(['classes.json', 'tokenizer.json', 'scaling.features.json']);
    expect(task.facts).toMatchObject({ data: '3 texts of 2 classes', model: '10 tokens, 2 features' });
  });

  it.each([
    // 2 × 2 places of 3 channels
    ['concatenation', 'encoder.fusion.joint.linear.weight', [6, 6 + 12]],
    ['cross-attention, heads: 2', 'encoder.fusion.attention.key.weight', [6, 3]],
  ])('fuse a text with an image by %s', (fusion, name, shape) => {
    const task = build(
      { ...mails, images },
      ...image,
      `model.context={ encoder: ${blocks}, fusion: ${fusion} }`,
    );
    expect(parametersOf(task.model).get(name)!.shape).toEqual(shape);
    const { image: fed, source } = task.train.batch(Int32Array.of(1));
    expect(source!.shape).toEqual([1, 2]);
    expect(fed).toEqual({ dtype: 'float32', shape: [1, 1, 4, 4], data: values.slice(16, 32) });
    expect(task.facts.model).toBe('10 tokens, images of 4 × 4');
    const darker = { ...images, values: values.map((x) => x / 2) };
    const other = build({ ...mails, images: darker }, ...image, `model.context={ encoder: ${blocks} }`);
    expect(other.fingerprint).not.toBe(task.fingerprint);
  });

  it('have as many features as the fusion is to make, and drop its attention', () => {
    const fused = (context: string) =>
      build(
        { ...mails, features },
        ofFeatures[0]!,
        `model.context={ encoder: { type: mlp, hiddenSizes: [5] }, ${context} }`,
      ).model;
    for (const type of ['concatenation', 'softmax']) {
      const parameters = parametersOf(fused(`fusion: ${type}, outputSize: 9`));
      expect(parameters.get('encoder.fusion.joint.linear.weight')!.shape).toEqual([9, 6 + 5]);
      expect(parameters.get('output.weight')!.shape).toEqual([2, 9]);
    }
    const rates = (model: Module) =>
      [...modulesOf(model)].flatMap(([name, module]) =>
        name.startsWith('encoder.fusion') && module instanceof Dropout ? [module.rate] : [],
      );
    expect(rates(fused('fusion: cross-attention, heads: 2, dropout: 0.3'))).toEqual([0.3]);
    expect(rates(fused('fusion: cross-attention, heads: 2'))).toEqual([0]);
  });

  it.each([
    ['features by noise', { ...mails, features }, 'vector', ofFeatures, 'noise, deviation: 0.5'],
    [
      'images by noise',
      { ...mails, images },
      'image',
      [...image, `model.context={ encoder: ${blocks} }`],
      'noise, deviation: 0.5',
    ],
    [
      'images by cuts',
      { ...mails, images },
      'image',
      [...image, `model.context={ encoder: ${blocks} }`],
      'crop-images, least: 0.5',
    ],
  ] as const)('change %s', (_, train, input, overrides, type) => {
    const augment = `training.augment=[{ type: ${type} }]`;
    const task = build(train, ...overrides, augment);
    const own = task.train.batch(Int32Array.of(0, 1));
    const changed = augmented(parse(...overrides, augment), task).batch(Int32Array.of(0, 1));
    expect(changed[input]!.shape).toEqual(own[input]!.shape);
    expect(changed[input]!.data).not.toEqual(own[input]!.data);
    expect(changed['source']).toEqual(own['source']);
  });

  it.each<[string[], RegExp]>([
    [
      ['data.source.columns={ text: 0, features: [2] }'],
      /model\.context is missing, but data\.source\.columns\.features gives the texts a context/,
    ],
    [
      ['data.source.columns={ text: 0, features: [2] }', 'model.context={}'],
      /model\.context\.encoder\.type is recurrent, but the context is numbers \(data\.source\.columns\.features\); use mlp/,
    ],
    [
      ['data.source.columns={ text: 0, features: [2], image: 3 }', 'model.context={}'],
      /data\.source\.columns\.image is given beside data\.source\.columns\.features; a text has one context/,
    ],
    [
      ['data.source.columns={ image: 2 }', `model.context={ encoder: ${blocks} }`],
      /data\.image is missing, but data\.source\.columns\.image names images/,
    ],
    [
      ['data.image={ height: 4, width: 4 }'],
      /data\.image says how large .* but the data name none; leave it out/,
    ],
    [
      [...image, 'model.context={}'],
      /model\.context\.encoder\.type is recurrent, but the context is an image \(data\.source\.columns\.image\); use image/,
    ],
    [
      [...image, `model.context={ encoder: ${blocks}, pooling: max }`],
      /model\.context\.pooling is for texts, but the context is an image/,
    ],
    [
      [
        ...image,
        'model.context={ encoder: { type: image, globalAverage: true }, fusion: cross-attention, heads: 2 }',
      ],
      /model\.context\.encoder\.globalAverage makes one vector of an image, but cross-attention looks at its places/,
    ],
    [
      [
        ...image,
        `model.context={ encoder: ${blocks} }`,
        'training.augment=[{ type: shift-time, milliseconds: 20 }]',
      ],
      /training\.augment\.0\.type is shift-time, but the model reads texts and images; leave it out/,
    ],
    [
      [...image, 'model.context={ encoder: { type: image, blocks: [{ channels: 3, kernel: 2 }] } }'],
      /model\.context\.encoder\.blocks\.0\.kernel is 2; it must be odd/,
    ],
    [
      ['data.source.columns={ context: 2 }', `model.context={ encoder: ${blocks} }`],
      /model\.context\.encoder\.type is image, but the context is a text .*; use recurrent, transformer or convolutional/,
    ],
    [
      ['data.source.columns={ context: 2 }', 'model.context={ fusion: gated, outputSize: 8 }'],
      /model\.context\.outputSize is that of softmax and concatenation; with gated fusion/,
    ],
    [
      ['data.source.columns={ context: 2 }', 'model.context={ dropout: 0.1 }'],
      /model\.context\.dropout is for cross-attention, but model\.context\.fusion is concatenation/,
    ],
  ])('must go together: %j', (overrides, message) => {
    expect(() => parse(...overrides)).toThrow(message);
  });
});
