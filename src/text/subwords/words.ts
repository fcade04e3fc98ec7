/**
 * The words that BPE and Unigram cut further: letters with their marks, digits, or other signs, with the space before
 * them; every character is in one of them. It is GPT-2's pattern (Radford et al. 2019) without its English contractions,
 * and with marks left at their letters, as Devanagari or Thai need it. Scripts without spaces, as Chinese, have their
 * phrases between two signs as words.
 */
export const spacedWords =
  / ?\p{L}[\p{L}\p{M}]*| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * The words that WordPiece cuts further, as BERT has them (Devlin et al. 2018): letters, marks and digits between spaces;
 * every Chinese character and every other sign is a word of its own.
 */
export const bareWords = /(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+|[^\p{White_Space}]/gu;

/** How often each word occurs. */
export function countWords(
  texts: Iterable<string>,
  pattern: RegExp,
  normalize: (text: string) => string,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of normalize(text).match(pattern) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Words whose pieces are remembered, so that memory stays bounded; there are fewer frequent ones in any language. */
const REMEMBERED = 1 << 17;

/** The same function of words, which remembers its results: texts repeat their words. */
export function remembering(split: (word: string) => readonly string[]): (word: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (word) => {
    let pieces = known.get(word);
    if (!pieces) {
      pieces = split(word);
      if (known.size >= REMEMBERED) known.clear();
      known.set(word, pieces);
    }
    return pieces;
  };
}

export const nfc = (text: string) => text.normalize('NFC');
