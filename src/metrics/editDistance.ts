let row = new Int32Array(64);

/**
 * Levenshtein distance: the fewest insertions, deletions and substitutions (each costs 1) that turn `a` into `b`;
 * elements are compared by `===`. O(|a|·|b|) time after the common ends are cut off, O(min) memory.
 * Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966; one row of the
 * table of Wagner & Fischer 1974 is kept.
 */
export function editDistance<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  if (a.length < b.length) return editDistance(b, a);
  let start = 0;
  let endA = a.length;
  let endB = b.length;
  while (start < endB && a[start] === b[start]) start++;
  while (endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const width = endB - start;
  if (width === 0) return endA - start;
  if (row.length < width) row = new Int32Array(2 * width);
  // row[j] = distance between what is read of `a` and the first j + 1 elements of `b`.
  for (let j = 0; j < width; j++) row[j] = j + 1;
  let distance = 0;
  for (let i = start; i < endA; i++) {
    const element = a[i];
    let diagonal = i - start;
    distance = diagonal + 1;
    for (let j = 0; j < width; j++) {
      const above = row[j]!;
      if (element === b[start + j]) distance = diagonal;
      else distance = 1 + Math.min(diagonal, above, distance);
      diagonal = above;
      row[j] = distance;
    }
  }
  return distance;
}
