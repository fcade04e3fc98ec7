import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../tensor/errors.js';
import { BadRows } from '../badRows.js';
import type { Column, TableSource } from '../tableSource.js';
import { readRows, tableColumns } from './rows.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

interface Given extends Omit<Partial<TableSource>, 'file'> {
  readonly name?: string;
  readonly content: string | Uint8Array;
  readonly columns?: Readonly<Record<string, Column>>;
  readonly badRows?: BadRows;
}

/** The cells of each row, and where it stands. */
async function read({ name = 'x.csv', content, columns = { a: 0, b: 1 }, badRows, ...form }: Given) {
  const file = await write(name, content);
  const rows: string[][] = [];
  for await (const { fields, origin } of readRows({ file, ...form }, columns, { badRows }))
    rows.push([...Object.values(fields), origin.replace(`${folder}/`, '')]);
  return rows;
}

async function failure(given: Given): Promise<string> {
  const error: unknown = await read(given).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.replaceAll(`${folder}/`, '');
}

describe('CSV', () => {
  it('has cells with and without quotes, a byte order mark, CRLF and blank lines', async () => {
    const content = '\ufeffa,b\r\n"x, y","say ""hi"""\r\n\r\n,""\r\n';
    expect(await read({ content, header: true, columns: { b: 'b', a: 'a' } })).toEqual([
      ['say "hi"', 'x, y', 'x.csv: line 2'],
      ['', '', 'x.csv: line 4'],
    ]);
  });

  it('has line ends in quotes, and names the line where a row begins', async () => {
    expect(await read({ content: '"a\r\nb\n\nc",1\n"d""\ne",2' })).toEqual([
      ['a\nb\n\nc', '1', 'x.csv: line 1'],
      ['d"\ne', '2', 'x.csv: line 5'],
    ]);
  });

  it('has other separators', async () => {
    expect(await read({ content: 'x;"y;z"\n', separator: 'semicolon' })).toEqual([
      ['x', 'y;z', 'x.csv: line 1'],
    ]);
    expect(await read({ name: 'x.txt', content: 'x,y\n', separator: 'comma' })).toEqual([
      ['x', 'y', 'x.txt: line 1'],
    ]);
    expect(await read({ content: '"x"\ty\n', separator: 'tab' })).toEqual([['"x"', 'y', 'x.csv: line 1']]);
    expect(await read({ content: '"x"\ty\n', separator: 'tab', format: 'csv' })).toEqual([
      ['x', 'y', 'x.csv: line 1'],
    ]);
    expect(await failure({ name: 'x.jsonl', content: '{}', separator: 'comma' })).toMatch(
      /x\.jsonl: separator is set, but .* Leave it out, or correct format \(jsonl\)/,
    );
    expect(await failure({ content: 'x', format: 'tsv', separator: 'comma' })).toMatch(/between tabs here/);
  });

  it.each<[string, string]>([
    ['a,b\n"c,d\ne,f\n', 'x.csv: line 2, column 1: the quote that begins a cell has no end.'],
    ['a,b\nc,"d\ne,f\n', 'x.csv: line 2, column 3: the quote that begins a cell has no end.'],
    ['é,b"c"\n', 'x.csv: line 1, column 4: a quote in a cell that does not begin with one.'],
    ['"a"b,c\n', 'x.csv: line 1, column 4: a cell goes on after the quote that ends it.'],
    ['"a\nb"c,d\n', 'x.csv: line 1 to 2, column 3: a cell goes on after the quote that ends it.'],
    [
      'a,b\nc\n',
      'x.csv: line 2: no b (column 1, counted from 0): the row has 1 column. Separate columns by commas',
    ],
    ['a,b\nc,d,e\n', 'x.csv: line 2: the row has 3 columns, the first one 2. Put cells that have a comma'],
    ['', 'x.csv: the file is empty.'],
    ['\n\n', 'x.csv: the file has no rows.'],
  ])('refuses %j', async (content, message) => {
    expect(await failure({ content })).toContain(message);
  });

  it('names the columns that there are', async () => {
    const content = 'text,label\nx,y\n';
    expect(await failure({ content, header: true, columns: { a: 'txt' } })).toBe(
      'x.csv: line 1: no column "txt". The header has "text", "label".',
    );
    expect(await tableColumns({ file: await write('y.csv', content), header: true })).toEqual([
      'text',
      'label',
    ]);
    expect(await tableColumns({ file: await write('y.csv', content) })).toEqual([0, 1]);
  });

  it('goes on at the next line after a bad one', async () => {
    const content = 'a,1\n"b,2\nc,3\n"d"e,4\nf\n"g\nh",5\n';
    const badRows = new BadRows('skip');
    expect(await read({ content, badRows })).toEqual([
      ['a', '1', 'x.csv: line 1'],
      ['c', '3', 'x.csv: line 3'],
      ['g\nh', '5', 'x.csv: line 6'],
    ]);
    expect(badRows.count).toBe(3);
    expect(badRows.rows.map(({ reason }) => reason.slice(0, 26))).toEqual([
      'to 4, column 2: a cell goe',
      'column 4: a cell goes on a',
      'no b (column 1, counted fr',
    ]);
  });

  it('is the same wherever a read ends', async () => {
    const wide = `${'"é,""\n",'.repeat(40_000)}end\n`;
    const rows = await read({
      content: `${wide}${wide}x,y\n`,
      columns: { a: 0, b: 39_999 },
      badRows: new BadRows('skip'),
    });
    expect(rows).toEqual([
      ['é,"\n', 'é,"\n', 'x.csv: line 1'],
      ['é,"\n', 'é,"\n', 'x.csv: line 40002'],
    ]);
  });
});

describe('JSON Lines', () => {
  const name = 'x.jsonl';
  it('has columns by key, by dots and by place', async () => {
    const content =
      '{"id": 1, "in": {"de": "Haus", "n": [1, 2]}, "a.b": true}\n\n{"in": {"n": [], "de": ""}, "a.b": 2.5, "id": 2}\n';
    const columns = { text: 'in.de', list: 'in.n', first: 0, dotted: 'a.b' };
    expect(await read({ name, content, columns })).toEqual([
      ['Haus', '1 2', '1', 'true', 'x.jsonl: line 1'],
      ['', '', '2', '2.5', 'x.jsonl: line 3'],
    ]);
    expect(await read({ name, content: '{"x": ["p", "q"]}', columns: { item: 'x.1' } })).toEqual([
      ['q', 'x.jsonl: line 1'],
    ]);
    expect(await tableColumns({ file: await write(name, content) })).toEqual(['id', 'in', 'a.b']);
  });

  it.each<[string, string]>([
    ['{"a": 1}\n', 'x.jsonl: line 1: no b: the row has no "b". It has "a". Correct the row.'],
    ['{"a": 1, "b": null}', 'x.jsonl: line 1: no b: "b" is null. Correct the row, or take another column.'],
    [
      '{"a": 1, "b": {"c": 2, "d": 3}}',
      'x.jsonl: line 1: no b: "b" is a group of keys: "c", "d". Correct the row, or take another column.',
    ],
    [
      '{"a": "x", "b": 1}\n{"a": "x" "b": 1}\n',
      'x.jsonl: line 2, column 11: not valid JSON (a text where a comma or } should be). Correct the line.',
    ],
    [
      '{"a": "😀", "b"',
      'x.jsonl: line 1, column 15: not valid JSON (it ends where a colon should be). Correct the line.',
    ],
    [
      '{"a": "x", "b": NaN}',
      'x.jsonl: line 1, column 17: not valid JSON ("NaN" where a value should be). Correct the line.',
    ],
    ['[1, 2]\n', 'x.jsonl: line 1: not an object. Each line must be one, such as {"text": "…"}.'],
    [
      '[\n{"a": 1, "b": 2}\n]',
      'x.jsonl: line 1, column 2: not valid JSON (it ends where a value or ] should be). Write each object on a line of its own.',
    ],
    ['\n', 'x.jsonl: the file has no rows.'],
  ])('refuses %j', async (content, message) => {
    expect(await failure({ name, content, columns: { a: 'a', b: 'b' } })).toBe(message);
  });

  it('names a place that there is not', async () => {
    expect(await failure({ name, content: '{"a": 1}', columns: { b: 1 } })).toBe(
      'x.jsonl: line 1: no b (column 1, counted from 0): there are "a". Name the column.',
    );
  });
});

describe('texts', () => {
  it('are lines that are one cell each', async () => {
    expect(await read({ name: 'x.txt', content: 'a\tb\n"c', format: 'text', columns: { line: 0 } })).toEqual([
      ['a\tb', 'x.txt: line 1'],
      ['"c', 'x.txt: line 2'],
    ]);
  });

  it.each<[string, Uint8Array]>([
    ['utf-16le', Buffer.from('\ufeff中,文\r\né,\u0a0d😀\r\n', 'utf16le')],
    [
      'gb18030',
      Buffer.from([
        0xd6, 0xd0, 0x2c, 0xce, 0xc4, 0x0a, 0xa8, 0xa6, 0x2c, 0x81, 0x30, 0xd2, 0x31, 0x94, 0x39, 0xfc, 0x36,
      ]),
    ],
  ])('are read in %s', async (encoding, content) => {
    const rows = await read({ content, encoding });
    expect(rows[0]).toEqual(['中', '文', 'x.csv: line 1']);
    expect(rows[1]![0]).toBe('é');
    expect(rows[1]![1]).toMatch(/😀$/);
    expect(rows).toHaveLength(2);
  });

  it('name what is not of their encoding', async () => {
    const bytes = Buffer.from('a,b\nc,é?\nd,e\n'.replace('?', '\xff'), 'latin1');
    expect(await failure({ content: bytes })).toBe(
      'x.csv: line 2, column 3: not valid UTF-8. Save the file as UTF-8, or name its encoding: data.source.encoding.',
    );
    expect((await read({ content: bytes, encoding: 'latin1' }))[1]).toEqual(['c', 'éÿ', 'x.csv: line 2']);
    expect(await failure({ content: Buffer.from([0x61, 0x2c, 0xff, 0xff, 0x0a]), encoding: 'gb18030' })).toBe(
      'x.csv: line 1, column 3: not valid GB18030. Correct the encoding (data.source.encoding), or the line.',
    );
    expect(await failure({ content: 'a,b', encoding: 'utf-9' })).toMatch(
      /encoding is 'utf-9', which is not known/,
    );
    const badRows = new BadRows('skip');
    expect(await read({ content: bytes, badRows })).toEqual([
      ['a', 'b', 'x.csv: line 1'],
      ['d', 'e', 'x.csv: line 3'],
    ]);
    expect(badRows.notes).toEqual([
      expect.stringMatching(/^1 bad row left out .*x\.csv: line 2: column 3: not valid UTF-8/),
    ]);
  });

  it('may be compressed', async () => {
    const content = gzipSync('a,b\n"c",d\n');
    expect(await read({ name: 'x.csv.gz', content })).toEqual([
      ['a', 'b', 'x.csv.gz: line 1'],
      ['c', 'd', 'x.csv.gz: line 2'],
    ]);
    for (const damaged of [content.subarray(0, 20), Buffer.from('no gzip')])
      expect(await failure({ name: 'x.csv.gz', content: damaged })).toMatch(
        /^x\.csv\.gz: the compressed file is damaged \(.*\)\. Fetch it again\.$/,
      );
    expect(await failure({ name: 'x.csv.gz', content: gzipSync('') })).toMatch(/the file is empty/);
  });
});

describe('bad rows', () => {
  it('are listed with their reasons', async () => {
    const badRows = new BadRows('report');
    await read({ name: 'x.tsv', content: 'a\tb\nc\nd\te\n', badRows });
    expect(badRows.toTsv().replaceAll(`${folder}/`, '')).toBe(
      'row\treason\nx.tsv: line 2\tno b (column 1, counted from 0): the row has 1 column. Separate columns by tabs, or correct the row.\n',
    );
  });

  it('that are all rows leave nothing', async () => {
    const badRows = new BadRows('skip');
    expect(await failure({ name: 'x.tsv', content: 'a\nb\n', badRows })).toMatch(
      /^x\.tsv: no row can be read: 2 bad rows left out .*x\.tsv: line 1: no b/,
    );
  });
});

it('stops reading where the reader stops', async () => {
  for (const name of ['y.csv', 'y.csv.gz']) {
    const text = 'a,b\n'.repeat(300_000);
    const file = await write(name, name.endsWith('gz') ? gzipSync(text) : text);
    for await (const { origin } of readRows({ file }, { a: 0 })) {
      expect(origin).toBe(`${file}: line 1`);
      break;
    }
  }
});
