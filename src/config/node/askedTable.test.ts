import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BadRows } from '../../data/badRows.js';
import type { AskedSource } from '../askedSources.js';
import type { ContextKind } from '../askedTexts.js';
import { parseConfig } from '../parseConfig.js';
import { askedFile, readAskedRows } from './askedTable.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-asked-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mails = 'task: classification\ndata: { source: SOURCE }\n';
const named = '{ file: own.csv, header: true, columns: { text: mail, label: kind } }';

function found(source: string, file: string, task = mails) {
  return askedFile(parseConfig(task.replace('SOURCE', source), 'run.yaml'), join(folder, file));
}

async function rowsOf(source: string, file: string, badRows?: BadRows) {
  const asked = await found(source, file);
  if (!('table' in asked)) throw new Error(`${file} is read line by line`);
  return rowsIn(asked.table, 'none', badRows);
}

async function rowsIn(table: AskedSource, kind: ContextKind, badRows?: BadRows) {
  const rows = [];
  for await (const each of readAskedRows(table, kind, badRows)) rows.push(each);
  return rows;
}

it('a table that names the columns of the run is read as one, whatever else it has', async () => {
  await writeFile(join(folder, 'new.csv'), 'id,kind,mail\n1,spam,"a, ""b""\nc"\n2,ham,d\n');
  expect(await rowsOf(named, 'new.csv')).toEqual([
    { asked: 'a, "b"\nc', origin: join(folder, 'new.csv: line 2') },
    { asked: 'd', origin: join(folder, 'new.csv: line 4') },
  ]);
  await writeFile(join(folder, 'new.tsv'), 'kind\tmail\n\td\n');
  expect(await rowsOf(named, 'new.tsv')).toMatchObject([{ asked: 'd' }]);
  await writeFile(join(folder, 'new.jsonl'), '{"mail": "e"}\n{"mial": "f"}\n');
  const badRows = new BadRows('report');
  expect(await rowsOf(named, 'new.jsonl', badRows)).toMatchObject([{ asked: 'e' }]);
  expect(badRows.rows).toMatchObject([{ reason: expect.stringMatching(/no text: the row has no "mail"/) }]);
});

it('columns that are counted have the names that the table of the run gives them', async () => {
  await writeFile(join(folder, 'own.csv'), 'kind,mail\nspam,a\n');
  await writeFile(join(folder, 'other.csv'), 'mail,note\nb,c\n');
  const counted = `{ file: ${JSON.stringify(join(folder, 'own.csv'))}, header: true, columns: { text: 1, label: 0 } }`;
  expect(await rowsOf(counted, 'other.csv')).toMatchObject([{ asked: 'b' }]);
  const headless = counted.replace('header: true, ', '');
  expect(await found(headless, 'other.csv')).toEqual({ encoding: undefined, missing: [] });
});

it('contexts are read beside texts, and features by their names', async () => {
  await writeFile(join(folder, 'beside.csv'), 'other,mail,size,photo\nx,a,2.5,b.png\ny,c,big,d.png\n');
  const read = async (beside: string, kind: ContextKind, badRows?: BadRows) => {
    const encoder = kind === 'text' ? 'recurrent' : 'mlp';
    const model = `model: { context: { encoder: { type: ${encoder} }, fusion: film } }\n`;
    const asked = await found(named.replace('label', `${beside}, label`), 'beside.csv', mails + model);
    return 'table' in asked ? rowsIn(asked.table, kind, badRows) : undefined;
  };
  expect(await read('context: other', 'text')).toMatchObject([
    { asked: { text: 'a', context: 'x' } },
    { asked: { text: 'c', context: 'y' } },
  ]);
  const badRows = new BadRows('report');
  expect(await read('features: [size]', ['size'], badRows)).toMatchObject([
    { asked: { text: 'a', context: [2.5] } },
  ]);
  expect(badRows.rows).toMatchObject([{ reason: '"big" is not a number (size). Correct it.' }]);
});

it('features have the decimal sign of the run', async () => {
  await writeFile(join(folder, 'commas.csv'), 'mail;size\na;1.002,5\n');
  const model = 'model: { context: { encoder: { type: mlp }, fusion: film } }\n';
  const source =
    '{ file: own.csv, header: true, separator: semicolon, decimal: comma, columns: { text: mail, features: [size], label: kind } }';
  const asked = await found(source, 'commas.csv', mails + model);
  if (!('table' in asked)) throw new Error('it is read line by line');
  expect(await rowsIn(asked.table, ['size'])).toMatchObject([{ asked: { text: 'a', context: [1002.5] } }]);
});

it('other files are lines, in the encoding of the run; one that looks like a table says what it lacks', async () => {
  const latin = named.replace('header', 'encoding: latin1, header');
  await writeFile(join(folder, 'lines.txt'), 'mail is what it is about\n');
  expect(await found(latin, 'lines.txt')).toEqual({ encoding: 'latin1', missing: [] });
  await writeFile(join(folder, 'lines.csv'), 'a text, and what follows\n');
  expect(await found(named, 'lines.csv')).toEqual({ encoding: undefined, missing: ['mail'] });
  // Reading its lines will say so.
  expect(await found(named, 'gone.csv')).toEqual({ encoding: undefined, missing: [] });
});

it('of several tasks one gives the column', async () => {
  await writeFile(join(folder, 'tasks.csv'), 'mail,words\na,b c\n');
  const tasks = `task: multi-task
tasks:
  topic: { task: classification, data: { source: { file: t.csv, header: true, columns: { text: post, label: l } } } }
  tags: { task: tagging, data: { source: { file: t.csv, header: true, columns: { tokens: words, tags: l } } } }
`;
  expect(await found('', 'tasks.csv', tasks)).toMatchObject({ table: { columns: { text: 'words' } } });
});
