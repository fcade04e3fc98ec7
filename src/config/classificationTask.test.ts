import { describe, expect, it } from 'vitest';
import type { LabelledText } from '../data/labelled.js';
import { parametersOf } from '../nn/module.js';
import { featuresOfBag } from '../text/vectorizerJson.js';
import type { ClassificationConfig } from './classificationSchema.js';
import { buildClassificationTask } from './classificationTask.js';
import { parseConfig } from './parseConfig.js';
import { encodeTextColumns } from './textColumns.js';

const text = `
task: classification
data: { source: { file: mail.tsv } }
text: { tokenizer: word }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
training: { steps: 3 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'mail.yaml', overrides) as ClassificationConfig;

const texts = (...rows: [string, string][]): LabelledText[] =>
  rows.map(([each, label], i) => ({ text: each, label, origin: `mail.tsv: line ${i + 1}` }));
const data = {
  train: texts(['win a prize', 'spam'], ['see you at noon', 'ham'], ['thank you', 'ham']),
  validation: texts(['a prize at noon', 'spam']),
  test: [],
};

it('builds a classifier of the training split’s classes and tokens', () => {
  const task = buildClassificationTask(parse(), { texts: data });
  expect(task.encoding.labels.names).toEqual(['ham', 'spam']);
  expect(task.encoding.text!.vocabulary.size).toBe(4 + 8);
  expect(task.heldOut).toEqual({ validation: 1, test: undefined });
  expect(task.facts.data).toBe('3 texts of 2 classes');
  expect(Object.keys(task.files).sort()).toEqual(['classes.json', 'tokenizer.json']);
});

it('tells changed texts and changed classes from the data that it began with', () => {
  const keyOf = (train: LabelledText[]) =>
    buildClassificationTask(parse(), { texts: { ...data, train } }).fingerprint;
  const [first, ...rest] = data.train;
  expect(keyOf(data.train)).toBe(keyOf(data.train.slice()));
  expect(keyOf([{ ...first!, text: 'win a win' }, ...rest])).not.toBe(keyOf(data.train));
  expect(keyOf([{ ...first!, label: 'ham' }, { ...rest[0]!, label: 'spam' }, rest[1]!])).not.toBe(
    keyOf(data.train),
  );
});

describe('bags of words', () => {
  const bag = (options = '') =>
    parse('text=null', `model.encoder={ type: bag-of-words, minTexts: 1${options} }`);

  it('have the terms of the training split, weighted and fed with the labels', () => {
    const { encoding, model, files, train, facts } = buildClassificationTask(bag(), { texts: data });
    expect(encoding.text).toBeUndefined();
    expect(Object.keys(files).sort()).toEqual(['classes.json', 'vectorizer.json']);
    expect(facts.model).toBe('12 terms');
    expect([...parametersOf(model)].map(([name, { shape }]) => [name, shape])).toEqual([
      ['encoder.embedding.weight', [12, 64]],
      ['output.weight', [2, 64]],
      ['output.bias', [2]],
    ]);
    const { source, sourceWeights, classes } = train.batch(Int32Array.of(0, 1));
    // prize, win, win prize; at, at noon, noon, see, see you, you, you at
    expect(source!.shape).toEqual([2, 7]);
    expect([...classes!.data]).toEqual([1, 0]);
    const weights = Array.from(sourceWeights!.data, Number);
    expect(weights.slice(3, 7)).toEqual([0, 0, 0, 0]);
    expect(weights.slice(7).reduce((sum, weight) => sum + weight * weight, 0)).toBeCloseTo(1, 6);
  });

  it('count where they are not to be weighted', () => {
    const { encoding, train } = buildClassificationTask(bag(', weights: count, ngrams: [1, 1]'), {
      texts: { ...data, train: texts(['ha ha', 'ham'], ['oh', 'spam']) },
    });
    expect(featuresOfBag(encoding.bag!)).toEqual(['ha', 'oh']);
    expect([...train.batch(Int32Array.of(0)).sourceWeights!.data]).toEqual([2]);
  });

  it('are not made of a blank text', () => {
    const { encoding, model } = buildClassificationTask(bag(), { texts: data });
    const encode = (text: string) =>
      encodeTextColumns({ texts: ['a prize', text] }, encoding, model.encoder, (i) => `argument ${i + 1}`);
    expect(() => encode(' ')).toThrow('argument 2: the text is empty. Give it a text');
    expect(encode('unseen').texts.offsets.length).toBe(3);
  });

  it.each([
    ['text.tokenizer=word', 'text says what tokens are, but a bag-of-words encoder reads terms of its own'],
    ['model.encoder.ngrams=[3]', 'model.encoder.ngrams is [3]; it must have at least 2 entries'],
    ['model.encoder.ngrams=3', 'model.encoder.ngrams is 3; it must be a list'],
    ['model.encoder.ngrams=[3, 2]', 'model.encoder.ngrams is [3, 2]; the shortest length comes first'],
    ['training.initial.run=runs/a', 'training.initial.run gives tokens, but a bag-of-words encoder'],
    ['training.initial.vectors=glove.txt', 'training.initial.vectors gives vectors of tokens'],
    ['training.augment=[{ type: token-dropout, rate: 0.1 }]', 'training.augment changes tokens'],
    ['data.source.columns={ context: 2 }', 'model.context is missing'],
    ['model.context={}', 'model.context is fused with tokens'],
  ])('refuse %s', (override, message) => {
    const overrides = ['text=null', 'model.encoder={ type: bag-of-words }', override];
    expect(() => parse(...overrides)).toThrow(message);
  });
});

describe('texts with a context', () => {
  const withContext = (fusion: string) =>
    parse('data.source.columns={ context: 2 }', `model.context=${fusion}`);
  const pairs = (...rows: [string, string, string][]): LabelledText[] =>
    rows.map(([each, context, label], i) => ({
      text: each,
      context,
      label,
      origin: `mail.tsv: line ${i + 1}`,
    }));
  const known = {
    train: pairs(['win a prize', 'from a stranger', 'spam'], ['you win', 'from mum', 'ham']),
    validation: pairs(['a prize', 'from mum', 'ham']),
    test: [],
  };

  it.each([
    ['{ encoder: { embeddingSize: 3, hiddenSize: 5 } }', 'encoder.fusion.joint.linear.weight', [6, 6 + 5]],
    [
      '{ encoder: { type: convolutional, channels: 7 }, pooling: max, fusion: film }',
      'encoder.fusion.scale.weight',
      [6, 7],
    ],
    [
      '{ encoder: { type: transformer, size: 8 }, fusion: cross-attention, heads: 3 }',
      'encoder.fusion.attention.key.weight',
      [6, 8],
    ],
    ['{ fusion: gated }', 'encoder.fusion.context.weight', [6, 256]],
    ['{ fusion: softmax }', 'encoder.fusion.joint.linear.bias', [6]],
  ])('are fused: %s', (fusion, name, shape) => {
    const task = buildClassificationTask(withContext(fusion), { texts: known });
    expect(parametersOf(task.model).get(name)!.shape).toEqual(shape);
  });

  it('share a vocabulary, and are fed together', () => {
    const task = buildClassificationTask(withContext('{}'), { texts: known });
    // win a prize you from stranger mum
    expect(task.encoding.text!.vocabulary.size).toBe(4 + 7);
    const { source, context, contextLengths } = task.train.batch(Int32Array.of(0, 1));
    expect(source!.shape).toEqual([2, 3]);
    expect(context!.shape).toEqual([2, 3]);
    expect(contextLengths!.data).toEqual(Int32Array.of(3, 2));
    const other = { ...known, train: known.train.map((each) => ({ ...each, context: 'from mum' })) };
    expect(buildClassificationTask(withContext('{}'), { texts: other }).fingerprint).not.toBe(
      task.fingerprint,
    );
  });

  it('names a context that is empty or too long', () => {
    const build = (context: string, ...overrides: string[]) =>
      buildClassificationTask(parse('data.source.columns={ context: 2 }', 'model.context={}', ...overrides), {
        texts: { ...known, test: pairs(['you', context, 'ham']) },
      });
    expect(() => build(' ')).toThrow('mail.tsv: line 1, context: the source has no word in it');
    const short = 'model.context.encoder={ type: transformer, positions: learned, maxLength: 3 }';
    expect(() => build('from a stranger we know', short)).toThrow(
      /line 1, context: the text has 5 tokens, the model has positions for 3\..* larger model\.context\.encoder\.maxLength/,
    );
  });

  it.each<[string[], RegExp]>([
    [
      ['data.source.columns.context=2'],
      /model\.context is missing, but data\.source\.columns\.context gives/,
    ],
    [
      ['model.context={}'],
      /model\.context reads what stands beside a text.*give data\.source\.columns\.context, /,
    ],
    [
      ['data.source.columns.context=2', 'model.context={ heads: 2 }'],
      /model\.context\.heads is for cross-attention, but model\.context\.fusion is concatenation/,
    ],
    [
      ['data.source.columns.context=2', 'model.context={ fusion: cross-attention }'],
      /model\.context\.heads is 4; it must divide the features that model\.encoder makes, 6/,
    ],
    [
      ['data.source.columns.context=2', 'model.context={ fusion: cross-attention, heads: 2, pooling: max }'],
      /model\.context\.pooling makes one vector of a text, but cross-attention looks at its tokens/,
    ],
    [
      ['data.source.columns.context=2', 'model.context={ encoder: { type: transformer, size: 6 } }'],
      /model\.context\.encoder\.size is 6; it must be a multiple of model\.context\.encoder\.heads \(4\)/,
    ],
    [
      ['data.source.columns.context=2', 'model.context={}', 'data.test={ file: t.tsv }'],
      /data\.test must hold texts and contexts, as data\.source does/,
    ],
    [
      ['data.test={ file: t.tsv, columns: { context: 2 } }'],
      /data\.test must hold texts, as data\.source does/,
    ],
    [
      ['data.source={ package: mnist }', 'model.encoder={ type: image }', 'model.context={}'],
      /model\.context reads what stands beside a text/,
    ],
    [['model.context={ fusion: product }'], /model\.context\.fusion is "product"\./],
  ])('must be given in data and model: %j', (overrides, message) => {
    expect(() => parse(...overrides)).toThrow(message);
  });
});

describe('what does not fit', () => {
  it.each<[string, Partial<typeof data>, string[]]>([
    [
      'mail.tsv: line 2: the text has 4 tokens, the model has positions for 3',
      {},
      ['model.encoder={ type: transformer, positions: learned, maxLength: 3 }'],
    ],
    ['mail.tsv: line 1: the source has no word in it', { validation: texts([' ', 'ham']) }, []],
    ['data.split leaves nothing to train on', { train: [] }, []],
    ['have no class but ham, so there is nothing to tell apart', { train: texts(['thank you', 'ham']) }, []],
  ])('%s', (message, odd, overrides) => {
    expect(() => buildClassificationTask(parse(...overrides), { texts: { ...data, ...odd } })).toThrow(
      message,
    );
  });
});
