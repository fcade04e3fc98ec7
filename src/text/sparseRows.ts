/** A matrix of which most values are 0: by row, its other values and their columns (CSR). */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Row r has the entries from offsets[r] to below offsets[r + 1]. */
  readonly offsets: Int32Array;
  /** The column of each entry, ascending within a row. */
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** All values of the matrix, row by row: [rows, columns]. */
export function toDense({ rows, columns, offsets, indices, values }: SparseRows): Float64Array {
  const dense = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++)
      dense[row * columns + indices[entry]!] = values[entry]!;
  return dense;
}
