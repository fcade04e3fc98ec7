import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCli } from './support/cli.js';
import { tone } from './support/tone.js';

const cli = useCli();
const file = (...names: string[]) => join(cli.folder, ...names);

describe('a table with bad rows', () => {
  const texts = Array.from({ length: 60 }, (_, i) => ({
    text: `${i % 2 ? 'red' : 'blue'} ${i}`,
    label: i % 2,
  }));
  const lines = texts.map((each) => JSON.stringify(each));

  beforeAll(async () => {
    await writeFile(
      file('colours.jsonl'),
      [...lines.slice(0, 5), '{"text": "red"', ...lines.slice(5), '{}', ''].join('\n'),
    );
    await writeFile(
      file('good.csv'),
      `label,text\n${texts.map(({ text, label }) => `${label},"${text}"\n`).join('')}0\n`,
    );
    await writeFile(
      file('colours.yaml'),
      `task: classification
data:
  source: { file: colours.jsonl, columns: { text: text, label: label } }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word, minCount: 2 }
model: { encoder: { type: convolutional, embeddingSize: 8, channels: 8, layers: 1 }, pooling: max }
training: { steps: 40, batchSize: 16, optimizer: { type: adam, learningRate: 0.02 } }
`,
    );
  });

  it('is not trained on by default', async () => {
    const { code, stderr } = await cli.run(['train', 'colours.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^heddle: .*colours\.jsonl: line 6, column 15: not valid JSON \(it ends where [^\n]+\n$/,
    );
  });

  it('is trained on without them, and they are listed', async () => {
    const training = await cli.run(['train', 'colours.yaml', '--on-bad-row', 'report']);
    expect(training.stderr).toBe('');
    expect(training.stdout).toMatch(/2 bad rows left out \(data\.onBadRow\), the first: .*line 6/);
    expect(training.stdout).toMatch(/accuracy 100\.00 %/);
    const [header, ...rows] = (await readFile(file('runs/colours/bad-rows.tsv'), 'utf8')).trim().split('\n');
    expect(header).toBe('row\treason');
    expect(rows).toEqual([
      expect.stringMatching(/colours\.jsonl: line 6\tcolumn 15: not valid JSON/),
      expect.stringMatching(/colours\.jsonl: line 62\tno text: the row has no "text"\. It has none/),
    ]);
    const resumed = await cli.run(['train', 'colours.yaml', '--resume', '--on-bad-row', 'skip']);
    expect(resumed.stdout).toContain('Nothing left to train');
  });

  it('is measured without them', async () => {
    const own = await cli.run(['evaluate', 'runs/colours', '--on-bad-row', 'report']);
    expect(own.code).toBe(0);
    expect(own.stderr).toMatch(
      /^heddle: .*colours\.jsonl: line 6.*not valid JSON.*\nheddle: .*line 62: no text/,
    );
    const other = ['evaluate', 'runs/colours', '--data', 'good.csv'];
    expect((await cli.run([...other, '--on-bad-row', 'fail'])).stderr).toMatch(
      /column "text" is given by name/,
    );
    const wrong = await cli.run([...other, '--on-bad-row', 'drop']);
    expect(wrong.stderr).toBe("heddle: --on-bad-row is 'drop'. Valid here: fail, skip, report.\n");
  });
});

it('a classifier learns from folders of images, and answers images', async () => {
  for (const part of ['train', 'test'])
    for (const [name, background] of [
      ['light', '#d0d0d0'],
      ['dark', '#202020'],
    ] as const) {
      await mkdir(file('shades', part, name), { recursive: true });
      for (let i = 0; i < (part === 'train' ? 24 : 4); i++)
        await sharp({ create: { width: 6 + i, height: 8, channels: 3, background } }).toFile(
          file('shades', part, name, `${i}.${i % 2 ? 'png' : 'jpg'}`),
        );
    }
  await writeFile(
    file('shades.yaml'),
    `task: classification
data:
  source: { folder: shades/train, height: 8, width: 8, channels: 1 }
  validation: { folder: shades/test, height: 8, width: 8, channels: 1 }
  test: { folder: shades/test, height: 8, width: 8, channels: 1 }
model: { encoder: { type: image, blocks: [{ channels: 4 }] } }
training: { steps: 40, batchSize: 8, optimizer: { type: adam, learningRate: 0.02 } }
`,
  );
  const training = await cli.run(['train', 'shades.yaml']);
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/Data: 48 images of 2 classes to train, 8 to validate, 8 to test/);
  expect(training.stdout).toMatch(/images of 8 × 8\n/);
  expect(training.stdout).toMatch(/accuracy 100\.00 %/);
  const { stdout } = await cli.run(['predict', 'runs/shades', 'shades/test/dark/1.png']);
  expect(stdout).toMatch(/^shades\/test\/dark\/1\.png\tdark\t[01]\.\d+\n$/);
  const own = await cli.run(['evaluate', 'runs/shades', '--data', 'shades/train']);
  expect(own.stdout).toMatch(/^shades\/train: 48 examples, the likeliest class/);
  const other = await cli.run(['train', 'shades.yaml', '--run', 'x', '--set', 'data.test.channels=3']);
  expect(other.stderr).toMatch(
    /shades\/test: the images are 8 × 8 with 3 channels, the model reads 8 × 8 with 1/,
  );
});

it('a classifier learns from recordings in folders and in tables, and answers recordings', async () => {
  for (const [name, base] of [
    ['low', 200],
    ['high', 1800],
  ] as const) {
    await mkdir(file('tones', name), { recursive: true });
    for (let i = 0; i < 20; i++)
      await writeFile(file('tones', name, `${i}.wav`), tone(base + 20 * i, i % 2 ? 8000 : 16000));
  }
  await writeFile(file('tones/held.csv'), 'path,class\nlow/3.wav,low\n"high/4.wav",high\n');
  const held =
    '{ recordings: tones/held.csv, header: true, columns: { file: path, label: class }, rate: 8000, seconds: 0.6, bands: 12 }';
  await writeFile(
    file('tones.yaml'),
    `task: classification
data:
  source: { recordings: tones, rate: 8000, seconds: 0.6, bands: 12 }
  validation: ${held}
  test: ${held}
model: { encoder: { type: image, blocks: [{ channels: 4, pool: 4 }] } }
training: { steps: 40, batchSize: 8, optimizer: { type: adam, learningRate: 0.02 } }
`,
  );
  const training = await cli.run(['train', 'tones.yaml']);
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/Data: 40 recordings of 2 classes to train, 2 to validate, 2 to test/);
  expect(training.stdout).toMatch(/images of 12 × 61\n/);
  expect(training.stdout).toMatch(/accuracy 100\.00 %/);
  const { stdout } = await cli.run(['predict', 'runs/tones', 'tones/low/0.wav', 'tones/high/1.wav']);
  expect(stdout).toMatch(/^tones\/low\/0\.wav\tlow\t[01]\.\d+\ntones\/high\/1\.wav\thigh\t[01]\.\d+\n$/);
  const measured = await cli.run(['evaluate', 'runs/tones', '--data', 'tones']);
  expect(measured.stdout).toMatch(/^tones: 40 examples, the likeliest class/);
});
