import type { Trie } from './trie.js';

/** The pieces of a word, and Σ of their log-probabilities. */
export interface Segmentation {
  /** Ids; −1 for a character that no piece has. */
  readonly pieces: readonly number[];
  /** Where each piece ends, in characters. */
  readonly ends: readonly number[];
  readonly score: number;
}

/**
 * The likeliest segmentation of a word into pieces, by dynamic programming over its places (Viterbi). Of equally likely ones
 * the last piece is the longest, as in Hugging Face's encoder.
 * @param scores log-probabilities of the pieces.
 * @param unknownScore that of a character that is no piece by itself.
 * @param except a piece that may not be used; none by default.
 */
export function likeliestPieces(
  word: ArrayLike<number>,
  trie: Trie,
  scores: ArrayLike<number>,
  unknownScore: number,
  except = -1,
): Segmentation {
  const { length } = word;
  const best = new Float64Array(length + 1).fill(-Infinity);
  const startOf = new Int32Array(length + 1);
  const pieceOf = new Int32Array(length + 1);
  best[0] = 0;
  const offer = (start: number, end: number, piece: number, score: number) => {
    const total = score + best[start]!;
    if (total <= best[end]!) return;
    best[end] = total;
    startOf[end] = start;
    pieceOf[end] = piece;
  };
  for (let start = 0; start < length; start++) {
    let alone = false;
    let node = 0;
    for (let end = start + 1; end <= length; end++) {
      node = trie.step(node, word[end - 1]!);
      if (node === -1) break;
      const piece = trie.pieceAt(node);
      if (piece === -1 || piece === except) continue;
      offer(start, end, piece, scores[piece]!);
      if (end === start + 1) alone = true;
    }
    if (!alone) offer(start, start + 1, -1, unknownScore);
  }
  const pieces: number[] = [];
  const ends: number[] = [];
  for (let end = length; end > 0; end = startOf[end]!) {
    pieces.push(pieceOf[end]!);
    ends.push(end);
  }
  return { pieces: pieces.reverse(), ends: ends.reverse(), score: best[length]! };
}
