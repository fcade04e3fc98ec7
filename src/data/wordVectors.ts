import type { Embedding } from '../nn/layers/embedding.js';
import { UserError } from '../tensor/errors.js';
import { specialTokens, UNKNOWN, type Vocabulary } from '../text/vocabulary.js';

/** A word and its vector, as a file of pretrained vectors lists them. */
export interface WordVector {
  readonly word: string;
  readonly vector: Float32Array;
  /** Where it stands, for messages: `vectors.txt: line 7`. */
  readonly origin: string;
}

/** How much of a vocabulary pretrained vectors know. */
export interface VectorCoverage {
  /** Words of the vocabulary, special tokens not counted. */
  readonly words: number;
  /** Those that have a vector. */
  readonly known: number;
  /** Those that have none, in the order of their ids: their vectors are drawn. */
  readonly missing: readonly string[];
}

/**
 * Has an embedding start from pretrained word vectors: those of known words are taken over, the others stay drawn, special
 * tokens among them. Of a word that is listed twice the first vector counts. Call it before a trainer is made:
 * `await loadVectors(encoder.embedding, vocabulary, readWordVectors('glove.6B.300d.txt'))`.
 * @throws UserError when the vectors are not of the embedding's size, and when the vocabulary is not.
 */
export async function loadVectors(
  embedding: Embedding,
  vocabulary: Vocabulary,
  vectors: AsyncIterable<WordVector> | Iterable<WordVector>,
): Promise<VectorCoverage> {
  if (vocabulary.size !== embedding.vocabularySize)
    throw new UserError(
      `loadVectors: the vocabulary has ${vocabulary.size} tokens, the embedding ${embedding.vocabularySize}. Give the vocabulary that the embedding was made for.`,
    );
  const found = new Map<number, Float32Array>();
  for await (const { word, vector, origin } of vectors) {
    if (vector.length !== embedding.size)
      throw new UserError(
        `${origin}: vectors of ${vector.length} values do not fit an embedding of size ${embedding.size}. Set embeddingSize to ${vector.length}.`,
      );
    const id = vocabulary.idOf(word);
    if (id !== UNKNOWN && !found.has(id)) found.set(id, vector);
  }
  embedding.startFrom(found);
  const words = vocabulary.tokens.slice(specialTokens.length);
  const missing = words.filter((_, i) => !found.has(i + specialTokens.length));
  return { words: words.length, known: found.size, missing };
}
