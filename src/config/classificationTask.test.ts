import { describe, expect, it } from 'vitest';
import type { LabelledText } from '../data/labelled.js';
import type { ClassificationConfig } from './classificationSchema.js';
import { buildClassificationTask } from './classificationTask.js';
import { parseConfig } from './parseConfig.js';

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

describe('what does not fit', () => {
  it.each<[string, Partial<typeof data>, string[]]>([
    [
      'mail.tsv: line 2: the text has 4 tokens, the model has positions for 3',
      {},
      ['model.encoder={ type: transformer, positions: learned, maxLength: 3 }'],
    ],
    ['mail.tsv: line 1: the source has no word in it', { validation: texts([' ', 'ham']) }, []],
    ['data.split leaves nothing to train on', { train: [] }, []],
  ])('%s', (message, odd, overrides) => {
    expect(() => buildClassificationTask(parse(...overrides), { texts: { ...data, ...odd } })).toThrow(
      message,
    );
  });
});
