import type { EvaluationData } from '../data/trainingData.js';
import { hashText, permutation } from '../tensor/random.js';

/** `wanted` of `count` examples by their indices, the same ones every time; all by default. */
export function drawIndices(count: number, wanted = count): number[] {
  return Array.from(permutation(count, hashText('validation examples'))).slice(0, wanted);
}

/** Some of the examples of a part. */
export function onlyThese(data: EvaluationData, indices: readonly number[]): EvaluationData {
  const wanted = new Set(indices);
  return {
    batch: (chosen) => data.batch(chosen),
    planEvaluation: (batchSize) =>
      data
        .planEvaluation(batchSize)
        .map((batch) => batch.filter((index) => wanted.has(index)))
        .filter((batch) => batch.length > 0),
  };
}
