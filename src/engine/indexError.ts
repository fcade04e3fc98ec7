import { UserError } from '../tensor/errors.js';
import type { Feeds } from './feeds.js';

/** What ONNX Runtime says of an index beyond the rows or columns that it picks from: Gather, GatherElements, ScatterElements. */
const OUT_OF_RANGE = /element out of data bounds|Out of range value in index tensor/;

/**
 * The runtime's error of a run in terms of what was fed, where an index was out of range; any other as it is.
 * @param feeds what the run was given besides parameters.
 */
export function explainIndexError(error: Error, feeds: Feeds): Error {
  if (!OUT_OF_RANGE.test(error.message)) return error;
  const ranges = Object.entries(feeds).flatMap(([name, { data }]) =>
    (data instanceof Int32Array || data instanceof BigInt64Array) && data.length > 0
      ? [`'${name}' ${rangeOf(data)}`]
      : [],
  );
  if (ranges.length === 0) return error;
  return new UserError(
    `An index in the batch is out of range. It holds ${ranges.join(', ')}. Token ids must be below the vocabulary size of the model, labels below its number of classes, positions below its maxLength, and none below 0 but where the input allows it.`,
    { cause: error },
  );
}

function rangeOf(values: Int32Array | BigInt64Array): string {
  let [least, most] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return `from ${least} to ${most}`;
}
