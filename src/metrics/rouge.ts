import { referencesOf, type AnsweredText } from './answeredText.js';
import { figureOf, type SumMetric } from './exampleSums.js';
import { commonNgrams, countNgrams, totalNgrams } from './ngrams.js';

export const rougeNames = ['rouge1', 'rouge2', 'rougeL'] as const;
/** What ROUGE counts as common: words, pairs of words, or the longest common subsequence of words. */
export type RougeName = (typeof rougeNames)[number];

/** Of an answer against a reference, 0 to 1. */
export interface RougeScore {
  /** What is common ÷ what the answer has. */
  readonly precision: number;
  /** What is common ÷ what the reference has. */
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
}

/**
 * ROUGE of one answer (Lin 2004); of several references the one with the best F1 counts. Words are as in Google's
 * `rouge_score` without a stemmer (lower case, runs of letters and digits), but of any script, and each Chinese or Japanese
 * character is one; `rouge_score` knows a–z and 0–9 alone.
 * @throws RangeError without a reference.
 */
export function rougeScore(prediction: string, references: readonly string[], name: RougeName): RougeScore {
  const answer = rougeWords(prediction);
  const scores = referencesOf({ prediction, references }).map((reference) =>
    scoreOf(answer, rougeWords(reference), name),
  );
  return scores.reduce((best, score) => (score.f1 > best.f1 ? score : best));
}

/** The mean F1 over examples ({@link rougeScore}). @throws RangeError without an example, or for one without a reference. */
export function rouge(examples: readonly AnsweredText[], name: RougeName): number {
  return figureOf(rougeSums(name), examples);
}

/** ROUGE as a figure of sums over examples. */
export function rougeSums(name: RougeName): SumMetric<AnsweredText> {
  return {
    row: ({ prediction, references }) => [rougeScore(prediction, references, name).f1, 1],
    figure: ([total, examples]) => total! / examples!,
  };
}

const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+/gu;

function rougeWords(text: string): string[] {
  return text.toLowerCase().match(word) ?? [];
}

function scoreOf(answer: readonly string[], reference: readonly string[], name: RougeName): RougeScore {
  if (name === 'rougeL')
    return ratios(longestCommonSubsequence(answer, reference), answer.length, reference.length);
  const n = name === 'rouge1' ? 1 : 2;
  const [said, known] = [countNgrams(answer, n), countNgrams(reference, n)];
  return ratios(commonNgrams(said, known), totalNgrams(said), totalNgrams(known));
}

function ratios(common: number, said: number, known: number): RougeScore {
  if (common === 0) return { precision: 0, recall: 0, f1: 0 };
  const [precision, recall] = [common / said, common / known];
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

/** The most elements, in order but not side by side, that two sequences share. O(|a|·|b|) time, O(|b|) memory. */
export function longestCommonSubsequence<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  // row[j]: of what is read of `a` and the first j elements of `b`.
  const row = new Int32Array(b.length + 1);
  for (let i = 0; i < a.length; i++) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = a[i] === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]!);
      diagonal = above;
    }
  }
  return row[b.length]!;
}
