import type { Tokenizer } from '../tokenizer.js';
import { fromByteCharacters, toByteCharacters } from './byteAlphabet.js';
import { Heap } from './heap.js';
import { IntPairMap } from './intPairMap.js';
import { nfc, remembering, spacedWords } from './words.js';

/**
 * Byte-pair encoding: the characters of a word, merged in the order in which training made the merges. On bytes
 * (`byteLevel`) every text has tokens, and they give it back as it was; on characters it is normalised to NFC, and
 * characters that training has not seen are unknown.
 */
export class BpeTokenizer implements Tokenizer {
  readonly type: 'bpe' | 'byte-bpe';
  readonly separator = '';
  private readonly ids = new Map<string, number>();
  /** By the ids of its parts: which merge it is, the first one 0. */
  private readonly ranks: IntPairMap;
  /** What each merge makes. */
  private readonly results: number[] = [];
  private readonly pieces: (word: string) => readonly string[];

  constructor(
    readonly merges: readonly (readonly [left: string, right: string])[],
    { byteLevel = false }: { byteLevel?: boolean } = {},
  ) {
    this.type = byteLevel ? 'byte-bpe' : 'bpe';
    this.ranks = new IntPairMap(merges.length);
    merges.forEach(([left, right], rank) => {
      this.ranks.set(this.idOf(left), this.idOf(right), rank);
      this.results.push(this.idOf(left + right));
    });
    this.pieces = remembering((word) => this.merge(byteLevel ? toByteCharacters(word) : word));
  }

  tokenize(text: string): string[] {
    const words = (this.type === 'bpe' ? nfc(text) : text).match(spacedWords) ?? [];
    return words.flatMap(this.pieces);
  }

  detokenize(tokens: readonly string[]): string {
    const text = tokens.join('');
    return this.type === 'bpe' ? text : fromByteCharacters(text);
  }

  /**
   * The pieces of one of the words that texts are cut into, where `dropped` leaves merges out: BPE dropout (Provilkov et al.
   * 2020, algorithm 1). In each step it is asked about every merge that the word has, the first one first, until it spares
   * one, which is made; where it spares none, the word is done.
   */
  cut(word: string, dropped: () => boolean): string[] {
    return this.merge(this.type === 'byte-bpe' ? toByteCharacters(word) : word, dropped);
  }

  /** The id of a token, which it gets when it is met first. */
  private idOf(token: string): number {
    const id = this.ids.get(token) ?? this.ids.size;
    this.ids.set(token, id);
    return id;
  }

  private merge(word: string, dropped?: () => boolean): string[] {
    const parts = Array.from(word);
    const count = parts.length;
    const { ranks, results } = this;
    // −1: a character that no merge has; a symbol that a merge has taken is −2.
    const symbols = parts.map((part) => this.ids.get(part) ?? -1);
    const next = symbols.map((_, place) => place + 1);
    const previous = symbols.map((_, place) => place - 1);
    const rankAt = (place: number) => {
      const other = next[place]!;
      return place < 0 || other >= count ? -1 : ranks.get(symbols[place]!, symbols[other]!);
    };
    // The merge that was made first comes first, and of its places the leftmost: rank · count + place.
    const queue = new Heap((a, b) => a < b);
    const consider = (place: number) => {
      const rank = rankAt(place);
      if (rank >= 0) queue.push(rank * count + place);
    };
    for (let place = 0; place < count; place++) consider(place);
    // Merges that were left out of a step are there again in the next.
    let left: number[] = [];
    for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
      const place = top % count;
      const rank = (top - place) / count;
      if (symbols[place] === -2 || rankAt(place) !== rank) continue;
      if (dropped?.()) {
        left.push(top);
        continue;
      }
      const taken = next[place]!;
      parts[place]! += parts[taken]!;
      symbols[place] = results[rank]!;
      symbols[taken] = -2;
      next[place] = next[taken]!;
      if (next[place]! < count) previous[next[place]!] = place;
      consider(previous[place]!);
      consider(place);
      for (const each of left) queue.push(each);
      left = [];
    }
    return parts.filter((_, place) => symbols[place] !== -2);
  }
}
