import type { IntTensor } from './batching.js';

/** The labelled positions of a batch, so that output layer and loss run on those only. */
export interface PackedLabels {
  /** Flat position b·time + t of each, in row-major order. [labelled] */
  readonly rows: IntTensor;
  /** The inverse: 1 + the index in `rows`, 0 for the others. [batch·time] */
  readonly slots: IntTensor;
  /** [labelled] */
  readonly labels: IntTensor;
}

/** Labels in rows that begin together, −1 where a position has none; time is that of the longest row, 1 at least. */
export function packLabels(labels: readonly Int32Array[]): PackedLabels {
  const time = labels.reduce((most, { length }) => Math.max(most, length), 1);
  const count = labels.reduce(
    (sum, row) => sum + row.reduce((own, label) => own + (label < 0 ? 0 : 1), 0),
    0,
  );
  const [rows, packed] = [new Int32Array(count), new Int32Array(count)];
  const slots = new Int32Array(labels.length * time);
  let slot = 0;
  labels.forEach((row, b) => {
    for (let t = 0; t < row.length; t++) {
      if (row[t]! < 0) continue;
      packed[slot] = row[t]!;
      rows[slot++] = b * time + t;
      slots[b * time + t] = slot;
    }
  });
  return { rows: vector(rows), slots: vector(slots), labels: vector(packed) };
}

function vector(data: Int32Array): IntTensor {
  return { dtype: 'int32', shape: [data.length], data };
}
