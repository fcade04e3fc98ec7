import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdxSurvey } from '../../survey.js';
import { surveyData } from './surveyData.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-survey-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

const rows = Array.from({ length: 60 }, (_, i) => [`a text, number ${i}`, i % 2 === 0 ? 'yes' : 'no']);
const joined = (sign: string, quote = '') =>
  rows.map((row) => row.map((cell) => `${quote}${cell}${quote}`).join(sign)).join('\n');

describe('a table', () => {
  it.each<[string, string | Uint8Array, object]>([
    ['a.txt', joined('\t'), { source: {}, names: [0, 1], count: 60 }],
    ['b', `what\tclass\n${joined('\t')}`, { source: { header: true }, names: ['what', 'class'], count: 60 }],
    ['c.dat', joined(',', '"'), { source: { format: 'csv' }, names: [0, 1] }],
    ['d.tsv', joined(';'), { source: { separator: 'semicolon' } }],
    ['e.data.gz', gzipSync(joined('\t')), { count: 60 }],
    ['f.txt', `\ufeff${joined('\t')}`, { count: 60 }],
    [
      'g.csv',
      new Uint8Array(Buffer.from(`\ufeff${joined(',', '"')}`, 'utf16le')),
      { source: { encoding: 'utf-16le' } },
    ],
    [
      'h',
      rows
        .map(([text, label], i) =>
          JSON.stringify({ id: i, pair: { en: text, zh: label }, note: i === 3 ? null : 'x' }),
        )
        .join('\n'),
      { source: { format: 'jsonl' }, names: ['id', 'pair.en', 'pair.zh', 'note'], bad: { count: 0 } },
    ],
  ])('%s is read, whatever it is called', async (name, content, expected) => {
    const found = await surveyData(await write(name, content));
    expect(found).toMatchObject({ kind: 'table', ...expected });
  });

  it('has numbers with a decimal comma', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i},5;${i % 4};x${i}`);
    expect(await surveyData(await write('comma.csv', `rent;rooms;note\n${lines.join('\n')}`))).toMatchObject({
      source: { separator: 'semicolon', header: true, decimal: 'comma' },
      columns: [{ kind: 'number' }, {}, { kind: 'text' }],
      origins: expect.arrayContaining([`${join(folder, 'comma.csv')}: line 2`]) as string[],
    });
  });

  it('has a header where the user says so', async () => {
    const path = await write('asked.tsv', joined('\t'));
    expect(await surveyData(path, { header: true })).toMatchObject({
      source: { header: true },
      names: ['a text, number 0', 'yes'],
      count: 59,
    });
    expect(
      await surveyData(await write('asked-not.tsv', `text\tlabel\n${joined('\t')}`), { header: false }),
    ).toMatchObject({ names: [0, 1], count: 61 });
    await expect(surveyData(folder, { header: true })).rejects.toThrow(/is a folder, and only TSV and CSV/);
    const keyed = await write('asked.jsonl', '{"a":"b"}\n{"a":"c"}\n');
    await expect(surveyData(keyed, { header: true })).rejects.toThrow(/only told of TSV and CSV files/);
    const alone = await write('alone.tsv', 'a\tb\n');
    await expect(surveyData(alone, { header: true })).rejects.toThrow(/no rows after its header/);
  });

  it('of a word and its tag in each line is to be converted', async () => {
    const path = await write('words.conll', 'in\tO\nRome\tB-place\n\nat\tO\nhome\tO\n\n');
    await expect(surveyData(path)).rejects.toThrow(/words\.conll: holds a word and its tag in each line/);
  });

  it('has rows that cannot be read', async () => {
    const found = await surveyData(await write('bad.csv', `${joined(',', '"')}\n"a","b","c"`));
    expect(found).toMatchObject({
      count: 60,
      bad: { count: 1, rows: [{ reason: expect.stringMatching(/3 columns/) as string }] },
    });
  });

  it('must have a row that can be read', async () => {
    const [, path] = [await write('js/a.json', '{\n  "name": "x"\n}\n'), join(folder, 'js')];
    await expect(surveyData(path)).rejects.toThrow(
      /a\.json: line 1, column 2: not valid JSON .* Write each object on a line of its own\.$/,
    );
  });

  it('may be a folder with parts of its own', async () => {
    await write('set/data/train.csv', `text,label\n${joined(',', '"')}`);
    await write('set/data/test.csv', `text,label\n${joined(',', '"')}`);
    expect(await surveyData(join(folder, 'set'))).toMatchObject({
      names: ['text', 'label'],
      count: 60,
      ownSplits: ['test'],
    });
  });
});

it('a long line is cut anywhere, and its encoding known', async () => {
  const found = await surveyData(await write('novel.txt', '織女在機前。'.repeat(20_000)));
  expect(found).toMatchObject({ kind: 'text', characters: 120_001 });
  expect(found).not.toHaveProperty('encoding');
});

it('plain text is read in lines', async () => {
  const text = 'It was, so it seems, late.\n\nNobody came\nor went.\n';
  expect(await surveyData(await write('text.md', text))).toMatchObject({
    kind: 'text',
    characters: text.length,
    lines: ['It was, so it seems, late.', '', 'Nobody came', 'or went.'],
  });
});

describe('files in the IDX format', () => {
  const idx = (shape: number[]) => {
    const bytes = Buffer.alloc(4 + 4 * shape.length + shape.reduce((a, b) => a * b));
    bytes.set([0, 0, 8, shape.length]);
    shape.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
    return bytes;
  };

  it('are told by what they hold', async () => {
    await write('idx/p', gzipSync(idx([20, 6, 5])));
    await write('idx/q', idx([50]));
    await write('idx/r.gz', gzipSync(idx([20])));
    const images = await write('idx/s', idx([50, 6, 5]));
    await write('idx/note.txt', 'not one of them');
    const train = { images, labels: join(folder, 'idx/q'), count: 50, height: 6, width: 5 };
    const test = { images: join(folder, 'idx/p'), labels: join(folder, 'idx/r.gz'), count: 20 };
    expect(await surveyData(join(folder, 'idx'))).toMatchObject({ kind: 'idx', train, test });
    expect(await surveyData(images)).toMatchObject({ train });
    expect(await surveyData(join(folder, 'idx/r.gz'))).toMatchObject({ train: test });
  });

  it('of equal counts go together by their names, or are refused', async () => {
    await write('mnist/train-images-idx3', idx([9, 6, 5]));
    await write('mnist/train-labels-idx1', idx([9]));
    await write('mnist/t10k-images-idx3', idx([9, 6, 5]));
    await write('mnist/t10k-labels-idx1', idx([9]));
    const { train, test } = (await surveyData(join(folder, 'mnist'))) as IdxSurvey;
    for (const pair of [train, test!])
      expect(pair.labels).toBe(pair.images.replace('images-idx3', 'labels-idx1'));
    await write('mixed/a', idx([9, 6, 5]));
    await write('mixed/b', idx([9]));
    await write('mixed/c', idx([9]));
    await expect(surveyData(join(folder, 'mixed'))).rejects.toThrow(/a: .*b and .*c have as many labels/);
  });

  it('must go together', async () => {
    const images = await write('alone/images', idx([7, 6, 5]));
    await expect(surveyData(images)).rejects.toThrow(/no two of as many go together: .*images \[7, 6, 5\]/);
  });
});

describe('recordings', () => {
  const wav = (seconds: number) => {
    const samples = Buffer.alloc(16_000 * seconds);
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + samples.length, 4);
    head.write('WAVEfmt ', 8);
    [16, 1 + (1 << 16), 8000, 16_000, 2 + (16 << 16)].forEach((value, i) =>
      head.writeUInt32LE(value, 16 + 4 * i),
    );
    head.write('data', 36);
    head.writeUInt32LE(samples.length, 40);
    return Buffer.concat([head, samples]);
  };

  it('have a folder for each class, or a table', async () => {
    for (let i = 0; i < 6; i++) await write(`sounds/${i % 2 ? 'up' : 'down'}/${i}.wav`, wav(0.5));
    const form = {
      rate: 8000,
      seconds: 0.5,
      classes: [
        ['down', 3],
        ['up', 3],
      ],
    };
    expect(await surveyData(join(folder, 'sounds'))).toMatchObject({ kind: 'recordings', ...form });
    const lines = Array.from(
      { length: 6 },
      (_, i) => `${i % 2 ? 'up' : 'down'};s${i};sounds/${i % 2 ? 'up' : 'down'}/${i}.wav`,
    );
    const table = await write('list.dat', lines.join('\n'));
    expect(await surveyData(table)).toMatchObject({
      ...form,
      place: table,
      table: { source: { separator: 'semicolon' }, file: 2, label: 0 },
    });
    await expect(surveyData(join(folder, 'sounds/up'))).rejects.toThrow(
      /holds recordings, but nothing says of which class each is/,
    );
  });
});

it('images are looked at', async () => {
  const image = (grey: boolean) =>
    sharp({ create: { width: 20, height: 12, channels: 3, background: grey ? '#777777' : '#ff0000' } })
      .png()
      .toBuffer();
  for (const name of ['grey/a/1.png', 'grey/b/1.png', 'red/a/1.png', 'red/b/1.png'])
    await write(name, await image(name.startsWith('grey')));
  const size = {
    kind: 'images',
    height: 12,
    width: 20,
    classes: [
      ['a', 1],
      ['b', 1],
    ],
  };
  expect(await surveyData(join(folder, 'grey'))).toMatchObject({ ...size, colour: false });
  expect(await surveyData(join(folder, 'red'))).toMatchObject({ ...size, colour: true });
});

it.each<[string, Uint8Array, RegExp]>([
  ['nothing.tsv', Buffer.alloc(0), /the file is empty/],
  ['zipped', gzipSync('a\tb\n'), /compressed by gzip, but its name does not say so/],
  ['bytes.bin', Buffer.from([1, 0, 2, 0, 0xc3, 0x28]), /neither text nor a format that is known/],
])('%s cannot be read', async (name, content, message) => {
  await expect(surveyData(await write(name, content))).rejects.toThrow(message);
});
