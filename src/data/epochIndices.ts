/**
 * Examples of an epoch as single numbers, for data that change with the epoch: example + epoch · count, as long as that
 * is an int32; then the epochs begin again. What is drawn for such an index is new in each epoch, and the same again
 * when a run is resumed.
 */
export function indicesOfEpoch(examples: Int32Array, epoch: number, count: number): Int32Array {
  const start = (epoch % Math.floor(2 ** 31 / count)) * count;
  return examples.map((example) => start + example);
}

/** The example behind an index of {@link indicesOfEpoch}. */
export function exampleOf(index: number, count: number): number {
  return index % count;
}
