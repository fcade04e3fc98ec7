import { UserError } from '../../tensor/errors.js';
import { extendKey, permutation, randomUniform } from '../../tensor/random.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { NormalizingTokenizer } from '../normalization.js';
import type { Tokenizer } from '../tokenizer.js';
import type { TextEncoding } from '../tokenizerJson.js';
import { specialTokens, UNKNOWN } from '../vocabulary.js';
import { BpeTokenizer } from './bpe.js';
import { toByteCharacters } from './byteAlphabet.js';
import { spacedWords } from './words.js';

/**
 * Cuts a text anew.
 * @param ids of its tokens, without START and END. @param key of the random numbers: another one, another cut.
 * @returns the ids of other tokens that spell the same text.
 */
export type Recut = (ids: Int32Array, key: number) => Int32Array;

export interface BpeDropoutOptions {
  /** Probability that a merge is left out of a step: 0.1 is usual, 0 leaves none out, 1 all. */
  readonly rate: number;
  /** Tokens that a text may have; no limit by default. */
  readonly maxLength?: number;
}

/** Stands for what has no spelling while words are found. No text has it: it is no character of Unicode. */
const HOLE = '\uffff';

/**
 * BPE dropout (Provilkov et al. 2020): the words of a text are merged anew from their characters (bytes), each merge left out
 * of a step with a probability, so that a model learns several cuts of a word and what its pieces are made of. What the
 * vocabulary lacks stays as it is; where a text would become longer than it may, as many of its words as make it fit,
 * chosen by the key, keep the cut that they have.
 * @throws UserError for a tokenizer that merges nothing, and for options that cannot be.
 */
export function bpeDropout(
  { tokenizer: whole, vocabulary }: TextEncoding,
  { rate, maxLength = Infinity }: BpeDropoutOptions,
): Recut {
  const tokenizer = bpeOf(whole);
  requireOptions('bpeDropout', 'at least 0 and at most 1', { rate });
  requireOptions('bpeDropout', 'a whole number from 1, or Infinity', { maxLength });
  const symbolsOf = (text: string) => (tokenizer.type === 'byte-bpe' ? toByteCharacters(text) : text);
  const hole = symbolsOf(HOLE);
  const spellingOf = (id: number) =>
    id < specialTokens.length || id >= vocabulary.ordinaryEnd ? hole : vocabulary.tokens[id]!;

  /** The words of a text with their tokens; what cannot be cut anew has no word. */
  function unitsOf(ids: Int32Array): { ids: Int32Array; word?: string }[] {
    const spelt = Array.from(ids, spellingOf);
    const words = tokenizer.detokenize(spelt).match(spacedWords) ?? [];
    const symbols = words.map(symbolsOf);
    // A text that begins or ends inside of a character.
    if (symbols.join('') !== spelt.join('')) return [{ ids }];
    const units: { ids: Int32Array; word?: string }[] = [];
    let [first, token, tokensEnd, wordsEnd, count] = [0, 0, 0, 0, 0];
    words.forEach((word, i) => {
      wordsEnd += symbols[i]!.length;
      count++;
      while (tokensEnd < wordsEnd) tokensEnd += spelt[token++]!.length;
      // A token that reaches on into what follows: around holes words cannot be told.
      if (tokensEnd > wordsEnd) return;
      const own = ids.subarray(first, token);
      units.push(count === 1 && !word.includes(HOLE) ? { ids: own, word } : { ids: own });
      [first, count] = [token, 0];
    });
    return units;
  }

  function cut(word: string, key: number): ArrayLike<number> | undefined {
    let draws = 0;
    const dropped = () => randomUniform(key, draws++) < rate;
    const ids = vocabulary.encode(tokenizer.cut(word, dropped));
    return ids.includes(UNKNOWN) ? undefined : ids;
  }

  return (ids, key) => {
    const units = unitsOf(ids);
    const cuts = units.map((unit, i): ArrayLike<number> => {
      const { word } = unit;
      return (word === undefined ? undefined : cut(word, extendKey(key, i))) ?? unit.ids;
    });
    let length = cuts.reduce((sum, each) => sum + each.length, 0);
    if (length > maxLength)
      for (const i of permutation(units.length, extendKey(key, -1))) {
        const longer = cuts[i]!.length - units[i]!.ids.length;
        if (longer <= 0) continue;
        cuts[i] = units[i]!.ids;
        length -= longer;
        if (length <= maxLength) break;
      }
    const result = new Int32Array(length);
    let at = 0;
    for (const each of cuts) {
      result.set(each, at);
      at += each.length;
    }
    return result;
  };
}

/** @throws UserError for a tokenizer of another kind. */
function bpeOf(whole: Tokenizer): BpeTokenizer {
  const tokenizer = whole instanceof NormalizingTokenizer ? whole.inner : whole;
  if (tokenizer instanceof BpeTokenizer) return tokenizer;
  throw new UserError(
    `bpeDropout: the tokenizer is ${tokenizer.type}, which has no merges to leave out. Take bpe or byte-bpe.`,
  );
}
