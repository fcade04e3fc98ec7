import { splitNames, type SplitName } from './split.js';

/** A text that two parts of the data share. */
export interface Leak {
  /** The two parts, in the order of `splitNames`. */
  readonly parts: readonly [SplitName, SplitName];
  /** As each of them has it. */
  readonly texts: readonly [string, string];
}

/** The letters and digits of a text alone, without case and form: what people would call the same text. */
export function normalizedText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Mark}\p{Number}]+/gu, '');
}

/** The {@link normalizedText}, and the text itself where nothing is left of it: what equal texts are grouped by. */
export function groupingKey(text: string): string {
  return normalizedText(text) || text;
}

/**
 * Texts that stand in two parts, apart from case, punctuation and spaces: figures on such a part tell what a model
 * remembers, not what it has learnt. One leak for each text of the later part.
 */
export function findLeaks(parts: Readonly<Record<SplitName, readonly string[]>>): Leak[] {
  const first = new Map<string, { part: SplitName; text: string }>();
  const leaks: Leak[] = [];
  for (const part of splitNames)
    for (const text of parts[part]) {
      const key = normalizedText(text);
      if (key === '') continue;
      const known = first.get(key);
      if (!known) first.set(key, { part, text });
      else if (known.part !== part) leaks.push({ parts: [known.part, part], texts: [known.text, text] });
    }
  return leaks;
}
