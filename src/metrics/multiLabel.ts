import type { ClassCounts } from './classification.js';
import type { ValuePairs } from './values.js';

/**
 * Counts of each class where an example may be of several: what `averageCounts` and `figuresOf` make figures of.
 * @param pairs targets 0 or 1 (NaN counts nothing) and probabilities, [examples, classes] row-major.
 * @param threshold from which on a probability says that an example is of the class.
 * @throws RangeError when both are not whole rows of classes.
 */
export function multiLabelCounts(
  { targets, predictions }: ValuePairs,
  classes: number,
  threshold = 0.5,
): ClassCounts[] {
  if (targets.length !== predictions.length || targets.length % classes !== 0)
    throw new RangeError(
      `${targets.length} targets and ${predictions.length} predictions must both be rows of ${classes} classes`,
    );
  return Array.from({ length: classes }, (_, c) => {
    let [right, said, real] = [0, 0, 0];
    for (let i = c; i < targets.length; i += classes) {
      if (Number.isNaN(targets[i]!)) continue;
      const is = targets[i]! > 0.5;
      const says = predictions[i]! >= threshold;
      if (is) real++;
      if (says) said++;
      if (is && says) right++;
    }
    return { right, said, real };
  });
}
