import { expect, it } from 'vitest';
import type { Measurable } from '../../metrics/exampleSums.js';
import { compareRuns, type MeasuredRun } from './compareRuns.js';

/** The mean of numbers; windows that overlap are drawn `block` together. */
const mean = (examples: readonly number[], block = 1): Measurable => ({
  examples,
  block,
  measure: (chosen) => (chosen as number[]).reduce((a, b) => a + b, 0) / chosen.length,
});

/** A run with three metrics; only that of the losses has overlapping windows, only BLEU has settings. */
function runWith(path: string, losses: readonly number[], bleu: string): MeasuredRun {
  return {
    path,
    description: { encodings: {} },
    evaluation: {
      examples: 4,
      keys: ['a', 'b', 'c', 'd'],
      notes: [],
      decoding: 'greedy',
      answers: [],
      metrics: { loss: 1, exactMatch: 0.5, bleu: 0.5 },
      measurables: { loss: mean(losses, 2), exactMatch: mean([0, 1, 0, 1]), bleu: mean([0, 1, 1, 0]) },
      signatures: { bleu },
    },
  };
}

const [one, same] = ['one', 'same'].map((path) => runWith(path, [1, 2, 1, 2], 'tok:13a'));
const other = runWith('other', [1, 1, 1, 1], 'tok:char');

it('compares all that both have, and the figures of one kind must be got in one way', () => {
  const { metrics, resampling, signatures } = compareRuns(one!, same!);
  expect(Object.keys(metrics)).toEqual(['loss', 'exactMatch', 'bleu']);
  expect(resampling).toEqual({ samples: 1000, seed: 1, block: 2 });
  expect(signatures).toEqual({ bleu: 'tok:13a' });
  expect(() => compareRuns(one!, other)).toThrow('BLEU is measured in different ways: tok:13a and tok:char.');
});

it('compares only what is asked for, whatever is said of the others', () => {
  const { metrics, resampling, signatures } = compareRuns(one!, other, { metrics: ['exactMatch'] });
  expect(Object.keys(metrics)).toEqual(['exactMatch']);
  expect(resampling).toEqual({ samples: 1000, seed: 1 });
  expect(signatures).toBeUndefined();
  expect(compareRuns(one!, same!, { metrics: ['bleu'] }).signatures).toEqual({ bleu: 'tok:13a' });
  expect(() => compareRuns(one!, other, { metrics: ['exactMatch', 'cer'] })).toThrow(
    'compare: cer cannot be compared: it was not measured of both runs.',
  );
  expect(() => compareRuns(one!, same!, { metrics: ['BLEU' as never] })).toThrow(
    "compare: BLEU cannot be compared: it was not measured of both runs. Did you mean 'bleu'? Valid here: loss, exactMatch, bleu.",
  );
});
