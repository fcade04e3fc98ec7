import {
  metricSignature,
  referencesOf,
  splitWords,
  visibleCharacters,
  type AnsweredText,
} from './answeredText.js';
import { figureOf, type SumMetric } from './exampleSums.js';
import { commonNgrams, countNgrams, totalNgrams, type NgramCounts } from './ngrams.js';

/** Settings of chrF; the defaults are sacreBLEU's. */
export interface ChrfOptions {
  /** Longest n-grams of characters; 6 by default. */
  readonly characterOrder?: number;
  /** Longest n-grams of words: 0 by default, 2 for chrF++. */
  readonly wordOrder?: number;
  /** How many times recall weighs as much as precision; 2 by default. */
  readonly beta?: number;
  /** Whether upper and lower case are equal; false by default. */
  readonly lowercase?: boolean;
  /** Whether white space counts as characters; false by default. */
  readonly whitespace?: boolean;
}

const standard = { characterOrder: 6, wordOrder: 0, beta: 2, lowercase: false, whitespace: false } as const;

/**
 * chrF (Popović 2015), and with words chrF++ (Popović 2017), as sacreBLEU computes them, 0 to 100: F_β of precision and
 * recall of character n-grams, each the mean over those lengths that both sides have. Of several references the one counts
 * that an answer has the best chrF with.
 * @throws RangeError without an example, or for one without a reference.
 */
export function chrf(examples: readonly AnsweredText[], options: ChrfOptions = {}): number {
  return figureOf(chrfSums(options), examples);
}

/** The settings as sacreBLEU prints them: `nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:heddle-…`. */
export function chrfSignature(examples: readonly AnsweredText[], options: ChrfOptions = {}): string {
  const { characterOrder, wordOrder, lowercase, whitespace } = { ...standard, ...options };
  return metricSignature(examples, {
    case: lowercase ? 'lc' : 'mixed',
    eff: true,
    nc: characterOrder,
    nw: wordOrder,
    space: whitespace,
  });
}

/** chrF as a figure of sums over examples: of each length of n-grams those of the answer, of the reference, and of both. */
export function chrfSums(options: ChrfOptions = {}): SumMetric<AnsweredText> {
  const settings = { ...standard, ...options };
  const figure = (sums: readonly number[]) => chrfOf(sums, settings.beta);
  return {
    figure,
    row(example) {
      const answer = ngramsOf(example.prediction, settings);
      let [best, bestFigure]: [number[], number] = [[], -1];
      for (const reference of referencesOf(example)) {
        const known = ngramsOf(reference, settings);
        const row = answer.flatMap((said, i) => {
          const all = totalNgrams(known[i]!);
          return [all > 0 ? totalNgrams(said) : 0, all, commonNgrams(said, known[i]!)];
        });
        const value = figure(row);
        if (value > bestFigure) [best, bestFigure] = [row, value];
      }
      return best;
    },
  };
}

function ngramsOf(text: string, options: Required<ChrfOptions>): NgramCounts[] {
  const cased = options.lowercase ? text.toLowerCase() : text;
  const characters = options.whitespace ? Array.from(cased) : visibleCharacters(cased);
  const words = options.wordOrder > 0 ? splitWords(cased).flatMap(separatePunctuation) : [];
  return [
    ...Array.from({ length: options.characterOrder }, (_, i) => countNgrams(characters, i + 1, '')),
    ...Array.from({ length: options.wordOrder }, (_, i) => countNgrams(words, i + 1)),
  ];
}

const punctuation = /^[!-/:-@[-`{-~]$/;

/** One punctuation mark at the end of a word is a word of its own, or else one at its beginning. */
function separatePunctuation(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  const last = characters.at(-1)!;
  if (punctuation.test(last)) return [characters.slice(0, -1).join(''), last];
  const [first, ...rest] = characters as [string, ...string[]];
  return punctuation.test(first) ? [first, rest.join('')] : [word];
}

function chrfOf(sums: readonly number[], beta: number): number {
  let [precision, recall, orders] = [0, 0, 0];
  for (let i = 0; i < sums.length; i += 3) {
    const [said, known, common] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
    if (said === 0 || known === 0) continue;
    precision += common / said;
    recall += common / known;
    orders++;
  }
  if (precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}
