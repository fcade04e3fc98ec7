import { UserError } from '../../tensor/errors.js';
import type { WordVector } from '../wordVectors.js';
import { readLines } from './lines.js';

/**
 * Streams pretrained word vectors from text: a word and its values per line, separated by spaces, as GloVe writes them, and
 * word2vec and fastText behind a first line with the numbers of words and of values. Words may hold spaces themselves,
 * as some of GloVe's do.
 * @throws UserError naming the file and the line: see {@link readLines}; also where a value is no number, a line has too
 * few of them, or there are not as many words as the first line says.
 */
export async function* readWordVectors(path: string): AsyncGenerator<WordVector> {
  let size: number | undefined;
  let promised: number | undefined;
  let count = 0;
  for await (const { text, number } of readLines(path)) {
    const origin = `${path}: line ${number}`;
    const fields = text.trimEnd().split(' ');
    if (number === 1 && fields.length === 2 && fields.every((field) => /^\d+$/.test(field))) {
      [promised, size] = fields.map(Number);
      continue;
    }
    if (text.trim() === '') continue;
    size ??= fields.length - 1;
    yield parse(fields, size, origin);
    count++;
  }
  if (promised !== undefined && count !== promised)
    throw new UserError(
      `${path}: the first line says ${promised} words, the file has ${count}. Fetch the file again, or correct the first line.`,
    );
  if (count === 0) throw new UserError(`${path}: the file has no vectors.`);
}

/** The last `size` fields are the vector, what stands before them is the word. */
function parse(fields: readonly string[], size: number, origin: string): WordVector {
  const start = fields.length - size;
  if (start < 1 || size < 1)
    throw new UserError(
      `${origin}: a word and ${Math.max(size, 1)} values were expected, separated by spaces; there are ${fields.length} fields. Correct the line.`,
    );
  const vector = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const field = fields[start + i]!;
    const value = field === '' ? NaN : Number(field);
    if (!Number.isFinite(value))
      throw new UserError(
        `${origin}: ${JSON.stringify(field)} is no number (value ${i + 1} of ${size}). Correct the line.`,
      );
    vector[i] = value;
  }
  return { word: fields.slice(0, start).join(' '), vector, origin };
}
