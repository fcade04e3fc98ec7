import type { SparseRows } from '../text/sparseRows.js';
import { padRows } from './batching.js';
import { type Labels } from './labels.js';
import { countOf, packSequences, sequenceAt, type TokenSequences } from './sequences.js';
import { TextExamples } from './textExamples.js';

/**
 * Bags of weighted terms with labels, as `BagFeatures` reads them: `source` [batch, sourceTime] int32 are the columns that are
 * not 0 in a row, `sourceWeights` [batch, sourceTime] float32 their values, 0 after the last.
 * @param bags a row per text.
 * @param originOf where a text stands, for messages.
 * @throws UserError unless each row has a label of each kind.
 */
export function bagExamples(
  { rows, offsets, indices, values }: SparseRows,
  labels: readonly Labels[] = [],
  originOf?: (index: number) => string,
): TextExamples {
  const terms = { ids: indices, offsets };
  const weights = Array.from({ length: rows }, (_, i) =>
    Float32Array.from(values.subarray(offsets[i], offsets[i + 1])),
  );
  return new TextExamples(terms, [...labels, termWeights(terms, weights)], originOf);
}

/** Weights of the terms of each text. */
function termWeights(terms: TokenSequences, weights: readonly Float32Array[]): Labels {
  return {
    count: countOf(terms),
    feed: (indices) => {
      const { shape } = padRows(terms, indices).ids;
      const data = new Float32Array(shape[0]! * shape[1]!);
      indices.forEach((index, row) => data.set(weights[index]!, row * shape[1]!));
      return { sourceWeights: { dtype: 'float32', shape, data } };
    },
    placed: (places) => {
      const rows = Array.from(places);
      return termWeights(
        packSequences(rows.map((i) => (i < 0 ? [] : sequenceAt(terms, i)))),
        rows.map((i) => (i < 0 ? new Float32Array(0) : weights[i]!)),
      );
    },
  };
}
