import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readNumbers, type NumbersOptions } from './numbers.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-numbers-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string, options?: NumbersOptions, name = 'x.csv') {
  const path = join(folder, name);
  await writeFile(path, content);
  const { names, values, origins } = await readNumbers(path, options);
  return { names, values: [...values], origins: origins.map((each) => each.replace(`${folder}/`, '')) };
}

it('reads the columns that are wanted, in their order', async () => {
  const table = 'date,a,b\r\nMonday,1,-2.5e3\r\n\r\nTuesday, 3 ,4\r\n';
  expect(await read(table, { columns: ['b', 1], header: true })).toEqual({
    names: ['b', 'a'],
    values: [-2500, 1, 4, 3],
    origins: ['x.csv: line 2', 'x.csv: line 4'],
  });
});

it('reads all columns, and takes the separator from the name of the file', async () => {
  const expected = { names: ['column 0', 'column 1'], values: [1, 2, 3, 4] };
  expect(await read('1,2\n3,4')).toMatchObject(expected);
  expect(await read('1\t2\n3\t4', {}, 'x.tsv')).toMatchObject(expected);
  expect(await read('1,2\n3,4', { separator: 'comma' }, 'x.txt')).toMatchObject(expected);
});

it('reads numbers with a decimal comma where that is said', async () => {
  const options = { separator: 'semicolon', decimal: 'comma' } as const;
  expect(await read('1,5;2\n-0,25;1.181,92', options)).toMatchObject({ values: [1.5, 2, -0.25, 1181.92] });
  await expect(read('{"a": 1.5}', { decimal: 'comma' }, 'x.jsonl')).rejects.toThrow(
    'decimal is set, but numbers are written with a point in this format',
  );
});

it.each<[string, NumbersOptions, string]>([
  ['a,b\n1,2\n3,x\n', { header: true }, 'x.csv: line 3, column "b": "x" is not a number. Correct it'],
  ['1,2\n3,\n', {}, 'x.csv: line 2, column 1: the cell is empty. Give it a number'],
  ['1,Infinity\n', {}, 'x.csv: line 1, column 1: "Infinity" is not a number'],
  [
    '1,2\n3\n',
    {},
    'x.csv: line 2: no number (column 1, counted from 0): the row has 1 column. Separate columns by commas',
  ],
  ['1,"x,5"\n', {}, 'x.csv: line 1, column 1: "x,5" is not a number. Correct it'],
  [
    '1,"2,5"\n',
    {},
    'x.csv: line 1, column 1: "2,5" is not a number with a decimal point, but looks like one with a decimal comma. Correct it, or where all numbers of a CSV or TSV file are written so say decimal: comma',
  ],
  [
    '1;2.5\n',
    { separator: 'semicolon', decimal: 'comma' },
    'x.csv: line 1, column 1: "2.5" is not a number with a decimal comma, but looks like one with a decimal point',
  ],
  ['1,2\n1,2,5\n', {}, 'x.csv: line 2: the row has 3 columns, the first one 2. Put cells'],
  ['a,b\n', { header: true }, 'x.csv: the file has no rows after its header'],
  ['a,b\n1,2\n', { header: true, columns: ['c'] }, 'x.csv: line 1: no column "c". The header has "a", "b".'],
])('refuses %j', async (content, options, message) => {
  await expect(read(content, options)).rejects.toThrow(message);
});
