import { groupingKey } from './leaks.js';
import { hashText } from '../tensor/random.js';

/** What the texts of a column are made of: what decides how they are best cut into tokens. */
export interface TextFacts {
  /** How many texts were counted. */
  readonly texts: number;
  /** Characters of a text. */
  readonly characters: Lengths;
  /** Words of a text, between spaces. */
  readonly words: Lengths;
  /** Different characters in all, and those that come at least twice. */
  readonly alphabet: number;
  readonly repeatedCharacters: number;
  /** Different words in all, and those that come at least twice. */
  readonly vocabulary: number;
  readonly repeated: number;
  /** Share of the words of every tenth text that no other text has: what a vocabulary of words would not know. */
  readonly unseen: number;
  /** The same of characters. */
  readonly unseenCharacters: number;
  /** Share of texts that stand in the column before, the same or but for case, punctuation and spaces. */
  readonly repeatedTexts: number;
}

export interface Lengths {
  readonly mean: number;
  /** The length that 99 of 100 texts do not exceed. */
  readonly usual: number;
  readonly most: number;
}

/** Counts characters and words of texts. */
export function textFacts(texts: readonly string[]): TextFacts {
  const split = texts.map((text) => text.trim().split(/\s+/u).filter(Boolean));
  const letters = texts.map((text) => [...text.trim()]);
  const held = texts.map((text) => hashText(text) % 10 === 0);
  const words = countTokens(split, held);
  const characters = countTokens(letters, held);
  const normalized = new Set(texts.map(groupingKey));
  return {
    texts: texts.length,
    characters: lengths(letters.map(({ length }) => length)),
    words: lengths(split.map(({ length }) => length)),
    alphabet: characters.distinct,
    repeatedCharacters: characters.repeated,
    vocabulary: words.distinct,
    repeated: words.repeated,
    unseen: words.unseen,
    unseenCharacters: characters.unseen,
    repeatedTexts: texts.length > 0 ? 1 - normalized.size / texts.length : 0,
  };
}

function countTokens(
  texts: readonly (readonly string[])[],
  held: readonly boolean[],
): { distinct: number; repeated: number; unseen: number } {
  const counts = new Map<string, number>();
  const known = new Set<string>();
  texts.forEach((tokens, i) => {
    for (const token of tokens) {
      counts.set(token, (counts.get(token) ?? 0) + 1);
      if (!held[i]) known.add(token);
    }
  });
  let [total, unseen] = [0, 0];
  texts.forEach((tokens, i) => {
    if (!held[i]) return;
    total += tokens.length;
    for (const token of tokens) if (!known.has(token)) unseen++;
  });
  let repeated = 0;
  for (const count of counts.values()) if (count > 1) repeated++;
  return { distinct: counts.size, repeated, unseen: total > 0 ? unseen / total : 0 };
}

function lengths(values: readonly number[]): Lengths {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return { mean: 0, usual: 0, most: 0 };
  return {
    mean: sorted.reduce((a, b) => a + b) / sorted.length,
    usual: sorted[Math.ceil(0.99 * sorted.length) - 1]!,
    most: sorted[sorted.length - 1]!,
  };
}
