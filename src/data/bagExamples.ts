import type { SparseRows } from '../text/sparseRows.js';
import type { Labels } from './labels.js';
import { countOf, lengthOf, packSequences, sequenceAt, type TokenSequences } from './sequences.js';
import { TextExamples } from './textExamples.js';

/**
 * Bags of weighted terms with labels, as `BagFeatures` reads them: `source` [batch, sourceTime] int32 are the columns that are
 * not 0 in a row, `sourceWeights` [batch, sourceTime] float32 their values, 0 after the last.
 * @param bags a row per text.
 * @param originOf where a text stands, for messages.
 * @throws UserError unless each row has a label of each kind.
 */
export function bagExamples(
  { offsets, indices, values }: SparseRows,
  labels: readonly Labels[] = [],
  originOf?: (index: number) => string,
): TextExamples {
  const terms = { ids: indices, offsets };
  return new TextExamples(terms, [...labels, termWeights(terms, Float32Array.from(values))], originOf);
}

/** Weights of the terms of each text, end to end as the terms are. */
function termWeights(terms: TokenSequences, weights: Float32Array): Labels {
  return {
    count: countOf(terms),
    feed: (indices) => {
      const time = indices.reduce((most, index) => Math.max(most, lengthOf(terms, index)), 1);
      const data = new Float32Array(indices.length * time);
      indices.forEach((index, row) => data.set(weightsAt(terms, weights, index), row * time));
      return { sourceWeights: { dtype: 'float32', shape: [indices.length, time], data } };
    },
    placed: (places) => {
      const rows = Array.from(places);
      return termWeights(
        packSequences(rows.map((i) => (i < 0 ? [] : sequenceAt(terms, i)))),
        Float32Array.from(rows.flatMap((i) => (i < 0 ? [] : [...weightsAt(terms, weights, i)]))),
      );
    },
  };
}

function weightsAt({ offsets }: TokenSequences, weights: Float32Array, i: number): Float32Array {
  return weights.subarray(offsets[i], offsets[i + 1]);
}
