import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadRows } from '../badRows.js';
import type { Column } from '../tableSource.js';
import { readNumbers } from './numbers.js';
import { readRows, tableColumns } from './rows.js';

/** Written by pyarrow: see test/fixtures/parquet.py. */
const fixtures = fileURLToPath(new URL('../../../test/fixtures/parquet/', import.meta.url));
const fixture = (name: string) => join(fixtures, `${name}.parquet`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(file: string, columns: Readonly<Record<string, Column>>, badRows?: BadRows) {
  const rows: string[][] = [];
  for await (const { fields, origin } of readRows({ file }, columns, { badRows }))
    rows.push([...Object.values(fields), origin.replace(fixtures, '')]);
  return rows;
}

describe('Parquet', () => {
  it.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])('compressed by %s is read', async (codec) => {
    const badRows = new BadRows('skip');
    const columns = { text: 'text', label: 1, english: 'translation.en', flag: 'flag', day: 'day' };
    expect(await read(fixture(codec), columns, badRows)).toEqual([
      ['Haus', '0', 'e0', 'true', '2026-11-22T00:00:00.000Z', `${codec}.parquet: row 1`],
      ['中文 😀', '1', 'e1', 'false', '2026-11-22T00:00:00.000Z', `${codec}.parquet: row 2`],
      ['Haus', '0', 'e3', 'true', '2026-11-22T00:00:00.000Z', `${codec}.parquet: row 4`],
      ['x\ty\nz', '1', 'e5', 'true', '2026-11-22T00:00:00.000Z', `${codec}.parquet: row 6`],
    ]);
    expect(badRows.rows).toEqual([
      {
        origin: `${fixture(codec)}: row 3`,
        reason: expect.stringMatching(/^no flag: "flag" is null/) as string,
      },
      {
        origin: `${fixture(codec)}: row 5`,
        reason: expect.stringMatching(/^no text: "text" is null/) as string,
      },
    ]);
  });

  it('has lists and numbers', async () => {
    const badRows = new BadRows('skip');
    expect(
      await read(fixture('snappy'), { tokens: 'tokens', second: 'tokens.1', score: 'score' }, badRows),
    ).toEqual([['a b', 'b', '0.5', 'snappy.parquet: row 1']]);
    const { names, values } = await readNumbers(fixture('snappy'), { columns: ['score', 'label'], badRows });
    expect(names).toEqual(['score', 'label']);
    expect([...values]).toEqual([0.5, 0, -1.25, 1, Math.fround(1e-7), 1, 3, 1]);
  });

  it('is read part by part', async () => {
    const { values } = await readNumbers(fixture('many'), { columns: ['number'] });
    expect(values).toHaveLength(70_000);
    expect(values.every((value, i) => value === i)).toBe(true);
    let next = 0;
    for await (const { fields, origin } of readRows({ file: fixture('many') }, { word: 'word' })) {
      if (fields.word !== `w${next % 50}` || !origin.endsWith(`: row ${next + 1}`))
        expect([fields, origin]).toEqual(next);
      next++;
    }
    expect(next).toBe(70_000);
  });

  it('has the names of classes that numbers stand for', async () => {
    expect(await read(fixture('classes'), { label: 'label', tags: 'tags' })).toEqual([
      ['pos', 'O B-X', 'classes.parquet: row 1'],
      ['neg', 'B-X', 'classes.parquet: row 2'],
      ['-1', '', 'classes.parquet: row 3'],
    ]);
  });

  it('names the columns that there are', async () => {
    expect(await tableColumns({ file: fixture('many') })).toEqual(['number', 'word']);
    await expect(read(fixture('many'), { a: 'wort' })).rejects.toThrow(
      /many\.parquet: no column "wort"\. The file has "number", "word"\.$/,
    );
    await expect(read(fixture('none'), { a: 'bytes.x' })).rejects.toThrow(
      /row 1: no a: the row has no "bytes\.x"/,
    );
    await expect(read(fixture('none'), { a: 'bytes' })).rejects.toThrow(
      /row 1: no a: "bytes" is bytes, which are no text/,
    );
    await expect(read(fixture('none'), { a: 'translation' })).rejects.toThrow(
      /row 1: no a: "translation" is a group of keys: "de", "en"/,
    );
  });

  it.each(['text', 'bytes'])(
    'leaves out a row whose %s are not UTF-8, and says where it stands',
    async (column) => {
      const place = `${fixture('invalid')}: row 2`;
      const reason = `no a: "${column}" is bytes, which are no text in UTF-8. Correct the row, or take another column.`;
      await expect(read(fixture('invalid'), { a: column })).rejects.toThrow(`${place}: ${reason}`);
      const badRows = new BadRows('report');
      expect(await read(fixture('invalid'), { a: column }, badRows)).toEqual([
        ['ok', 'invalid.parquet: row 1'],
      ]);
      expect(badRows.rows).toEqual([{ origin: place, reason }]);
    },
  );

  it('refuses what is damaged or something else', async () => {
    const whole = await readFile(fixture('none'));
    const path = join(folder, 'x.parquet');
    const message = /x\.parquet: not a Parquet file, or one that is damaged/;
    for (const damaged of [whole.subarray(0, -9), Buffer.from('text'), Buffer.alloc(0)]) {
      await writeFile(path, damaged);
      await expect(read(path, { a: 'text' })).rejects.toThrow(message);
      await expect(tableColumns({ file: path })).rejects.toThrow(message);
    }
    await expect(read(join(folder, 'none.parquet'), { a: 'text' })).rejects.toThrow(/no such file/);
  });
});
