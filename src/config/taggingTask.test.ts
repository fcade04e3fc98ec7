import { describe, expect, it } from 'vitest';
import type { LabelledText } from '../data/labelled.js';
import { parametersOf } from '../nn/module.js';
import { parseConfig } from './parseConfig.js';
import type { TaggingConfig } from './taggingSchema.js';
import { buildTaggingTask, encodeTagged, tagMetricsOf, taggedTexts } from './taggingTask.js';

const text = `
task: tagging
data: { source: { file: trips.tsv } }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
training: { steps: 3 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'trips.yaml', overrides) as TaggingConfig;

const texts = (...rows: [string, string][]): LabelledText[] =>
  rows.map(([each, label], i) => ({ text: each, label, origin: `trips.tsv: line ${i + 1}` }));
const data = {
  train: texts(['from New York', 'O B-CITY I-CITY'], ['to Rome', 'O B-CITY']),
  validation: texts(['from Rome by train', 'O B-CITY O B-MEANS']),
  test: [],
};

it('builds a tagger that reads in both directions, with the tags of the training split', () => {
  const task = buildTaggingTask(parse(), data);
  expect(task.tags.names).toEqual(['B-CITY', 'I-CITY', 'O']);
  expect(parametersOf(task.model).get('output.weight')!.shape).toEqual([3, 12]);
  expect(task.encoding.vocabulary.size).toBe(4 + 5);
  expect(task.heldOut).toEqual({ validation: 1, test: undefined });
  expect(task.facts.data).toBe('5 tokens of 2 texts');
  expect(Object.keys(task.files)).toEqual(['tokenizer.json', 'tags.json']);
});

it('tags characters, too', () => {
  const task = buildTaggingTask(parse('text.tokenizer=character'), {
    ...data,
    train: texts(['北京', 'B E']),
    validation: [],
  });
  expect(task.encoding.vocabulary.tokens).toContain('京');
});

it('counts a tag that the training data lack as a wrong one', () => {
  const { encoding, tags, model } = buildTaggingTask(parse(), data);
  const examples = encodeTagged(data.validation, encoding, tags, model);
  expect([...examples.tags.ids]).toEqual([2, 0, 2, -1]);
  const answers = [{ predictions: Int32Array.of(2, 0, 2, 2), labels: examples.tags.ids }];
  expect(taggedTexts(answers, examples, tags)).toEqual([
    { labels: ['O', 'B-CITY', 'O', 'B-MEANS'], predictions: ['O', 'B-CITY', 'O', 'O'] },
  ]);
});

it('measures entities where there are some', () => {
  const { tags } = buildTaggingTask(parse(), data);
  expect(tagMetricsOf(tags)).toContain('entityF1');
  const plain = { ...data, train: texts(['a b', 'X Y']), validation: [] };
  expect(tagMetricsOf(buildTaggingTask(parse(), plain).tags)).toEqual(['loss', 'tagAccuracy']);
  expect(() => buildTaggingTask(parse('training.validation.metrics=[loss, entityF1]'), plain)).toThrow(
    'training.validation.metrics has entityF1, but no tag begins with B- or I-',
  );
});

describe('what does not fit', () => {
  it.each<[string, Partial<typeof data>, string[]]>([
    [
      'trips.tsv: line 1: the text has 2 tokens, but 1 tag. Give one tag for each word',
      { train: texts(['to Rome', 'O']) },
      [],
    ],
    ['trips.tsv: line 1: the text has 1 token, but 2 tags', { validation: texts(['Rome', 'O O']) }, []],
    [
      'trips.tsv: line 1: the text has 3 tokens, the model has positions for 2',
      {},
      ['model.encoder={ type: transformer, positions: learned, maxLength: 2 }'],
    ],
    ['data.split leaves nothing to train on', { train: [] }, []],
  ])('%s', (message, odd, overrides) => {
    expect(() => buildTaggingTask(parse(...overrides), { ...data, ...odd })).toThrow(message);
  });

  it.each([
    ['model.encoder={ type: transformer, size: 6 }', /model\.encoder\.size is 6; it must be a multiple/],
    ['model.encoder={ type: convolutional, kernel: 2 }', /model\.encoder\.kernel is 2; it must be odd/],
    ['data.split={ validation: 0.5, test: 0.5 }', /data\.split validation and test leave nothing/],
    ['training.validation.stopOn=entityF1', /stopOn is entityF1, which .* does not measure/],
    ['training.validation.metrics=[accuracy]', /metrics\.0 is "accuracy"/],
  ])('%s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
