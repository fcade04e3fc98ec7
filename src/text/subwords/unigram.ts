import type { Tokenizer } from '../tokenizer.js';
import { Trie, numbersOf, type Characters } from './trie.js';
import { likeliestPieces } from './viterbi.js';
import { nfc, remembering, spacedWords } from './words.js';

/** How much less likely than the least likely piece an unknown character is, in nats; as in SentencePiece. */
const UNKNOWN_PENALTY = 10;

/** A piece and its log-probability, in nats. */
export type ScoredPiece = readonly [piece: string, score: number];

/**
 * The unigram language model (Kudo 2018): of all ways to cut a word into pieces the likeliest one, the pieces being
 * independent of each other. Characters that no piece has are unknown, a run of them as one token.
 */
export class UnigramTokenizer implements Tokenizer {
  readonly type = 'unigram';
  readonly separator = '';
  private readonly characters: Characters;
  private readonly trie: Trie;
  private readonly pieces: (word: string) => readonly string[];

  constructor(readonly scored: readonly ScoredPiece[]) {
    const characters = new Set(scored.flatMap(([piece]) => Array.from(piece)));
    this.characters = new Map([...characters].map((character, i) => [character, i]));
    this.trie = new Trie(scored.map(([piece]) => numbersOf(piece, this.characters)));
    const scores = scored.map(([, score]) => score);
    const unknownScore = scores.reduce((least, score) => Math.min(least, score), 0) - UNKNOWN_PENALTY;
    this.pieces = remembering((word) => this.cut(word, scores, unknownScore));
  }

  tokenize(text: string): string[] {
    return (nfc(text).match(spacedWords) ?? []).flatMap(this.pieces);
  }

  detokenize(tokens: readonly string[]): string {
    return tokens.join('');
  }

  private cut(word: string, scores: readonly number[], unknownScore: number): string[] {
    const { pieces, ends } = likeliestPieces(
      numbersOf(word, this.characters),
      this.trie,
      scores,
      unknownScore,
    );
    const characters = Array.from(word);
    const tokens: string[] = [];
    ends.forEach((end, i) => {
      const token = characters.slice(ends[i - 1] ?? 0, end).join('');
      if (i > 0 && pieces[i] === -1 && pieces[i - 1] === -1) tokens[tokens.length - 1]! += token;
      else tokens.push(token);
    });
    return tokens;
  }
}
