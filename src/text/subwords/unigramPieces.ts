import { Trie } from './trie.js';
import type { WordCorpus } from './unigramSeeds.js';
import { likeliestPieces } from './viterbi.js';

/** Pieces of a unigram model; those of one character come first, each with its number as id. */
export interface Pieces {
  /** As numbers of their characters. */
  readonly spellings: readonly (readonly number[])[];
  /** Log-probabilities, in nats. */
  readonly scores: readonly number[];
}

/** Pieces that are expected less often are taken out, and characters counted so often; as in SentencePiece. */
const LEAST = 0.5;

/**
 * One round of expectation–maximisation: how often each piece is expected over all segmentations of all words, and the
 * probabilities that follow from it. As in SentencePiece these are exp(ψ(count) − ψ(Σ counts)), which a prior that favours
 * few pieces gives in place of count ÷ Σ counts.
 */
export function estimate({ spellings, scores }: Pieces, corpus: WordCorpus, characters: number): Pieces {
  const expected = expectedCounts(new Trie(spellings), scores, corpus);
  const kept = spellings.flatMap((_, id) => (id < characters || expected[id]! >= LEAST ? [id] : []));
  const counts = kept.map((id) => Math.max(LEAST, expected[id]!));
  const total = digamma(counts.reduce((sum, count) => sum + count, 0));
  return {
    spellings: kept.map((id) => spellings[id]!),
    scores: counts.map((count) => digamma(count) - total),
  };
}

/** Σ over words of how often, on average over all segmentations of the word, each piece is in it (forward–backward). */
function expectedCounts(trie: Trie, scores: readonly number[], corpus: WordCorpus): Float64Array {
  const expected = new Float64Array(scores.length);
  corpus.counts.forEach((count, word) => {
    const from = corpus.offsets[word]!;
    const length = corpus.offsets[word + 1]! - from;
    // The pieces that the word can be cut into, in the order of their starts.
    const starts: number[] = [];
    const ends: number[] = [];
    const pieces: number[] = [];
    // Log of Σ over the segmentations of what is before a place, and after it, of their probabilities.
    const before = new Float64Array(length + 1).fill(-Infinity);
    const after = new Float64Array(length + 1).fill(-Infinity);
    before[0] = 0;
    after[length] = 0;
    for (let start = 0; start < length; start++) {
      for (let node = 0, end = start + 1; end <= length; end++) {
        node = trie.step(node, corpus.characters[from + end - 1]!);
        if (node === -1) break;
        const piece = trie.pieceAt(node);
        if (piece === -1) continue;
        starts.push(start);
        ends.push(end);
        pieces.push(piece);
        before[end] = logAdd(before[end]!, before[start]! + scores[piece]!);
      }
    }
    for (let i = pieces.length - 1; i >= 0; i--)
      after[starts[i]!] = logAdd(after[starts[i]!]!, after[ends[i]!]! + scores[pieces[i]!]!);
    pieces.forEach((piece, i) => {
      const logShare = before[starts[i]!]! + scores[piece]! + after[ends[i]!]! - before[length]!;
      expected[piece]! += count * Math.exp(logShare);
    });
  });
  return expected;
}

/**
 * Leaves `size` pieces: all characters, and those whose loss would lower the likelihood of the likeliest segmentations most,
 * were each place of a piece cut into its next likeliest pieces instead.
 */
export function prune(
  { spellings, scores }: Pieces,
  corpus: WordCorpus,
  { characters, size }: { readonly characters: number; readonly size: number },
): Pieces {
  const trie = new Trie(spellings);
  const counts = new Float64Array(spellings.length);
  corpus.counts.forEach((count, word) => {
    const places = corpus.characters.subarray(corpus.offsets[word]!, corpus.offsets[word + 1]!);
    for (const piece of likeliestPieces(places, trie, scores, -Infinity).pieces) counts[piece]! += count;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const losses: (readonly [id: number, loss: number])[] = [];
  spellings.forEach((spelling, id) => {
    const count = counts[id]!;
    if (id < characters || count === 0) return;
    const { pieces: parts } = likeliestPieces(spelling, trie, scores, -Infinity, id);
    // Its places go to its parts, so that there are more pieces in all.
    const logTotal = Math.log(total + count * (parts.length - 1));
    const alternative = parts.reduce((sum, part) => sum + Math.log(counts[part]! + count) - logTotal, 0);
    losses.push([id, count * (Math.log(count / total) - alternative)]);
  });
  losses.sort(([a, lossA], [b, lossB]) => lossB - lossA || a - b);
  const kept = losses.slice(0, Math.max(0, size - characters)).map(([id]) => id);
  const ids = [...spellings.keys()].slice(0, characters).concat(kept.sort((a, b) => a - b));
  return { spellings: ids.map((id) => spellings[id]!), scores: ids.map((id) => scores[id]!) };
}

/** log(exp a + exp b) without overflow. */
function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === -Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** ψ, the derivative of log Γ, for x > 0: the recurrence up to 7, then the asymptotic series (Abramowitz & Stegun 6.3.18). */
export function digamma(x: number): number {
  let result = 0;
  while (x < 7) result -= 1 / x++;
  const s = 1 / (x * x);
  return result + Math.log(x) - 0.5 / x - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s / 240)));
}
