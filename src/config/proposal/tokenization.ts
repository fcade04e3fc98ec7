import type { TextFacts } from '../../data/textFacts.js';
import { clamp } from './budget.js';
import { entry, group, type Entry } from './commentedYaml.js';
import { mean, percent } from './words.js';

/** How texts are cut, and what comes of it. */
export interface Tokenization {
  readonly unit: 'characters' | 'words' | 'pieces of words';
  readonly entries: readonly Entry[];
  /** Tokens of a text. */
  readonly tokens: { readonly mean: number; readonly usual: number; readonly most: number };
  /** Different tokens in all. */
  readonly vocabulary: number;
}

/** Whether spaces tell words apart in these texts. */
export function hasWords({ words }: TextFacts): boolean {
  return words.mean >= 1.5;
}

/** Share of unseen words up to which a vocabulary of words is complete: phonemes, codes, commands. */
const CLOSED = 0.005;
/** Share of unseen words up to which a model that reads may take the rest as unknown. */
const READABLE = 0.1;

/** Texts that a model answers with a class or a number. */
export function tokenizationToRead(facts: TextFacts): Tokenization {
  if (!hasWords(facts)) return characters(facts, withoutWords(facts));
  if (facts.unseen > READABLE)
    return characters(
      facts,
      `${percent(facts.unseen)} of the words of a new text are in no other: spellings, numbers and new words say much here`,
    );
  return words(facts);
}

/** Texts whose words have a tag each. */
export function tokenizationToTag(facts: TextFacts): Tokenization {
  return words(facts);
}

/** One side of pairs, which is read or written. */
export function tokenizationOfSide(facts: TextFacts): Tokenization {
  if (!hasWords(facts)) return characters(facts, withoutWords(facts));
  if (facts.unseen <= CLOSED) return words(facts);
  if (facts.characters.mean < 25 && facts.unseen > 0.2)
    return characters(facts, 'short names, of which most words are new');
  const vocabulary = clamp(1000 * Math.round(facts.vocabulary / 3000), 1000, 8000);
  return {
    unit: 'pieces of words',
    entries: [
      entry(
        'tokenizer',
        'bpe',
        `pieces of words (byte-pair encoding): ${percent(facts.unseen)} of the words of a new text are in no other`,
      ),
      entry('vocabularySize', vocabulary, 'pieces that are learnt, about a third of the different words'),
    ],
    tokens: scaled(facts.words, 1.4),
    vocabulary,
  };
}

/** The texts of a language model: characters, whose model is small and never meets an unknown word. */
export function tokenizationToContinue(facts: TextFacts): Tokenization {
  return characters(facts, 'a small vocabulary, and no word is unknown');
}

function withoutWords(facts: TextFacts): string {
  return facts.alphabet > MANY
    ? 'no spaces tell words apart here, and characters say much'
    : `single words of ${mean(facts.characters.mean)} letters`;
}

/** Different characters from which on rare ones are many: Chinese, Japanese. */
export const MANY = 500;

function characters(facts: TextFacts, why: string): Tokenization {
  const many = facts.alphabet > MANY;
  return {
    unit: 'characters',
    entries: [entry('tokenizer', 'character', why), ...(many ? [rare('characters')] : [])],
    tokens: facts.characters,
    vocabulary: many ? facts.repeatedCharacters : facts.alphabet,
  };
}

function words(facts: TextFacts): Tokenization {
  const closed = facts.unseen <= CLOSED;
  return {
    unit: 'words',
    entries: [
      entry(
        'tokenizer',
        'word',
        closed
          ? `${facts.vocabulary} different words, and new texts bring hardly any others`
          : `${percent(facts.unseen)} of the words of a new text are in no other: few enough`,
      ),
      ...(closed ? [] : [rare('words')]),
    ],
    tokens: facts.words,
    vocabulary: closed ? facts.vocabulary : facts.repeated,
  };
}

function rare(what: string): Entry {
  return entry(
    'minCount',
    2,
    `${what} that come once stand for unknown ones, so that the model has seen such`,
  );
}

function scaled(
  { mean: average, usual, most }: Tokenization['tokens'],
  factor: number,
): Tokenization['tokens'] {
  return { mean: factor * average, usual: Math.ceil(factor * usual), most: Math.ceil(factor * most) };
}

/** The group of keys of a side. */
export function tokenizationEntry(key: string, { entries }: Tokenization): Entry {
  return group(key, entries);
}
