import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wavFile } from '../../../test/support/wavFile.js';
import { BadRows } from '../../data/badRows.js';
import { splitNames, type SplitName } from '../../data/split.js';
import type { Config, TaskName } from '../schema.js';
import { readConfig } from './readConfig.js';
import { readDataParts } from './readDataParts.js';
import { cleanersOf } from './cleanTexts.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readMultiLabel } from './readMultiLabel.js';
import { readTagged } from './readTagged.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';

let folder: string;
/** Twenty users with three rows each; a row a day, in no order. Every text has its number in it, some sources come twice. */
const rows = Array.from({ length: 60 }, (_, i) => ({
  source: `word${i % 55}`,
  target: `mot${i}`,
  label: i % 2 ? 'odd' : 'even',
  value: i / 2,
  user: `user ${i % 20}`,
  day: (7 * i) % 60,
}));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-splits-'));
  const dateOf = (day: number) => new Date(Date.UTC(2024, 0, 20 + day)).toISOString().slice(0, 10);
  const lines = rows.map(({ source, target, label, value, user, day }) =>
    [source, target, label, value, user, day, dateOf(day)].join('\t'),
  );
  await writeFile(
    join(folder, 'rows.tsv'),
    ['source\ttarget\tlabel\tvalue\tuser\tday\tdate', ...lines].join('\n'),
  );
  await writeFile(join(folder, 'own.tsv'), 'source\ttarget\tlabel\tvalue\nword1\tmot1\todd\t1\n');
  await writeFile(
    join(folder, 'bad.tsv'),
    'source\ttarget\tlabel\tvalue\tuser\tday\na\tx\todd\t1\tu\t3\nb\ty\teven\t2\tv\tlater\nc\tz\todd\t3\t \t5\nd\tw\teven\t4\tv\t7\n',
  );
  await mkdir(join(folder, 'sounds'));
  for (let i = 0; i < 12; i++)
    await writeFile(
      join(folder, 'sounds', `${i}.wav`),
      wavFile(
        Array.from({ length: 800 }, (_, t) => 0.3 * Math.sin(0.1 * (i + 1) * t)),
        8000,
      ),
    );
  const sounds = Array.from(
    { length: 12 },
    (_, i) => `sounds/${i}.wav,${i % 2 ? 'a' : 'b'},speaker ${i % 4},${2000 + i}`,
  );
  await writeFile(join(folder, 'sounds.csv'), ['file,label,speaker,year', ...sounds].join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

async function config<Name extends TaskName>(
  task: Name,
  data: string,
  rest = '',
): Promise<Extract<Config, { task: Name }>> {
  const path = join(folder, 'x.yaml');
  await writeFile(path, `task: ${task}\ndata: { ${data} }\n${rest}`);
  return (await readConfig(path)) as unknown as Extract<Config, { task: Name }>;
}

type Parts = Readonly<Record<SplitName, readonly number[]>>;

function each<T>(parts: Readonly<Record<SplitName, T>>, of: (part: T) => readonly number[]): Parts {
  return { train: of(parts.train), validation: of(parts.validation), test: of(parts.test) };
}

const file = 'file: rows.tsv, header: true';
const mlp = 'model: { encoder: { type: mlp } }\n';

/** The rows, by their numbers, that a task has in each part. */
const readers: Readonly<Record<string, (data: string, table?: string) => Promise<Parts>>> = {
  pairs: async (data, table = file) => {
    const source = `source: { ${table}, columns: { source: source, target: target } }`;
    const parts = await readExamples(await config('sequence-to-sequence', `${source}, ${data}`));
    return each(parts, (some) =>
      some.flatMap(({ references }) => references.map((text) => Number(text.slice(3)))),
    );
  },
  classes: async (data, table = file) => {
    const source = `source: { ${table}, columns: { text: target, label: label } }`;
    const read = await readLabelled(await config('classification', `${source}, ${data}`));
    if (!('texts' in read)) throw new Error('texts were read');
    return each(read.texts, (some) => some.map(({ text }) => Number(text.slice(3))));
  },
  'classes of features': async (data, table = file) => {
    const source = `source: { ${table}, columns: { features: [value], label: label } }`;
    const read = await readLabelled(await config('classification', `${source}, ${data}`, mlp));
    if (!('rows' in read)) throw new Error('features were read');
    return each(read.rows, ({ features }) => [...features!.values].map((value) => 2 * value));
  },
  labels: async (data, table = file) => {
    const source = `source: { ${table}, columns: { text: target, label: label } }`;
    const parts = await readMultiLabel(await config('multi-label', `${source}, ${data}`));
    return each(parts, ({ texts }) => texts!.map((text) => Number(text.slice(3))));
  },
  tags: async (data, table = file) => {
    const source = `source: { ${table}, columns: { tokens: target, tags: label } }`;
    const parts = await readTagged((await config('tagging', `${source}, ${data}`)).data);
    return each(parts, (some) => some.map(({ text }) => Number(text.slice(3))));
  },
  'values of texts': async (data, table = file) => {
    const parts = await readValued(
      await config('regression', `source: { ${table}, text: target, values: [value] }, ${data}`),
    );
    return each(parts, ({ texts }) => texts!.map((text) => Number(text.slice(3))));
  },
  'values of features': async (data, table = file) => {
    const parts = await readValued(
      await config('regression', `source: { ${table}, features: [value], values: [value] }, ${data}`, mlp),
    );
    return each(parts, ({ values }) => [...values.values].map((value) => 2 * value));
  },
  texts: async (data, table = file) => {
    const parts = await readTexts(
      await config('language-model', `source: { ${table}, column: target }, ${data}`),
    );
    return each(parts, (some) => some.map(({ text }) => Number(text.slice(3))));
  },
};

/** The columns of a file to test on, where a task may have such a file. */
const testTables: Readonly<Record<string, string>> = {
  pairs: 'columns: { source: source, target: target }',
  classes: 'columns: { text: target, label: label }',
  'classes of features': 'columns: { features: [value], label: label }',
  labels: 'columns: { text: target, label: label }',
  tags: 'columns: { tokens: target, tags: label }',
  'values of texts': 'text: target, values: [value]',
  'values of features': 'features: [value], values: [value]',
};

describe.each(Object.keys(readers))('%s', (task) => {
  const read = readers[task]!;

  it('keep the rows of a column together', async () => {
    const parts = await read('split: { groupBy: { column: user }, validation: 0.3, test: 0.3 }');
    expect(splitNames.flatMap((name) => parts[name]).sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
    const users = splitNames.map((name) => new Set(parts[name].map((row) => rows[row]!.user)));
    expect(users.flatMap((some) => [...some])).toHaveLength(20);
    for (const some of users) expect(some.size).toBeGreaterThan(0);
  });

  it.each(['day', 'date'])('are split by time: %s', async (column) => {
    const parts = await read(`split: { orderBy: { column: ${column} }, validation: 0.1, test: 0.2 }`);
    const days = (name: SplitName) => parts[name].map((row) => rows[row]!.day).sort((a, b) => a - b);
    const between = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    expect([days('train'), days('validation'), days('test')]).toEqual([
      between(0, 42),
      between(42, 48),
      between(48, 60),
    ]);
  });

  it('refuse times that cannot be read, and leave such rows out where they are told to', async () => {
    const bad = 'file: bad.tsv, header: true';
    const split = 'split: { orderBy: { column: day }, validation: 0, test: 0.5 }';
    await expect(read(split, bad)).rejects.toThrow(
      /bad\.tsv: line 3: the time "later" is neither a number nor a date that there is\. Write it as/,
    );
    await expect(read('split: { groupBy: { column: user } }', bad)).rejects.toThrow(
      /bad\.tsv: line 4: the group is empty/,
    );
    const parts = await read(`${split}, onBadRow: skip`, bad);
    expect([parts.train.length, parts.test.length]).toEqual([1, 2]);
  });
});

it.each(Object.entries(testTables))('%s need no such column in a file to test on', async (task, columns) => {
  const split = 'split: { orderBy: { column: day }, validation: 0.1 }';
  const parts = await readers[task]!(`${split}, test: { file: own.tsv, header: true, ${columns} }`);
  expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([54, 6, 1]);
});

it('gives each part its share of the classes of features, users whole', async () => {
  const parts = await readers['classes of features']!(
    'split: { stratify: true, groupBy: { column: user }, validation: 0.2, test: 0.3 }',
  );
  const odd = (name: SplitName) => parts[name].filter((row) => row % 2 === 1).length;
  expect(splitNames.map((name) => [parts[name].length, odd(name)])).toEqual([
    [30, 15],
    [12, 6],
    [18, 9],
  ]);
  const users = splitNames.map((name) => new Set(parts[name].map((row) => rows[row]!.user)));
  expect(users.flatMap((some) => [...some])).toHaveLength(20);
});

it('has one example of a source in each part, and its rows where their groups and times are', async () => {
  const source = `source: { ${file}, columns: { source: label, target: target } }`;
  const parts = await readExamples(
    await config(
      'sequence-to-sequence',
      `${source}, split: { orderBy: { column: day }, validation: 0.1, test: 0.2 }`,
    ),
  );
  for (const name of splitNames)
    expect(parts[name].map((each) => each.source).sort()).toEqual(['even', 'odd']);
  expect(parts.test.flatMap(({ references }) => references)).toHaveLength(12);
});

it('proposes no grouping where rows are split by a column', async () => {
  const groupings = async (split: string) => {
    const own = await config<TaskName>(
      'regression',
      `source: { ${file}, text: target, values: [value] }, ${split}`,
    );
    const { parts } = await readDataParts(own, new BadRows(), cleanersOf(own));
    return parts[0]!.grouping;
  };
  expect(await groupings('split: { seed: 1 }')).toBe('normalized');
  expect(await groupings('split: { groupBy: { column: user } }')).toBeUndefined();
  expect(await groupings('split: { orderBy: { column: day } }')).toBeUndefined();
});

describe('recordings', () => {
  const columns = 'columns: { file: file, label: label }';
  const source = `source: { recordings: sounds.csv, header: true, ${columns}, rate: 8000, seconds: 0.1, bands: 4 }`;
  const image = 'model: { encoder: { type: image } }\n';
  const namesOf = async (split: string) => {
    const read = await readLabelled(await config('classification', `${source}, split: { ${split} }`, image));
    if (!('images' in read)) throw new Error('recordings were read');
    const { images } = read;
    return each(images, ({ names }) => names!.map((name) => Number(/\d+/.exec(name)![0])));
  };

  it('of a speaker stay together', async () => {
    const parts = await namesOf('groupBy: { column: speaker }, validation: 0.3, test: 0.3');
    const speakers = splitNames.map((name) => new Set(parts[name].map((i) => i % 4)));
    expect(speakers.flatMap((some) => [...some])).toHaveLength(4);
    expect(splitNames.flatMap((name) => parts[name])).toHaveLength(12);
  });

  it('are split by time', async () => {
    expect(await namesOf('orderBy: { column: year }, validation: 0.25, test: 0.25')).toEqual({
      train: [0, 1, 2, 3, 4, 5],
      validation: [6, 7, 8],
      test: [9, 10, 11],
    });
  });

  it('need a table for it', async () => {
    const folders = source.replace('sounds.csv, header: true', 'sounds');
    const own = await config('classification', `${folders}, split: { groupBy: { column: speaker } }`, image);
    await expect(readLabelled(own)).rejects.toThrow(/data\.split names a column, but .*sounds is a folder/);
  });
});

describe('a configuration', () => {
  const pairs = `source: { ${file} }`;

  it.each<[TaskName, string, string, string?]>([
    [
      'sequence-to-sequence',
      `${pairs}, split: { orderBy: { column: 5 }, folds: 5 }`,
      'data.split.folds divides rows by a hash, and data.split.orderBy by time; keep one of them',
    ],
    [
      'classification',
      `source: { file: a }, split: { orderBy: { column: 5 }, stratify: true }`,
      'data.split.stratify divides each class by a hash, and data.split.orderBy by time',
    ],
    [
      'sequence-to-sequence',
      `${pairs}, split: { orderBy: { column: 5 }, groupBy: { column: 4 } }`,
      'data.split.groupBy divides groups by a hash, and data.split.orderBy by time',
    ],
    [
      'sequence-to-sequence',
      'source: { package: cmu-pronouncing-dictionary }, split: { groupBy: { column: 4 } }',
      'data.split.groupBy is by a column, but data.source is no table; leave it out',
    ],
    [
      'ctc',
      'source: { synthetic: copy, count: 10 }, split: { orderBy: { column: 4 } }',
      'data.split.orderBy is by a column, but data.source is no table; leave it out',
    ],
    [
      'language-model',
      'source: { text: a.txt }, split: { orderBy: { column: 4 } }',
      'data.split.orderBy is by a column, but data.source is one long text; leave it out',
    ],
    [
      'language-model',
      'source: { text: a.txt }, split: { groupBy: normalized }',
      'data.split.groupBy groups the texts of a table, but data.source is one long text',
    ],
    [
      'classification',
      'source: { images: a, labels: b }, split: { groupBy: { column: 4 } }',
      'data.split.groupBy is by a column, but data.source has images, which no table lists',
      'model: { encoder: { type: image } }\n',
    ],
    [
      'regression',
      'source: { file: a, features: [0], values: [1] }, split: { groupBy: normalized }',
      'data.split.groupBy groups texts, and data.source has none',
      mlp,
    ],
  ])('of %s is refused: %s', async (task, data, message, rest) => {
    await expect(config(task, data, rest)).rejects.toThrow(message);
  });
});
