import { requireTexts } from '../requireTexts.js';
import type { TextEncoding } from '../tokenizerJson.js';
import { compareCodePoints, Vocabulary } from '../vocabulary.js';
import { alphabetOf, roomFor, type SubwordOptions } from './alphabet.js';
import { countSymbols } from './trainBpe.js';
import { numbersOf, type Characters } from './trie.js';
import { UnigramTokenizer, type ScoredPiece } from './unigram.js';
import { estimate, prune, type Pieces } from './unigramPieces.js';
import { seedPieces, type WordCorpus } from './unigramSeeds.js';
import { countWords, nfc, spacedWords } from './words.js';

/** Rounds of expectation and maximisation before pieces are taken out; 2 in SentencePiece. */
const ROUNDS = 2;

/** Share of the pieces that is left after each taking out; 0.75 in SentencePiece. */
const SHRINKING = 0.75;

/** More pieces than wanted that the last rounds keep, to choose from; 1.1 in SentencePiece. */
const SPARE = 1.1;

/**
 * Pieces to begin with, for each one that is wanted: of 2.6 MB in English and Chinese, held-out texts cost 4.00 nats a
 * character with 4, 3.96 with 16 and with 64.
 */
const SEEDS = 16;

/**
 * Trains the unigram language model (Kudo 2018) on texts: `trainUnigram(lines, { vocabularySize: 8000 })`. It begins with
 * many frequent substrings, estimates their probabilities by expectation–maximisation over all segmentations, takes out a
 * quarter of those whose loss costs the likelihood least, and so on until the vocabulary is small enough. All characters stay.
 * @throws UserError for a vocabulary without room, and for a single string.
 */
export function trainUnigram(
  texts: Iterable<string>,
  options: SubwordOptions = {},
): TextEncoding & { readonly tokenizer: UnigramTokenizer } {
  requireTexts('trainUnigram', texts);
  const room = roomFor('trainUnigram', options);
  // In an order of their own, so that nothing depends on that of the texts.
  const words = new Map([...countWords(texts, spacedWords, nfc)].sort(([a], [b]) => (a < b ? -1 : 1)));
  const alphabet = alphabetOf(
    countSymbols(words, (word) => Array.from(word)),
    options,
    room,
  );
  const corpus = layOut(words, new Map(alphabet.map((character, number) => [character, number])));
  const wanted = room - alphabet.length;

  let pieces = firstPieces(corpus, alphabet.length, SEEDS * wanted);
  const enough = alphabet.length + Math.floor(SPARE * wanted);
  for (;;) {
    for (let round = 0; round < ROUNDS; round++) pieces = estimate(pieces, corpus, alphabet.length);
    if (pieces.spellings.length <= enough) break;
    pieces = prune(pieces, corpus, {
      characters: alphabet.length,
      size: Math.max(enough, Math.floor(SHRINKING * pieces.spellings.length)),
    });
  }
  const scored = likeliest(pieces, alphabet, wanted);
  return {
    tokenizer: new UnigramTokenizer(scored),
    vocabulary: new Vocabulary(
      scored.map(([piece]) => piece),
      options.reserved,
    ),
  };
}

/** Words without the characters that are left out, which part a word in two. */
function layOut(words: ReadonlyMap<string, number>, alphabet: Characters): WordCorpus {
  const characters: number[] = [];
  const offsets = [0];
  const counts: number[] = [];
  const end = (count: number) => {
    if (characters.length === offsets.at(-1)) return;
    offsets.push(characters.length);
    counts.push(count);
  };
  for (const [word, count] of words) {
    for (const number of numbersOf(word, alphabet))
      if (number === -1) end(count);
      else characters.push(number);
    end(count);
  }
  return {
    characters: Int32Array.from(characters),
    offsets: Int32Array.from(offsets),
    counts: Float64Array.from(counts),
  };
}

/** All characters, with their numbers as ids, and the seeds; the logarithms of their counts, which estimation sets right. */
function firstPieces(corpus: WordCorpus, alphabetSize: number, size: number): Pieces {
  const counts = new Float64Array(alphabetSize);
  corpus.counts.forEach((count, word) => {
    for (let place = corpus.offsets[word]!; place < corpus.offsets[word + 1]!; place++)
      counts[corpus.characters[place]!]! += count;
  });
  const seeds = seedPieces(corpus, size);
  const scores = [...counts, ...seeds.map(({ count, length }) => count * length)];
  const total = scores.reduce((sum, score) => sum + score, 0);
  return {
    spellings: [
      ...Array.from(counts, (_, character) => [character]),
      ...seeds.map(({ start, length }) => Array.from(corpus.characters.subarray(start, start + length))),
    ],
    scores: scores.map((score) => Math.log(score / total)),
  };
}

/** The characters and the likeliest other pieces, the likeliest first. */
function likeliest(
  { spellings, scores }: Pieces,
  alphabet: readonly string[],
  wanted: number,
): ScoredPiece[] {
  const byScore = (a: ScoredPiece, b: ScoredPiece) => b[1] - a[1] || compareCodePoints(a[0], b[0]);
  const all = spellings.map((spelling, id): ScoredPiece => {
    const piece = spelling.map((character) => alphabet[character]!).join('');
    // Nine decimals: every reader of tokenizer.json gets the same number, and adds the same sums.
    return [piece, Math.round(scores[id]! * 1e9) / 1e9];
  });
  const longer = all.slice(alphabet.length).sort(byScore).slice(0, wanted);
  return [...all.slice(0, alphabet.length), ...longer].sort(byScore);
}
