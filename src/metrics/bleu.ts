import { metricSignature, referencesOf, trimEnding, type AnsweredText } from './answeredText.js';
import { sumRows, type SumMetric } from './exampleSums.js';
import { commonNgrams, countNgrams, totalNgrams, unionNgrams } from './ngrams.js';
import { bleuTokenizers, type BleuTokenizer } from './textTokenizers.js';

/** Longest n-grams that are counted. */
const ORDER = 4;

/** Usual values of the smoothings that have one (Chen & Cherry 2014). */
const smoothingValues = { exp: undefined, floor: 0.1, 'add-k': 1, none: undefined } as const;
/**
 * What an n-gram length without a match counts (Chen & Cherry 2014): 'exp' ½ match, of the next such length ¼ …, 'floor'
 * some value, 'add-k' adds to both counts beyond single tokens, 'none': BLEU is 0.
 */
export type BleuSmoothing = keyof typeof smoothingValues;

/** Settings of BLEU; the defaults are sacreBLEU's. */
export interface BleuOptions {
  /** '13a' by default; Chinese needs 'zh'. */
  readonly tokenizer?: BleuTokenizer;
  /** Whether upper and lower case are equal; false by default. */
  readonly lowercase?: boolean;
  /** 'exp' by default. */
  readonly smoothing?: BleuSmoothing;
  /** Of 'floor' (0.1 by default) and 'add-k' (1). */
  readonly smoothingValue?: number;
  /** Leaves out n-grams longer than the answers, for single sentences; false by default. */
  readonly effectiveOrder?: boolean;
}

/** BLEU, and what it is made of. */
export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Of 1- to 4-grams, in percent. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens of the answers. */
  readonly answerLength: number;
  /** Tokens of the references, of each example the one nearest in length. */
  readonly referenceLength: number;
}

/**
 * BLEU (Papineni et al. 2002) as sacreBLEU computes it (Post 2018): brevity penalty · exp(mean over n = 1 … 4 of
 * ln precisionₙ) · 100, precisions over all examples together. An n-gram is right as often as it occurs in the reference
 * that has it most often.
 * @throws RangeError without an example, or for one without a reference.
 */
export function bleu(examples: readonly AnsweredText[], options: BleuOptions = {}): BleuScore {
  return bleuOf(sumRows(examples.map((example) => bleuRow(example, options))), options);
}

/** BLEU of one answer, with {@link BleuOptions.effectiveOrder} unless told otherwise. */
export function sentenceBleu(
  prediction: string,
  references: readonly string[],
  options: BleuOptions = {},
): BleuScore {
  return bleu([{ prediction, references }], { effectiveOrder: true, ...options });
}

/** The settings as sacreBLEU prints them: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:heddle-…`. */
export function bleuSignature(examples: readonly AnsweredText[], options: BleuOptions = {}): string {
  const { tokenizer = '13a', lowercase = false, smoothing = 'exp', effectiveOrder = false } = options;
  const value = options.smoothingValue ?? smoothingValues[smoothing];
  return metricSignature(examples, {
    case: lowercase ? 'lc' : 'mixed',
    eff: effectiveOrder,
    tok: tokenizer,
    smooth: smoothingValues[smoothing] === undefined ? smoothing : `${smoothing}[${value!.toFixed(2)}]`,
  });
}

/** BLEU as a figure of sums over examples. */
export function bleuSums(options: BleuOptions = {}): SumMetric<AnsweredText> {
  return {
    row: (example) => bleuRow(example, options),
    figure: (sums) => bleuOf(sums, options).score,
  };
}

/** Lengths of answer and reference, then of 1- to 4-grams how many are right, and how many there are. */
function bleuRow(example: AnsweredText, { tokenizer = '13a', lowercase = false }: BleuOptions): number[] {
  const tokens = (text: string) =>
    bleuTokenizers[tokenizer](trimEnding(lowercase ? text.toLowerCase() : text));
  const answer = tokens(example.prediction);
  const references = referencesOf(example).map(tokens);
  const orders = Array.from({ length: ORDER }, (_, i) => {
    const said = countNgrams(answer, i + 1);
    const known = unionNgrams(references.map((reference) => countNgrams(reference, i + 1)));
    return { right: commonNgrams(said, known), all: totalNgrams(said) };
  });
  return [
    answer.length,
    nearestLength(
      answer.length,
      references.map(({ length }) => length),
    ),
    ...orders.map(({ right }) => right),
    ...orders.map(({ all }) => all),
  ];
}

/** The length nearest to another, of equals the shorter. */
function nearestLength(length: number, others: readonly number[]): number {
  return others.reduce((best, other) => {
    const [nearer, distance] = [Math.abs(other - length), Math.abs(best - length)];
    return nearer < distance || (nearer === distance && other < best) ? other : best;
  });
}

function bleuOf(sums: readonly number[], options: BleuOptions): BleuScore {
  const { smoothing = 'exp', effectiveOrder = false } = options;
  const value = options.smoothingValue ?? smoothingValues[smoothing] ?? 0;
  const [answerLength, referenceLength] = sums as readonly [number, number];
  const [right, all] = [sums.slice(2, 2 + ORDER), sums.slice(2 + ORDER)];
  const brevityPenalty =
    answerLength >= referenceLength ? 1 : answerLength > 0 ? Math.exp(1 - referenceLength / answerLength) : 0;
  const precisions = new Array<number>(ORDER).fill(0);
  const lengths = { answerLength, referenceLength };
  if (right.every((count) => count === 0)) return { score: 0, precisions, brevityPenalty, ...lengths };
  let [halves, orders] = [1, ORDER];
  for (let i = 0; i < ORDER; i++) {
    const added = smoothing === 'add-k' && i > 0 ? value : 0;
    const [hits, total] = [right[i]! + added, all[i]! + added];
    if (total === 0) break;
    if (effectiveOrder) orders = i + 1;
    if (hits > 0) precisions[i] = (100 * hits) / total;
    else if (smoothing === 'exp') {
      halves *= 2;
      precisions[i] = 100 / (halves * total);
    } else if (smoothing === 'floor') precisions[i] = (100 * value) / total;
  }
  const logs = precisions.slice(0, orders).reduce((total, precision) => total + Math.log(precision), 0);
  return { score: brevityPenalty * Math.exp(logs / orders), precisions, brevityPenalty, ...lengths };
}
