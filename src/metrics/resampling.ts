import { extendKey, hashText, randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Measurable } from './exampleSums.js';

export interface ResamplingOptions {
  /** How many times examples are drawn; 1000 by default, as Koehn (2004) and sacreBLEU do. */
  readonly samples?: number;
  /** Of the random numbers; 1 by default. */
  readonly seed?: number;
}

/** A range of figures. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Share of what examples drawn anew would give that lies in an interval. */
const CONFIDENCE = 0.95;

const bootstrapKey = hashText('bootstrap');
const swapKey = hashText('approximate randomization');

/**
 * The 95 % interval of a metric by the percentile bootstrap (Efron 1979): as many examples as there are are drawn with
 * replacement, over and over; between the ends lie 95 % of the figures that they give. What is undefined for some drawing
 * (NaN) is left out. Examples that depend on their neighbours (`block`) are drawn in blocks of so many that follow each
 * other, which may overlap (moving-block bootstrap, Künsch 1989); of no more than one block the interval is undefined.
 * @throws UserError unless `samples` is a whole number from 1.
 */
export function bootstrapInterval<E>(measured: Measurable<E>, options: ResamplingOptions = {}): Interval {
  const { examples, measure } = measured;
  const figures = resample(examples.length, blockOf(measured), options, (drawn) =>
    measure(Array.from(drawn, (index) => examples[index]!)),
  );
  return intervalOf(figures);
}

/** One system against another on the same examples. */
export interface PairedComparison {
  /** The metric of the second less that of the first. */
  readonly difference: number;
  /** 95 % interval of the difference, by paired bootstrap resampling. */
  readonly interval: Interval;
  /** How likely a difference as large would be without one between the systems: of a two-sided test. */
  readonly p: number;
}

/**
 * Paired bootstrap resampling (Koehn 2004): both systems are measured on the same drawings of the examples. p is twice the
 * share of drawings whose difference is 0 or points the other way, counting one more (Davison & Hinkley 1997), so it is
 * below 0.05 where the interval leaves out 0. (sacreBLEU's test of this name centres the absolute differences instead;
 * its figures differ somewhat.) Blocks are drawn as {@link bootstrapInterval} has them.
 * @throws RangeError unless both have as many examples.
 */
export function pairedBootstrap<E>(
  first: Measurable<E>,
  second: Measurable<E>,
  options: ResamplingOptions = {},
): PairedComparison {
  requireSameExamples(first, second);
  const differences = resample(first.examples.length, blockOf(first, second), options, (drawn) => {
    const measure = ({ examples, measure: of }: Measurable<E>) => of(Array.from(drawn, (i) => examples[i]!));
    return measure(second) - measure(first);
  });
  if (differences.length === 0)
    return { difference: differenceOf(first, second), interval: intervalOf(differences), p: NaN };
  const atMost = differences.filter((difference) => difference <= 0).length;
  const atLeast = differences.filter((difference) => difference >= 0).length;
  return {
    difference: differenceOf(first, second),
    interval: intervalOf(differences),
    p: Math.min(1, (2 * (1 + Math.min(atMost, atLeast))) / (1 + differences.length)),
  };
}

/**
 * Approximate randomisation (Noreen 1989; Riezler & Maxwell 2005): were the systems the same, it would not matter which of
 * them gave which answer. So the answers to a random half of the examples are swapped, over and over; p is the share of swaps
 * whose difference is at least as large, counting one more. Of 0/1 figures it approaches McNemar's test. Answers to a block
 * of examples that depend on each other are swapped together; of no more than one block p is undefined.
 * @throws RangeError unless both have as many examples.
 */
export function approximateRandomization<E>(
  first: Measurable<E>,
  second: Measurable<E>,
  { samples = 1000, seed = 1 }: ResamplingOptions = {},
): PairedComparison {
  requireOptions('approximateRandomization', 'a whole number from 1', { samples });
  requireSameExamples(first, second);
  const difference = differenceOf(first, second);
  const block = blockOf(first, second);
  const key = randomKey(seed, swapKey);
  // Sums in another order round otherwise.
  const reached = Math.abs(difference) * (1 - 1e-12);
  let [asLarge, defined] = [0, 0];
  for (let sample = 0; sample < samples; sample++) {
    const sampleKey = extendKey(key, sample);
    const swapped = first.examples.map((_, i) => randomUniform(sampleKey, Math.floor(i / block)) < 0.5);
    const [some, others] = [first.examples, second.examples];
    const one = second.measure(swapped.map((swap, i) => (swap ? some : others)[i]!));
    const other = first.measure(swapped.map((swap, i) => (swap ? others : some)[i]!));
    if (Number.isNaN(one - other)) continue;
    defined++;
    if (Math.abs(one - other) >= reached) asLarge++;
  }
  const { interval } = pairedBootstrap(first, second, { samples, seed });
  const alone = block > 1 && first.examples.length <= block;
  return { difference, interval, p: alone ? NaN : (1 + asLarge) / (1 + defined) };
}

function differenceOf<E>(first: Measurable<E>, second: Measurable<E>): number {
  return second.measure(second.examples) - first.measure(first.examples);
}

function requireSameExamples<E>(first: Measurable<E>, second: Measurable<E>): void {
  const [some, others] = [first.examples.length, second.examples.length];
  if (some !== others || some === 0)
    throw new RangeError(`there are ${some} and ${others} examples; a comparison needs the same ones`);
}

/** The longest block of what is drawn together. */
function blockOf(...measured: readonly Measurable[]): number {
  const block = Math.max(...measured.map((each) => each.block ?? 1));
  requireOptions('resampling', 'a whole number from 1', { block });
  return block;
}

/**
 * What is measured on each drawing of `count` of as many indices, `block` in a row together; nothing where that leaves
 * nothing to choose.
 */
function resample(
  count: number,
  block: number,
  { samples = 1000, seed = 1 }: ResamplingOptions,
  measure: (drawn: Int32Array) => number,
): Float64Array {
  requireOptions('resampling', 'a whole number from 1', { samples });
  if (block > 1 && count <= block) return new Float64Array();
  const starts = count - block + 1;
  const key = randomKey(seed, bootstrapKey);
  const drawn = new Int32Array(count);
  const figures = Float64Array.from({ length: samples }, (_, sample) => {
    const sampleKey = extendKey(key, sample);
    // The last block is cut off where there are enough.
    for (let i = 0; i < count; i++)
      drawn[i] =
        i % block === 0 ? Math.floor(randomUniform(sampleKey, i / block) * starts) : drawn[i - 1]! + 1;
    return measure(drawn);
  });
  return figures.filter((figure) => !Number.isNaN(figure));
}

/** Cuts as many figures off at both ends. */
function intervalOf(figures: Float64Array): Interval {
  const sorted = figures.slice().sort();
  // What floating-point numbers make of 1000 · (1 − 0.95) ÷ 2 is a little less than 25.
  const cut = Math.floor((sorted.length * (1 - CONFIDENCE)) / 2 + 1e-9);
  return { low: sorted[cut] ?? NaN, high: sorted[sorted.length - 1 - cut] ?? NaN };
}
