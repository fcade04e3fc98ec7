import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../tensor/errors.js';
import { readLines } from './lines.js';
import { readTsv, type TsvOptions } from './tsv.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-tsv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'x.tsv');
  await writeFile(path, content);
  return path;
}

async function read(content: string | Uint8Array, options?: TsvOptions): Promise<string[][]> {
  const path = await file(content);
  const rows: string[][] = [];
  for await (const { source, target, origin } of readTsv(path, options)) {
    rows.push([source, target, origin.replace(`${folder}/`, '')]);
  }
  return rows;
}

async function failure(content: string | Uint8Array, options?: TsvOptions): Promise<string> {
  const error: unknown = await read(content, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.replace(`${folder}/`, '');
}

describe('readTsv', () => {
  it('gives source, target and line', async () => {
    expect(await read('a\tx y\n\nb\t\n')).toEqual([
      ['a', 'x y', 'x.tsv: line 1'],
      ['b', '', 'x.tsv: line 3'],
    ]);
  });

  it('removes a byte order mark, takes CRLF and a last line without an end', async () => {
    expect(await read('\ufeffa\tx\r\nb\ty\r\n\ufeffc\tz')).toEqual([
      ['a', 'x', 'x.tsv: line 1'],
      ['b', 'y', 'x.tsv: line 2'],
      ['\ufeffc', 'z', 'x.tsv: line 3'],
    ]);
  });

  it('chooses columns by index or by name', async () => {
    expect(await read('1\tb\ta\n', { columns: { source: 2, target: 1 } })).toEqual([
      ['a', 'b', 'x.tsv: line 1'],
    ]);
    const named = { columns: { source: 'word', target: 'phonemes' }, header: true };
    expect(await read('\ufeffphonemes\tword\r\nX\ta\r\n', named)).toEqual([['a', 'X', 'x.tsv: line 2']]);
    expect(await read('s\tt\na\tb\n', { header: true })).toEqual([['a', 'b', 'x.tsv: line 2']]);
  });

  it('names file and line of a row without a column', async () => {
    expect(await failure('a\tx\nb\nc\tz\n')).toMatch(
      /^x\.tsv: line 2: no target \(column 1, counted from 0\): the row has 1 column\./,
    );
    expect(await failure('a\tx\n', { columns: { source: 5, target: 0 } })).toMatch(
      /line 1: no source \(column 5.*2 columns/,
    );
  });

  it('names an unknown column name', async () => {
    const columns = { source: 'wrd', target: 'phonemes' };
    expect(await failure('word\tphonemes\n', { columns, header: true })).toBe(
      'x.tsv: line 1: no column "wrd". The header has "word", "phonemes".',
    );
    expect(await failure('a\tb\n', { columns })).toMatch(/column "wrd" is given by name. Set header: true/);
  });

  it('refuses files without content', async () => {
    expect(await failure('')).toMatch(/^x\.tsv: the file is empty/);
    expect(await failure('\n\r\n')).toBe('x.tsv: the file has no rows.');
    expect(await failure('word\tphonemes\n', { header: true })).toBe(
      'x.tsv: the file has no rows after its header.',
    );
  });

  it('names line and column of invalid UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('a\tx\né'), Buffer.from([0xff]), Buffer.from('\ty\n')]);
    expect(await failure(bytes)).toBe(
      'x.tsv: line 2, column 2: not valid UTF-8. Save the file as UTF-8, or name its encoding: data.source.encoding.',
    );
    expect(await failure(Buffer.from('\ufeffa\tb\n', 'utf16le'))).toBe(
      'x.tsv: the file is UTF-16. Save it as UTF-8, or name its encoding: data.source.encoding, utf-16le or utf-16be.',
    );
    expect(await failure(Buffer.from([0xc3]))).toMatch(/^x\.tsv: line 1, column 1: not valid UTF-8/);
  });

  it('names a missing file and a folder', async () => {
    const first = (path: string) => readTsv(path).next();
    await expect(first(join(folder, 'none.tsv'))).rejects.toThrow(
      /none\.tsv: no such file\. Check the path\.$/,
    );
    await expect(first(folder)).rejects.toThrow(/is a folder, not a file/);
  });
});

describe('readLines', () => {
  it('streams files larger than a read, lines across reads and after them', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) =>
      i === 20_000 ? 'é'.repeat(400_000) : `ligne ${i} é😀`,
    );
    const path = await file(lines.join('\n'));
    let next = 0;
    for await (const { text, number } of readLines(path)) {
      if (text !== lines[next]) expect(text).toBe(lines[next]);
      expect(number).toBe(++next);
    }
    expect(next).toBe(lines.length);
  });

  it('counts lines over reads in messages', async () => {
    const start = Buffer.from('0123456789\n'.repeat(100_000));
    const path = await file(Buffer.concat([start, Buffer.from([0x61, 0x62, 0xe9, 0x0a])]));
    const readAll = async () => {
      for await (const line of readLines(path)) void line;
    };
    await expect(readAll()).rejects.toThrow(/line 100001, column 3: not valid UTF-8/);
  });
});
