import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Hypothesis } from './hypotheses.js';

/** Log-probabilities of one source in nats, [frames, classes] in row-major order. */
export interface CtcFrames {
  readonly values: ArrayLike<number>;
  readonly classes: number;
}

export interface CtcDecodingOptions {
  /** The class that stands for no label; 0 by default. */
  readonly blank?: number;
}

/**
 * Best-path decoding (Graves et al. 2006): the likeliest class of each frame (of equals the first), runs merged, blanks
 * removed. Its log-probability is that of the one alignment, so at most that of the answer.
 * @throws UserError as `ctcBeamSearch`.
 */
export function ctcBestPath(frames: CtcFrames, { blank = 0 }: CtcDecodingOptions = {}): Hypothesis {
  const { values, classes } = frames;
  const time = frameCount(frames, blank);
  const ids: number[] = [];
  let logProbability = 0;
  let previous = blank;
  for (let t = 0; t < time; t++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (values[t * classes + c]! > values[t * classes + best]!) best = c;
    logProbability += values[t * classes + best]!;
    if (best !== blank && best !== previous) ids.push(best);
    previous = best;
  }
  return { ids, logProbability, score: logProbability };
}

/** The beginning of an answer. It is one object however often the beam leaves it and comes back. */
class Prefix {
  /** Of those that were ever kept, by their last label. */
  readonly children = new Map<number, Prefix>();
  /** log p of the frames so far and this prefix, ending in the blank, and in the prefix's last label. */
  inBlank = -Infinity;
  inLabel = -Infinity;
  /** Frames at which it was last kept. */
  keptAt = -1;

  constructor(
    readonly parent: Prefix | undefined,
    readonly label: number,
  ) {}

  get total(): number {
    return logAdd(this.inBlank, this.inLabel);
  }

  /** log p of having the prefix, such that `label` adds to it: from its own last label only after a blank. */
  before(label: number): number {
    return label === this.label ? this.inBlank : this.total;
  }

  get ids(): number[] {
    return this.parent ? [...this.parent.ids, this.label] : [];
  }
}

interface Candidate {
  readonly prefix: Prefix;
  readonly inBlank: number;
  readonly inLabel: number;
  readonly total: number;
}

/**
 * Prefix beam search (Graves 2012, §7.5.3; Hannun et al. 2014, without a language model): the likeliest answers, each
 * with the sum over its alignments. After each frame the `beam` likeliest prefixes are kept, with what ends in the blank
 * and what ends in a label told apart, since only after a blank the same label counts anew. Best first, at most `beam`;
 * exact where the beam is as wide as there are prefixes, and a lower bound of each probability otherwise.
 * @throws UserError unless `beam` is a whole number from 1, the blank is a class and the values are whole frames.
 */
export function ctcBeamSearch(
  frames: CtcFrames,
  { beam, blank = 0 }: CtcDecodingOptions & { readonly beam: number },
): Hypothesis[] {
  requireOptions('CTC beam search', 'a whole number from 1', { beam });
  const time = frameCount(frames, blank);
  const root = new Prefix(undefined, -1);
  root.inBlank = 0;
  root.keptAt = 0;
  let kept = [root];
  for (let t = 0; t < time; t++) {
    const logProbability = (label: number) => frames.values[t * frames.classes + label]!;
    const labels = likeliest(frames.classes, blank, logProbability, beam + 1);
    const candidates = kept.flatMap((prefix) => [
      stay(prefix, t, logProbability, blank),
      ...labels.flatMap((label) => extend(prefix, label, t, logProbability(label))),
    ]);
    candidates.sort((a, b) => b.total - a.total);
    kept = candidates.slice(0, beam).map((candidate) => keep(candidate, t + 1));
  }
  return kept
    .map((prefix) => ({ ids: prefix.ids, logProbability: prefix.total, score: prefix.total }))
    .filter(({ logProbability }) => logProbability > -Infinity);
}

/**
 * The labels that a prefix can be extended by into the beam. Of a prefix's extensions by new labels, those by the `count`
 * likeliest ones alone can be among the best `beam`: one of these may be its last label, which counts less.
 */
function likeliest(
  classes: number,
  blank: number,
  logProbability: (label: number) => number,
  count: number,
): number[] {
  const labels = Array.from({ length: classes }, (_, label) => label).filter((label) => label !== blank);
  if (labels.length <= count) return labels;
  return labels.sort((a, b) => logProbability(b) - logProbability(a)).slice(0, count);
}

/** The same prefix after one more frame: a blank, its last label once more, or that label added to the prefix before. */
function stay(
  prefix: Prefix,
  t: number,
  logProbability: (label: number) => number,
  blank: number,
): Candidate {
  const inBlank = prefix.total + logProbability(blank);
  const { parent, label } = prefix;
  if (!parent) return { prefix, inBlank, inLabel: -Infinity, total: inBlank };
  const reached = parent.keptAt === t ? parent.before(label) : -Infinity;
  const inLabel = logAdd(prefix.inLabel, reached) + logProbability(label);
  return { prefix, inBlank, inLabel, total: logAdd(inBlank, inLabel) };
}

/** The prefix with one more label; none where the beam holds that already, and `stay` counts it. */
function extend(prefix: Prefix, label: number, t: number, logProbability: number): Candidate[] {
  const known = prefix.children.get(label);
  if (known?.keptAt === t) return [];
  const inLabel = prefix.before(label) + logProbability;
  return [{ prefix: known ?? new Prefix(prefix, label), inBlank: -Infinity, inLabel, total: inLabel }];
}

function keep({ prefix, inBlank, inLabel }: Candidate, t: number): Prefix {
  prefix.inBlank = inBlank;
  prefix.inLabel = inLabel;
  prefix.keptAt = t;
  prefix.parent?.children.set(prefix.label, prefix);
  return prefix;
}

/** log(exp a + exp b). */
function logAdd(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}

function frameCount({ values, classes }: CtcFrames, blank: number): number {
  requireOptions('CTC decoding', 'a whole number from 1', { classes });
  requireOptions('CTC decoding', 'a whole number from 0', { frames: values.length / classes, blank });
  if (blank >= classes)
    throw new UserError(
      `CTC decoding: blank is ${blank}; it must be below the number of classes, ${classes}.`,
    );
  return values.length / classes;
}
