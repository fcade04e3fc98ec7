import { expect, it } from 'vitest';
import { LabelSet } from './labelSet.js';

it('gives labels ids by their spelling, whatever their order', () => {
  const labels = LabelSet.build(['neutral', 'bad', 'good', 'bad']);
  expect(labels.names).toEqual(['bad', 'good', 'neutral']);
  expect(labels.idOf('good', 'a.tsv: line 1')).toBe(1);
});

it('names a label that it does not know, and those that it knows', () => {
  const labels = new LabelSet(['bad', 'good']);
  expect(() => labels.idOf('god', 'a.tsv: line 3')).toThrow(
    'a.tsv: line 3: the label "god" does not occur in the training data, which has bad, good.',
  );
  expect(() => new LabelSet(['bad', 'good', 'bad'])).toThrow('labels: "bad" occurs twice.');
  expect(() => new LabelSet([])).toThrow('labels: there are none.');
});
