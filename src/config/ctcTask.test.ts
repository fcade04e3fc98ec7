import { describe, expect, it } from 'vitest';
import { splitExamples } from '../data/splitExamples.js';
import { toyExamples } from '../data/toy.js';
import { parametersOf } from '../nn/module.js';
import type { CtcConfig } from './ctcSchema.js';
import { buildCtcTask } from './ctcTask.js';
import { parseConfig } from './parseConfig.js';

const text = `
task: ctc
data: { source: { synthetic: copy, count: 100 }, split: { validation: 0.2, test: 0.1 } }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
training: { epochs: 2, batchSize: 16 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'copy.yaml', overrides) as CtcConfig;
const pair = (source: string, target: string) => ({ source, references: [target], origin: 'x.tsv: line 7' });
const only = (...train: ReturnType<typeof pair>[]) => ({ train, validation: [], test: [] });

it('builds an encoder that reads in both directions, and batches for CTC', () => {
  const examples = only(pair('abcd', 'xy'), pair('abc', 'z'));
  const task = buildCtcTask(parse(), examples);
  expect(parametersOf(task.model).get('output.weight')!.shape).toEqual([4 + 3, 12]);
  expect(Object.keys(task.train.batch(Int32Array.of(0, 1)))).toContain('labelLengths');
  expect(task.heldOut).toEqual({ validation: undefined, test: undefined });
  expect(Object.keys(task.files)).toEqual(['tokenizer.source.json', 'tokenizer.target.json']);
});

it('validates some examples', () => {
  const split = { seed: 1, validation: 0.2, test: 0.1 };
  // Copies have equal neighbours, which need a blank between them: these do not.
  const all = toyExamples('sort', { count: 100, seed: 1 }).map(({ source, origin }) => ({
    source,
    references: [source.slice(0, 1)],
    origin,
  }));
  const examples = splitExamples(all, split);
  const task = buildCtcTask(parse('training.validation.examples=3'), examples);
  expect(task.heldOut).toEqual({ validation: 3, test: examples.test.length });
  expect(task.steps).toBe(2 * Math.ceil(examples.train.length / 16));
});

describe('what does not fit', () => {
  it('names a pair that CTC cannot align, and a source that is too long', () => {
    expect(() => buildCtcTask(parse(), only(pair('ab', 'xx')))).toThrow(
      'x.tsv: line 7: the source has 2 tokens, too few for CTC to align the target with',
    );
    const short = 'model.encoder={ type: transformer, positions: learned, maxLength: 2 }';
    expect(() => buildCtcTask(parse(short), only(pair('abc', 'x')))).toThrow(
      'x.tsv: line 7: the source has 3 tokens, the model has learned positions for 2',
    );
  });

  it('leaves out and counts the pairs that CTC cannot align, where longer texts are skipped', () => {
    const skip = parse('data.limits={ maxSourceLength: 4, onTooLong: skip }');
    const twice = { ...pair('abc', 'xyx'), references: ['xyx', 'xyy'] };
    const task = buildCtcTask(skip, only(twice, pair('ab', 'xx'), pair('abcde', 'x'), pair('ab', 'xxy')));
    expect(task.pairs.examples).toEqual([twice]);
    expect(task.pairs.exampleOfPair).toEqual(Int32Array.of(0));
    expect(task.pairs.report).toMatchObject({ skippedPairs: 1, unalignablePairs: 3 });
    expect(task.facts.notes).toEqual([
      '1 pair left out as too long (data.limits)',
      '3 pairs left out as the source is too short for CTC to align the target with (data.limits)',
    ]);
    expect(() => buildCtcTask(skip, only(pair('ab', 'xx')))).toThrow(
      'all 1 pairs have a source too short for its target',
    );
  });

  it.each([
    ['training.validation.metrics=[perplexity]', /metrics\.0 is "perplexity"/],
    [
      'model.decoder={ type: recurrent }',
      /model\.decoder\.type is a key of the tasks sequence-to-sequence, denoising, not of ctc\./,
    ],
    ['model.encoder={ type: convolutional, kernel: 4 }', /model\.encoder\.kernel is 4; it must be odd/],
    [
      'decoding.lengthPenalty=1',
      /lengthPenalty is a key of the tasks sequence-to-sequence, denoising, not of ctc\. Remove it/,
    ],
    ['data.split={ validation: 0.5, test: 0.5 }', /data\.split validation and test leave nothing/],
    ['training.validation.metrics=[per]', /stopOn is loss, which .* does not measure/],
  ])('%s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
