import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedding } from '../../nn/layers/embedding.js';
import { UserError } from '../../tensor/errors.js';
import { Vocabulary } from '../../text/vocabulary.js';
import { loadVectors } from '../wordVectors.js';
import { readWordVectors } from './wordVectors.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'heddle-vectors-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, 'vectors.txt');
  await writeFile(path, text);
  return path;
}

async function read(text: string): Promise<[string, ...number[]][]> {
  const found: [string, ...number[]][] = [];
  for await (const { word, vector } of readWordVectors(await file(text))) found.push([word, ...vector]);
  return found;
}

describe('word vectors', () => {
  it('are read as GloVe writes them, words with spaces among them', async () => {
    expect(await read('the 0.5 -1 2e-1\n. . . 1 2 3\n7 4 5 6')).toEqual([
      ['the', 0.5, -1, Math.fround(0.2)],
      ['. . .', 1, 2, 3],
      ['7', 4, 5, 6],
    ]);
  });

  it('are read as word2vec writes them, with a first line, spaces at the ends of lines and CRLF', async () => {
    expect(await read('2 3\r\nthe 1 2 3 \r\nof 4 5 6 \r\n\r\n')).toEqual([
      ['the', 1, 2, 3],
      ['of', 4, 5, 6],
    ]);
  });

  it.each([
    ['the 1 2\nof 1', 'line 2: a word and 2 values were expected, separated by spaces; there are 2 fields.'],
    ['the 1 2\nof 1 x', 'line 2: "x" is no number (value 2 of 2). Correct the line.'],
    ['the 1 2\nof 1 NaN', 'line 2: "NaN" is no number'],
    ['the 1 2\nof  2', 'line 2: "" is no number'],
    ['the', 'line 1: a word and 1 values were expected'],
    ['3 2\nthe 1 2\n', 'the first line says 3 words, the file has 1.'],
    ['\n', 'the file has no vectors.'],
  ])('are refused with the line: %j', async (text, message) => {
    const path = await file(text);
    const read = async () => {
      for await (const each of readWordVectors(path)) expect(each.word).not.toBe('');
    };
    await expect(read()).rejects.toThrow(UserError);
    await expect(read()).rejects.toThrow(`${path}: ${message}`);
  });

  it('start an embedding: known words from the file, the others as drawn', async () => {
    const vocabulary = new Vocabulary(['cat', 'of', 'the']);
    const drawn = new Float32Array(7 * 2);
    new Embedding(7, 2).weight.initializer(drawn, 5, [7, 2]);
    const embedding = new Embedding(7, 2);
    const path = await file('the 1 2\n<pad> 9 9\ndog 3 4\nof 5 6\nthe 7 8\n');
    const coverage = await loadVectors(embedding, vocabulary, readWordVectors(path));
    expect(coverage).toEqual({ words: 3, known: 2, missing: ['cat'] });
    const values = new Float32Array(7 * 2);
    embedding.weight.initializer(values, 5, [7, 2]);
    expect(values).toEqual(Float32Array.of(...drawn.slice(0, 10), 5, 6, 1, 2));
  });

  it('must fit the embedding, and the embedding the vocabulary', async () => {
    const path = await file('the 1 2\n');
    const vocabulary = new Vocabulary(['the']);
    await expect(loadVectors(new Embedding(5, 3), vocabulary, readWordVectors(path))).rejects.toThrow(
      new UserError(
        `${path}: line 1: vectors of 2 values do not fit an embedding of size 3. Set embeddingSize to 2.`,
      ),
    );
    await expect(loadVectors(new Embedding(6, 2), vocabulary, [])).rejects.toThrow(
      'loadVectors: the vocabulary has 5 tokens, the embedding 6.',
    );
    const vector = Float32Array.of(1, 2);
    expect(() => new Embedding(5, 2).startFrom(new Map([[5, vector]]))).toThrow('there is no id 5 among 5');
    expect(() => new Embedding(5, 3).startFrom(new Map([[4, vector]]))).toThrow(
      'the vector of id 4 has 2 values; give 3',
    );
  });
});
