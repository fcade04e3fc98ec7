import { IntPairMap } from './intPairMap.js';

/** Words as numbers of their characters, one after the other; how often each occurs. */
export interface WordCorpus {
  readonly characters: Int32Array;
  /** Word w has the characters from offsets[w] to below offsets[w + 1]. */
  readonly offsets: Int32Array;
  readonly counts: Float64Array;
}

/** A substring, by one place where it occurs, and how often it does. */
export interface Seed {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

/** Characters of the longest piece, as in SentencePiece. */
const LONGEST = 16;

/**
 * The substrings of words that pieces are chosen from: those of two characters and more that occur at least twice and
 * cannot be made longer without occurring less often (every "nformatio" is within an "information"). Those that cover most
 * characters come first: count · length, as in SentencePiece.
 *
 * Substrings are counted by their length: one of n + 1 characters is one of n characters that is frequent, and what
 * follows it, so that no text is ever cut out.
 */
export function seedPieces({ characters, offsets, counts }: WordCorpus, size: number): Seed[] {
  const seeds: Seed[] = [];
  // The frequent substring of the current length that begins at each place, −1 where there is none.
  let known: Int32Array = characters.slice();
  let starts: number[] = [];
  let totals: number[] = [];
  for (let length = 2; length <= LONGEST + 1; length++) {
    const ids = new IntPairMap(1 << 12);
    const found = new Int32Array(characters.length).fill(-1);
    const foundStarts: number[] = [];
    const foundTotals: number[] = [];
    for (let word = 0; word < counts.length; word++) {
      for (let start = offsets[word]!; start + length <= offsets[word + 1]!; start++) {
        if (known[start] === -1 || known[start + 1] === -1) continue;
        const last = characters[start + length - 1]!;
        let id = ids.get(known[start]!, last);
        if (id === -1) {
          id = foundStarts.push(start) - 1;
          foundTotals.push(0);
          ids.set(known[start]!, last, id);
        }
        foundTotals[id]! += counts[word]!;
        found[start] = id;
      }
    }
    // Those of the length before that always stand within one and the same longer one.
    const within = new Set<number>();
    foundStarts.forEach((start, id) => {
      for (const part of [known[start]!, known[start + 1]!])
        if (length > 2 && totals[part] === foundTotals[id]) within.add(part);
    });
    totals.forEach((count, id) => {
      if (!within.has(id)) seeds.push({ start: starts[id]!, length: length - 1, count });
    });
    // Only the frequent ones go on, under new numbers.
    let frequent = 0;
    const renamed = foundTotals.map((count) => (count >= 2 ? frequent++ : -1));
    known = found.map((id) => (id === -1 ? -1 : renamed[id]!));
    starts = foundStarts.filter((_, id) => renamed[id] !== -1);
    totals = foundTotals.filter((_, id) => renamed[id] !== -1);
    if (frequent === 0) break;
  }
  return seeds.sort((a, b) => b.count * b.length - a.count * a.length || a.start - b.start).slice(0, size);
}
