/** Scores of examples of two kinds. */
export interface SeparatedScores {
  /** Of those that are of the class. */
  readonly positive: Float64Array;
  /** Of the others. */
  readonly negative: Float64Array;
}

/**
 * Area under the receiver operating characteristic: the probability that an example of the class scores higher than
 * another one, equal scores counting half (Hanley & McNeil 1982). NaN where either kind is missing, or a score is NaN.
 */
export function rocAuc({ positive, negative }: SeparatedScores): number {
  if (positive.some(Number.isNaN) || negative.some(Number.isNaN)) return NaN;
  const [above, below] = [positive.slice().sort(), negative.slice().sort()];
  let [wins, lower, upTo] = [0, 0, 0];
  for (const score of above) {
    while (lower < below.length && below[lower]! < score) lower++;
    while (upTo < below.length && below[upTo]! <= score) upTo++;
    wins += (lower + upTo) / 2;
  }
  return wins / (above.length * below.length);
}

/**
 * Area under the curve of precision and recall, as average precision: Σ (recallₙ − recallₙ₋₁) · precisionₙ over falling
 * thresholds, without interpolation, as scikit-learn defines it. NaN where no example is of the class, or a score is NaN.
 */
export function averagePrecision({ positive, negative }: SeparatedScores): number {
  if (positive.some(Number.isNaN) || negative.some(Number.isNaN)) return NaN;
  const [above, below] = [positive.slice().sort().reverse(), negative.slice().sort().reverse()];
  let [right, wrong, total] = [0, 0, 0];
  while (right < above.length) {
    const threshold = above[right]!;
    const before = right;
    while (right < above.length && above[right]! === threshold) right++;
    while (wrong < below.length && below[wrong]! >= threshold) wrong++;
    total += ((right - before) * right) / (right + wrong);
  }
  return total / above.length;
}
