import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataSetFiles, requireDataSetFiles, type DataSetPart } from './dataSetFolder.js';
import { readRows } from './rows.js';

let root: string;
let folder: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'heddle-data-set-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  folder = join(root, String(count++));
});

async function lay(...files: readonly (string | readonly [name: string, content: string])[]): Promise<void> {
  for (const file of files) {
    const [name, content] = typeof file === 'string' ? [file, 'a,b\n1,2\n'] : file;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

async function files(split: string, part: Partial<DataSetPart> = {}): Promise<string[] | undefined> {
  return (await dataSetFiles(folder, { split, ...part }))?.map((file) => file.slice(folder.length + 1));
}

describe('the files of a split', () => {
  it('are those with its name in their path', async () => {
    await lay('data/train-00001-of-00002.parquet', 'data/train-00000-of-00002.parquet');
    await lay('data/dev-00000-of-00001.parquet', 'data/test-00000-of-00001.parquet', 'notes.csv');
    expect(await files('train')).toEqual([
      'data/train-00000-of-00002.parquet',
      'data/train-00001-of-00002.parquet',
    ]);
    expect(await files('validation')).toEqual(['data/dev-00000-of-00001.parquet']);
    expect(await files('test')).toEqual(['data/test-00000-of-00001.parquet']);
  });

  it('may lie in folders named so', async () => {
    await lay('train/a.jsonl', 'train/b.jsonl.gz', 'validation/a.jsonl', '.cache/train/x.jsonl');
    expect(await files('train')).toEqual(['train/a.jsonl', 'train/b.jsonl.gz']);
    expect(await files('validation')).toEqual(['validation/a.jsonl']);
    expect(await files('test')).toBeUndefined();
  });

  it('are all where no name tells', async () => {
    await lay('poems.csv', 'latest.csv', 'dataset_infos.json');
    expect(await files('train')).toEqual(['latest.csv', 'poems.csv']);
    expect(await files('test')).toBeUndefined();
  });

  it('are what the front matter of README.md says', async () => {
    const front = `---
license: mit
configs:
- config_name: en
  data_files:
  - split: train
    path: "en/part-*.csv"
  - split: test
    path: ["en/held.csv", "more/**/x?.csv"]
- config_name: de
  data_files: de.csv
---
# Text
`;
    await lay(['README.md', front], 'en/part-1.csv', 'en/part-2.csv', 'en/held.csv', 'de.csv', 'more/x1.csv');
    await lay('more/a/b/x2.csv', 'more/a/x10.csv');
    expect(await files('train', { subset: 'en' })).toEqual(['en/part-1.csv', 'en/part-2.csv']);
    expect(await files('test', { subset: 'en' })).toEqual(['en/held.csv', 'more/a/b/x2.csv', 'more/x1.csv']);
    expect(await files('train', { subset: 'de' })).toEqual(['de.csv']);
    await expect(files('train')).rejects.toThrow(/has several data sets\. Choose one \(subset\): en, de\./);
    await expect(files('train', { subset: 'fr' })).rejects.toThrow(
      /no data set 'fr' \(subset\)\. It has en, de/,
    );
  });

  it('are of a folder inside where a subset has no other place', async () => {
    await lay(['README.md', '# Nothing but text'], 'a/train.csv', 'b/train.csv', 'b/test.csv');
    expect(await files('train', { subset: 'b' })).toEqual(['b/train.csv']);
    await expect(files('train', { subset: 'c' })).rejects.toThrow(/has no folder c with tables/);
  });
});

describe('a folder', () => {
  it('without tables says so', async () => {
    await lay(['notes.md', 'x']);
    await expect(files('train')).rejects.toThrow(/holds no tables\. Give a file, or a folder with \.parquet/);
    await lay(['train/data-00000.arrow', 'x']);
    await expect(files('train')).rejects.toThrow(/holds Arrow files.*dataset\.to_parquet/);
  });

  it('without a split says so', async () => {
    await lay('train.csv');
    await expect(requireDataSetFiles(folder, { split: 'test' })).rejects.toThrow(
      /no files of a split 'test'/,
    );
  });

  it('is read file after file, each with its header', async () => {
    await lay(['train-0.csv', 'text,label\n"a, b",x\n'], ['train-1.csv', 'label,text\ny,c\n']);
    const rows: unknown[] = [];
    for await (const { fields, origin } of readRows({ file: folder }, { text: 'text', label: 'label' }))
      rows.push([fields, origin.slice(folder.length + 1)]);
    expect(rows).toEqual([
      [{ text: 'a, b', label: 'x' }, 'train-0.csv: line 2'],
      [{ text: 'c', label: 'y' }, 'train-1.csv: line 2'],
    ]);
  });
});
