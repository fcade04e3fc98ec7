import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadRows } from '../../data/badRows.js';
import { splitNames } from '../../data/split.js';
import type { Config, TaskName } from '../schema.js';
import { inputKey } from '../tableInputs.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';
import { cleanerOf, cleanersOf } from './cleanTexts.js';
import { readDataParts } from './readDataParts.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-cleaning-'));
  const rows = Array.from({ length: 60 }, (_, i) => `Word  ${i}!\tmot ${i}\t${i % 3 ? 'a' : 'b'}\t${i % 7}`);
  const odd = [
    'Word 1\tun\ta\t1',
    'WORD 2\tdeux\tb\t2',
    'Word  3!\tmot 3\tb\t3',
    'x\ty\ta\t4',
    ' \tvoid\ta\t5',
  ];
  await writeFile(join(folder, 'rows.tsv'), [...rows, ...odd].join('\n'));
  await writeFile(join(folder, 'own.tsv'), 'WORD  7\tmot 7\ta\t0\nx\ty\tb\t0\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function config<Name extends TaskName>(
  task: Name,
  data: string,
): Promise<Extract<Config, { task: Name }>> {
  const path = join(folder, 'x.yaml');
  await writeFile(path, `task: ${task}\ndata: { ${data} }\n`);
  return (await readConfig(path)) as unknown as Extract<Config, { task: Name }>;
}

const clean = 'clean: { collapseSpaces: true, lowercase: true, minLength: 2, dropDuplicates: true }';

describe('data.clean', () => {
  it('cleans pairs, and drops those of the source that do not pass', async () => {
    const own = await config(
      'sequence-to-sequence',
      `source: { file: rows.tsv }, test: { file: own.tsv }, ${clean}`,
    );
    const cleaner = cleanerOf(own.data.clean)!;
    const parts = await readExamples(own, new BadRows(), cleaner);
    // 'Word 3!' comes again with all it has.
    expect(Object.fromEntries(cleaner.dropped)).toEqual({ duplicate: 1, 'too short': 1, empty: 1 });
    expect(cleaner.notes).toEqual(['3 rows left out (data.clean): 1 duplicate, 1 too short, 1 empty']);
    expect([...parts.train, ...parts.validation].map(({ source }) => source)).toContain('word 1!');
    // A file to test on loses no rows, but is in the same form.
    expect(parts.test.map(({ source }) => source)).toEqual(['word 7', 'x']);
  });

  it('says so where it leaves no row', async () => {
    for (const task of ['sequence-to-sequence', 'classification', 'language-model'] as const) {
      const own = await config(task, 'source: { file: rows.tsv }, clean: { minLength: 100 }');
      await expect(prepareTask(own), task).rejects.toThrow(
        /^data\.clean leaves no row: 65 rows left out \(data\.clean\): .*64 too short.* Loosen it\.$/,
      );
    }
  });

  it('is told by a task, and done to what the model is asked later', async () => {
    const own = await config('classification', `source: { file: rows.tsv, columns: { label: 2 } }, ${clean}`);
    const task = await prepareTask(own);
    expect(task.facts.notes).toEqual(['3 rows left out (data.clean): 1 duplicate, 1 too short, 1 empty']);
    expect(task.reads!.tokenizer.tokenize(' WORD   9! ').join('')).toBe('word 9!');
  });

  it('cleans the texts of regression and of language models', async () => {
    const source = 'source: { file: rows.tsv, text: 0, values: [3] }';
    const valued = await readValued(await config('regression', `${source}, ${clean}`));
    const all = splitNames.flatMap((part) => valued[part].texts!);
    expect(all).toHaveLength(62);
    expect(all).toContain('word 2');
    const texts = await readTexts(await config('language-model', `source: { file: rows.tsv }, ${clean}`));
    expect(splitNames.flatMap((part) => texts[part])).toHaveLength(62);
  });

  it('is refused where there are no texts to clean', async () => {
    await expect(
      config('classification', 'source: { images: a, labels: b }, clean: { lowercase: true }'),
    ).rejects.toThrow('data.clean cleans texts; leave it out for images');
    await expect(
      config('language-model', 'source: { text: a.txt }, clean: { lowercase: true }'),
    ).rejects.toThrow('data.clean cleans the texts of a table');
    await expect(
      config('regression', 'source: { file: a, features: [0], values: [1] }, clean: { lowercase: true }'),
    ).rejects.toThrow('data.clean cleans texts, and data.source has none');
  });
});

describe('data.split', () => {
  const labelled = 'source: { file: rows.tsv, columns: { label: 2 } }, onBadRow: skip';
  const key = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

  it.each([
    ['sequence-to-sequence' as const, 'source: { file: rows.tsv }, onBadRow: skip'],
    ['classification' as const, labelled],
  ])('of %s keeps texts together that are alike', async (task, data) => {
    const split = 'split: { groupBy: normalized, validation: 0.3, test: 0.3 }';
    const own = await config<TaskName>(task, `${data}, ${split}`);
    const {
      parts: [parts],
    } = await readDataParts(own, new BadRows('skip'), cleanersOf(own));
    const places = new Map<string, Set<string>>();
    for (const part of splitNames)
      for (const text of parts!.texts[0]!.parts[part])
        places.set(key(text), (places.get(key(text)) ?? new Set()).add(part));
    expect(places.size).toBe(61);
    expect([...places.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it('groups by a column', async () => {
    const split = 'split: { groupBy: { column: 3 }, validation: 0.2, test: 0.2 }';
    const data = await readLabelled(await config('classification', `${labelled}, ${split}`));
    if (!('texts' in data)) throw new Error('texts were read');
    const places = splitNames.map((part) => new Set(data.texts[part].map(({ group }) => group)));
    const all = places.flatMap((groups) => [...groups]);
    expect(all).toHaveLength(new Set(all).size);
    expect(new Set(all)).toEqual(new Set(['0', '1', '2', '3', '4', '5', '6']));
  });

  it('keeps rows of numbers together that are equal, or that a column groups', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${i % 40},${i % 5},${i % 3 ? 'a' : 'b'},u${i % 7}\n`);
    await writeFile(join(folder, 'numbers.csv'), rows.join(''));
    const source = 'source: { file: numbers.csv, columns: { features: [0, 1], label: 2 } }';
    const read = async (groupBy: string) => {
      const split = `split: { validation: 0.3, test: 0.3, ${groupBy} }`;
      const path = join(folder, 'numbers.yaml');
      await writeFile(
        path,
        `task: classification\ndata: { ${source}, ${split} }\nmodel: { encoder: { type: mlp } }\n`,
      );
      const data = await readLabelled(
        (await readConfig(path)) as Extract<Config, { task: 'classification' }>,
      );
      if (!('rows' in data)) throw new Error('rows were read');
      return data.rows;
    };
    const own = await read('stratify: true');
    const keys = splitNames.map((part) => new Set(own[part].labels.map((_, i) => inputKey(own[part], i))));
    expect(keys.reduce((sum, { size }) => sum + size, 0)).toBe(40);
    const grouped = await read('groupBy: { column: 3 }');
    const groups = splitNames.flatMap((part) => [
      ...new Set(grouped[part].marks!.map(({ group }) => group!)),
    ]);
    expect([...groups].sort()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6']);
    expect(splitNames.map((part) => grouped[part].labels.length).reduce((a, b) => a + b)).toBe(120);
  });

  it('gives every fold its share of each class, and tests each row once', async () => {
    const tested: string[] = [];
    for (let fold = 0; fold < 5; fold++) {
      const split = `split: { folds: 5, fold: ${fold}, stratify: true, groupBy: normalized }`;
      const data = await readLabelled(await config('classification', `${labelled}, ${split}`));
      if (!('texts' in data)) throw new Error('texts were read');
      const { test } = data.texts;
      tested.push(...test.map(({ origin }) => origin));
      expect(test.filter(({ label }) => label === 'b').length).toBeGreaterThanOrEqual(4);
      expect(test.filter(({ label }) => label === 'b').length).toBeLessThanOrEqual(6);
    }
    expect(tested).toHaveLength(64);
    expect(new Set(tested).size).toBe(64);
  });

  it('refuses a fold that there is not, and a test file beside folds', async () => {
    await expect(config('classification', `${labelled}, split: { folds: 3, fold: 3 }`)).rejects.toThrow(
      'data.split.fold is 3, but 3 folds count from 0',
    );
    await expect(
      config('sequence-to-sequence', 'source: { file: a }, test: { file: b }, split: { folds: 3 }'),
    ).rejects.toThrow('data.split.folds makes each fold the test part in turn; leave data.test out');
  });
});
