import { isStatic, product, type Dim } from '../tensor/dim.js';
import { traceError, type Tensor } from '../tensor/tensor.js';
import { add, cast, equal, less, logAddExp, maximum, mul, not, sub } from './elementwise.js';
import { matmul } from './matmul.js';
import { sum } from './reduce.js';
import { scan } from './scan.js';
import { concat, expand, fill, positions, reshape, shift, split, transpose } from './shape.js';
import { logSoftmax } from './softmax.js';

/** Stands for log 0: far below the sum of any number of frames, and finite in float32 with that sum added. */
const IMPOSSIBLE = -1e37;
/** The least log-probability of a frame: lower ones are cut off, so that the sums of a million frames stay above log 0. */
const LEAST = -1e30;

export interface CtcOptions {
  /** The class that stands for no label; 0 by default. */
  readonly blank?: number;
}

interface Sizes {
  readonly batch: Dim;
  readonly time: Dim;
  readonly classes: number;
  readonly labels: Dim;
}

/**
 * Connectionist temporal classification (Graves et al. 2006): the loss of a label sequence y when it is not known which
 * frame of the input belongs to which label. An alignment π gives each frame a class; B(π) merges runs of equal classes
 * and then removes the blanks.
 *
 *   loss = −log Σ_{π: B(π) = y} Π_t p_t(π_t),  p_t = softmax(logits_t)
 *
 * logits [batch, time, classes] (or log-probabilities, which are logits too), labels [batch, labels] int32 (at least one
 * wide, none of them the blank), inputLengths and labelLengths [batch] int32 → loss per example [batch] in nats. Frames
 * and labels beyond the lengths have no effect. As PyTorch's `ctc_loss` with `zero_infinity`, batch-first.
 *
 * Labels without an alignment, because they need more frames than there are ({@link ctcFrames}), have the loss 0 and the
 * gradient 0, so that a stray example of that kind does not end a training; `requireAlignable` finds them beforehand.
 * Finite, with finite gradients, for any finite logits; log-probabilities below −10³⁰ count as that.
 *
 * The forward recursion over the 2·labels + 1 states (each label, and the blanks around them) runs in log space, as one
 * scan over time. Its gradient is the backward recursion, by the share that each state has in its successors: shares
 * add up to 1 however large the logits are, where a posterior made from α + β − log p would lose its digits.
 *
 * @throws Error when shapes or dtypes do not fit, or the blank is not one of the classes.
 */
export function ctcLoss(
  logits: Tensor,
  labels: Tensor,
  inputLengths: Tensor,
  labelLengths: Tensor,
  { blank = 0 }: CtcOptions = {},
): Tensor {
  const sizes = checked(logits, labels, inputLengths, labelLengths, blank);
  const { batch, time, labels: count } = sizes;
  const states = product([2, count]);
  const { emissions, blankEmissions } = emissionsOf(logits, labels, blank, sizes);
  const labelBefore = shift(labels, fill(-1, [batch, 1], 'int32'));
  const repeated = cast(equal(labels, labelBefore), logits.dtype);

  // The state before the first label is a column of its own, `start`; of the others, state 2i is label i and state
  // 2i + 1 the blank after it. From one label to the next there is a way past the blank, unless they are equal.
  const never = fill(IMPOSSIBLE, [batch, count], logits.dtype);
  const wayPast = interleave(mul(repeated, IMPOSSIBLE), never);
  const { outputs } = scan(
    {
      initial: [fill(IMPOSSIBLE, [batch, states], logits.dtype), fill(0, [batch, 1], logits.dtype)],
      sequences: [emissions, blankEmissions],
    },
    ([alpha, start], [emission, blankEmission]) => {
      const fromLast = shift(alpha!, start!);
      const fromLastButOne = shift(fromLast, fill(IMPOSSIBLE, [batch, 1], logits.dtype));
      const next = add(logAddExp([alpha!, fromLast, add(fromLastButOne, wayPast)]), emission!);
      const nextStart = add(start!, blankEmission!);
      return { carries: [next, nextStart], outputs: [next, nextStart] };
    },
  );

  // Alignments end in the last label or in the blank after it; where there is no label, in `start`.
  const isEnd = cast(equal(column(time), row(sub(inputLengths, 1))), logits.dtype);
  const [alpha, start] = outputs.map((stack) => sum(mul(stack, reshape(isEnd, [time, batch, 1])), [0]));
  const isEmpty = cast(equal(labelLengths, 0), logits.dtype);
  const atPlace = (place: Tensor) =>
    sum(mul(alpha!, cast(equal(row(positions(states)), column(place)), logits.dtype)), [1]);
  const inLabel = add(atPlace(sub(mul(labelLengths, 2), 2)), mul(isEmpty, IMPOSSIBLE));
  const inBlank = add(atPlace(sub(mul(labelLengths, 2), 1)), mul(isEmpty, reshape(start!, [batch])));

  const isReal = cast(less(row(positions(count)), column(labelLengths)), logits.dtype);
  const frames = add(cast(labelLengths, logits.dtype), sum(mul(isReal, repeated), [1]));
  const isAlignable = not(less(cast(inputLengths, logits.dtype), frames));
  return mul(logAddExp([inLabel, inBlank]), mul(cast(isAlignable, logits.dtype), -1));
}

/** The fewest frames that labels have an alignment with: one for each, and one for the blank between equal neighbours. */
export function ctcFrames(labels: ArrayLike<number>): number {
  let frames = labels.length;
  for (let i = 1; i < labels.length; i++) if (labels[i] === labels[i - 1]) frames++;
  return frames;
}

/** log p of each state's class and of the blank at each frame: [time, batch, 2·labels] and [time, batch, 1]. */
function emissionsOf(
  logits: Tensor,
  labels: Tensor,
  blank: number,
  { batch, time, classes, labels: count }: Sizes,
): { emissions: Tensor; blankEmissions: Tensor } {
  const logProbabilities = maximum(logSoftmax(logits), LEAST);
  // A product with a one-hot matrix reads, and in the gradient adds up, the classes of the labels on every core.
  const ids = reshape(positions(classes), [1, 1, classes]);
  const oneHot = cast(equal(reshape(labels, [batch, count, 1]), ids), logits.dtype);
  const ofLabels = transpose(matmul(logProbabilities, oneHot, { transposeB: true }), [1, 0, 2]);
  const parts = [blank, 1, classes - blank - 1].filter((size) => size > 0);
  const ofBlank = transpose(split(logProbabilities, parts)[blank > 0 ? 1 : 0]!, [1, 0, 2]);
  return {
    emissions: interleave(ofLabels, expand(ofBlank, [time, batch, count])),
    blankEmissions: ofBlank,
  };
}

/** a and b [..., n] → a₀ b₀ a₁ b₁ … [..., 2n]. */
function interleave(a: Tensor, b: Tensor): Tensor {
  const [lead, last] = [a.shape.slice(0, -1), a.shape.at(-1)!];
  const pairs = concat([a, b].map((x) => reshape(x, [...lead, last, 1])));
  return reshape(pairs, [...lead, product([2, last])]);
}

const row = (x: Tensor) => reshape(x, [1, x.shape[0]!]);
const column = (x: Tensor | Dim) => {
  const values = typeof x === 'object' ? x : positions(x);
  return reshape(values, [values.shape[0]!, 1]);
};

function checked(
  logits: Tensor,
  labels: Tensor,
  inputLengths: Tensor,
  labelLengths: Tensor,
  blank: number,
): Sizes {
  const [batch, time, classes] = logits.shape;
  const fits =
    logits.rank === 3 &&
    isStatic(classes!) &&
    labels.rank === 2 &&
    [labels, inputLengths, labelLengths].every((x) => x.dtype === 'int32' && x.shape[0] === batch) &&
    inputLengths.rank === 1 &&
    labelLengths.rank === 1;
  if (!fits)
    throw traceError(
      'ctcLoss',
      `takes logits [batch, time, classes], int32 labels [batch, labels] and two int32 lengths [batch], got ${logits}, ${labels}, ${inputLengths} and ${labelLengths}.`,
    );
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes)
    throw traceError('ctcLoss', `the blank is ${blank}; it must be one of the ${classes} classes, from 0.`);
  return { batch: batch!, time: time!, classes, labels: labels.shape[1]! };
}
