import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from '../support/cli.js';
import { spell, spelledWords } from '../support/spell.js';
import { wavFile } from '../support/wavFile.js';

const cli = useCli();
const file = (...names: string[]) => join(cli.folder, ...names);

const config = `task: speech-recognition
data:
  source: { recordings: spoken.csv, header: true, columns: { file: path, text: said }, rate: 8000, bands: 16 }
  split: { validation: 0.1, test: 0.2, groupBy: { column: voice } }
model: { encoder: { hiddenSize: 16, convolutions: [{ channels: 16, kernel: 5 }] } }
training:
  steps: 120
  batchSize: 32
  clipNorm: 1
  optimizer: { type: adam, learningRate: 0.02 }
  schedule: { type: linear, warmupSteps: 10 }
  validation: { everySteps: 60, stopOn: cer }
`;
const words = spelledWords(240);

let training: CliResult;
beforeAll(async () => {
  await mkdir(file('wav'));
  for (const [i, word] of words.entries()) {
    const rate = i % 5 === 0 ? 16000 : 8000;
    await writeFile(file('wav', `${i}.wav`), wavFile(spell(word, rate), rate));
  }
  const rows = words.map((word, i) => `wav/${i}.wav,${word},voice ${i >> 2}\n`);
  await writeFile(file('spoken.csv'), `path,said,voice\n${rows.join('')}`);
  await writeFile(file('held.csv'), `path,said\nwav/3.wav,${words[3]!}\nwav/7.wav,${words[7]!}\n`);
  await writeFile(file('letters.yaml'), config);
  training = await cli.run(['train', 'letters.yaml']);
});

it('trains on recordings, and measures best paths and beams', async () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(
    /Data: \d+ recordings \(\d\.\d minutes\) to train, \d+ to validate, \d+ to test/,
  );
  expect(training.stdout).toMatch(
    /Test \(\d+ recordings, best path, checkpoint of step \d+\): loss .* · CER .* · WER \(word edits\)/,
  );
  expect(training.stdout).toContain('npx heddle predict runs/letters SOUND.wav');
  const { stdout } = await cli.run(['evaluate', 'runs/letters', '--beam', '4', '--json']);
  const measured = JSON.parse(stdout) as { metrics: Record<string, number>; decoding: string };
  expect(measured.decoding).toBe('beam 4');
  expect(Object.keys(measured.metrics)).toEqual(['loss', 'per', 'cer', 'wer', 'exactMatch', 'wordEditRate']);
  expect(measured.metrics['cer']).toBeLessThan(0.05);
  const held = await cli.run(['evaluate', 'runs/letters', '--data', 'held.csv']);
  expect(held.stdout).toMatch(/^held\.csv: 2 recordings, best path/);
});

it('transcribes files', async () => {
  const paths = ['wav/3.wav', 'wav/5.wav'];
  const { code, stdout } = await cli.run(['predict', 'runs/letters', ...paths]);
  expect(stdout).toBe(`wav/3.wav\t${words[3]!}\nwav/5.wav\t${words[5]!}\n`);
  expect(code).toBe(0);
  const best = await cli.run(['predict', 'runs/letters', 'wav/3.wav', '--n-best', '2', '--json']);
  const { text, predictions } = JSON.parse(best.stdout) as {
    text: string;
    predictions: { text: string; score: number }[];
  };
  expect(text).toBe('wav/3.wav');
  expect(predictions[0]!.text).toBe(words[3]);
  expect(predictions[0]!.score).toBeGreaterThan(predictions[1]!.score);
});

it('shows data and layers, and goes on with a run', async () => {
  const noise = 'training.augment=[{ type: noise, deviation: 0.1 }]';
  const data = await cli.run(['data', 'letters.yaml', '--set', noise]);
  expect(data.stdout).toContain('log-mel spectrograms of 16 bands, a frame every 10 ms');
  expect(data.stdout).toMatch(/noise/);
  expect(data.stdout).toMatch(/recordings +\d+ +\d+ +\d+\n/);
  expect(data.stdout).toMatch(/seconds, train +0\.1/);
  const { stdout } = await cli.run(['inspect', 'runs/letters']);
  expect(stdout).toMatch(/text: 8 character tokens/);
  expect(stdout).toMatch(/encoder\.subsampling\.convolutions\.0\.weight +16 × 16 × 5 +1,280\n/);
  const resumed = await cli.run(['train', 'letters.yaml', '--resume', '--set', 'training.steps=125']);
  expect(resumed.stdout).toContain('Going on from step 120 of 125');
  expect(resumed.code).toBe(0);
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(args);
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
    expect(code).toBe(2);
    return stderr;
  };
  await writeFile(file('short.csv'), `path,said\nwav/4.wav,${'abcd'.repeat(20)}\n`);
  expect(await complaint('evaluate', 'runs/letters', '--data', 'short.csv')).toContain(
    'short.csv: line 2: the recording has 17 frames, of which the encoder makes 9 positions, too few for CTC',
  );
  await writeFile(file('gone.csv'), 'path,said\nwav/none.wav,abc\n');
  expect(await complaint('evaluate', 'runs/letters', '--data', 'gone.csv')).toContain('none.wav');
  expect(await complaint('predict', 'runs/letters', 'spoken.csv')).toContain('not a WAV file');
  expect(await complaint('predict', 'runs/letters', 'wav/3.wav', '--prefix', 'a')).toContain(
    '--prefix is for models',
  );
});
