import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadRows } from '../../data/badRows.js';
import { splitNames } from '../../data/split.js';
import type { Config, TaskName } from '../schema.js';
import { readConfig } from './readConfig.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readMultiLabel } from './readMultiLabel.js';
import { readTagged } from './readTagged.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-sources-'));
  const rows = Array.from({ length: 40 }, (_, i) => ({ a: `w${i} x`, b: `${i % 3} ${i % 2}`, n: i / 4 }));
  const jsonl = (some: readonly object[]) => some.map((row) => `${JSON.stringify(row)}\n`).join('');
  const files: Record<string, string | Uint8Array> = {
    't.tsv': `a\tb\tn\n${rows.map(({ a, b, n }) => `${a}\t${b}\t${n}\n`).join('')}`,
    't.csv': `a,b,n\r\n${rows.map(({ a, b, n }) => `"${a}",${b},${n}\r\n`).join('')}`,
    't.jsonl.gz': gzipSync(jsonl(rows)),
    'wide.csv': Buffer.from(`a;b;n\n${rows.map(({ a, b, n }) => `"${a}";${b};${n}\n`).join('')}`, 'utf16le'),
    'set/train.jsonl': jsonl(rows.slice(0, 30)),
    'set/validation.jsonl': jsonl(rows.slice(30, 36)),
    'set/test.jsonl': jsonl(rows.slice(36)),
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function config<Name extends TaskName>(
  task: Name,
  data: string,
): Promise<Extract<Config, { task: Name }>> {
  const path = join(folder, 'x.yaml');
  const model = data.includes('features') ? 'model: { encoder: { type: mlp } }\n' : '';
  await writeFile(path, `task: ${task}\ndata: { ${data} }\n${model}`);
  return (await readConfig(path)) as unknown as Extract<Config, { task: Name }>;
}

const sources = {
  tsv: 'file: t.tsv, header: true',
  csv: 'file: t.csv, header: true',
  jsonl: 'file: t.jsonl.gz',
  'csv in UTF-16': 'file: wide.csv, header: true, separator: semicolon, encoding: utf-16le',
  'a data set’s folder': 'file: set',
};

/** What each task makes of a source, part by part, origins aside. */
const readers: Readonly<Record<string, (source: string) => Promise<unknown>>> = {
  'sequence-to-sequence': async (source) =>
    readExamples(
      await config('sequence-to-sequence', `source: { ${source}, columns: { source: a, target: b } }`),
    ),
  'language-model': async (source) =>
    readTexts(await config('language-model', `source: { ${source}, column: a }`)),
  classification: async (source) => {
    const read = await readLabelled(
      await config('classification', `source: { ${source}, columns: { text: a, label: b } }`),
    );
    return 'texts' in read ? read.texts : undefined;
  },
  'classification of features': async (source) => {
    const read = await readLabelled(
      await config('classification', `source: { ${source}, columns: { features: [n], label: b } }`),
    );
    return 'rows' in read ? read.rows : undefined;
  },
  'labels of texts': async (source) =>
    readMultiLabel(await config('multi-label', `source: { ${source}, columns: { text: a, label: b } }`)),
  tagging: async (source) =>
    readTagged((await config('tagging', `source: { ${source}, columns: { tokens: a, tags: b } }`)).data),
  regression: async (source) =>
    readValued(await config('regression', `source: { ${source}, text: a, values: [n] }`)),
  'regression of features': async (source) =>
    readValued(await config('regression', `source: { ${source}, features: [n], values: [n] }`)),
};

const plain = (read: unknown) =>
  JSON.parse(
    JSON.stringify(read, (key, value: unknown) => (/^origins?$/.test(key) ? undefined : value)),
  ) as Record<string, unknown>;

describe.each(Object.keys(readers))('%s', (task) => {
  it('reads the same from every kind of table', async () => {
    const expected = plain(await readers[task]!(sources.tsv));
    expect(Object.keys(expected).sort()).toEqual([...splitNames].sort());
    for (const kind of ['csv', 'jsonl', 'csv in UTF-16'] as const)
      expect(plain(await readers[task]!(sources[kind])), kind).toEqual(expected);
  });

  it('takes the splits that a data set’s folder has', async () => {
    const parts = plain(await readers[task]!(sources['a data set’s folder']));
    const counts = splitNames.map((name) => {
      const part = parts[name] as unknown[] | { labels: unknown[] } | { values: { values: object } };
      if (Array.isArray(part)) return part.length;
      return 'labels' in part ? part.labels.length : Object.keys(part.values.values).length;
    });
    expect(counts).toEqual([30, 6, 4]);
  });
});

it('tests each fold in turn, and leaves what a data set sets aside to test alone', async () => {
  const columns = 'columns: { source: a, target: b }';
  const folds = [];
  for (const fold of [0, 1, 2]) {
    const split = `split: { folds: 3, fold: ${fold} }`;
    const own = await config('sequence-to-sequence', `source: { file: set, ${columns} }, ${split}`);
    folds.push(await readExamples(own));
  }
  expect(folds.map(({ validation }) => validation.length)).toEqual([6, 6, 6]);
  const tested = folds.flatMap(({ test }) => test.map(({ source }) => source));
  expect([...tested].sort()).toEqual(Array.from({ length: 30 }, (_, i) => `w${i} x`).sort());
});

describe('bad rows', () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'bad.tsv'), 'a\tx\n\ty\nb\nc\t\nd\tz\n');
    await writeFile(join(folder, 'bad.csv'), '1,2\n3,x\n4,\n5,6\n');
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'pairs',
      async () => readExamples(await config('sequence-to-sequence', 'source: { file: bad.tsv }')),
      /bad\.tsv: line 2: the source is empty/,
    ],
    [
      'labelled texts',
      async () => readLabelled(await config('classification', 'source: { file: bad.tsv }')),
      /bad\.tsv: line 2: the text is empty/,
    ],
    [
      'texts',
      async () => readTexts(await config('language-model', 'source: { file: bad.tsv, column: 0 }')),
      /bad\.tsv: line 2: the text is empty/,
    ],
    [
      'values',
      async () =>
        readValued(await config('regression', 'source: { file: bad.csv, features: [0], values: [1] }')),
      /bad\.csv: line 2, column 1: "x" is not a number/,
    ],
  ])('of %s fail by default', async (_, read, message) => {
    await expect(read()).rejects.toThrow(message);
  });

  it('are left out where the configuration says so', async () => {
    const pairs = new BadRows('skip');
    const split = 'split: { validation: 0, test: 0 }, onBadRow: skip';
    const { train } = await readExamples(
      await config('sequence-to-sequence', `source: { file: bad.tsv }, ${split}`),
      pairs,
    );
    expect(train.map(({ source }) => source)).toEqual(['a', 'c', 'd']);
    expect(pairs.rows.map(({ origin }) => origin.slice(-6))).toEqual(['line 2', 'line 3']);
    const labelled = await readLabelled(
      await config('classification', `source: { file: bad.tsv }, ${split}`),
    );
    expect('texts' in labelled && labelled.texts.train.map(({ text }) => text)).toEqual(['a', 'd']);
    await writeFile(join(folder, 'rows.csv'), '1,a\n2,\nx,a\n4,b\n');
    const skipped = new BadRows('skip');
    const rows = await readLabelled(
      await config(
        'classification',
        `source: { file: rows.csv, columns: { features: [0], label: 1 } }, ${split}`,
      ),
      skipped,
    );
    expect('rows' in rows && rows.rows.train.labels).toEqual(['a', 'b']);
    expect('rows' in rows && [...rows.rows.train.features!.values]).toEqual([1, 4]);
    expect(skipped.rows.map(({ origin }) => origin.slice(-6)).sort()).toEqual(['line 2', 'line 3']);
    const values = await readValued(
      await config('regression', `source: { file: bad.csv, features: [0], values: [1] }, ${split}`),
    );
    expect([...values.train.features!.values]).toEqual([1, 5]);
  });
});
