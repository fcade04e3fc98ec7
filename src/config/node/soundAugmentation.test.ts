import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wavFile } from '../../../test/support/wavFile.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-sounds-'));
  for (const name of ['low', 'high']) {
    await mkdir(join(folder, 'tones', name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const hertz = (name === 'low' ? 300 : 1500) + 20 * i;
      // Half a second, that swells.
      const sample = (_: unknown, t: number) => (0.2 * t * Math.sin((2 * Math.PI * hertz * t) / 8000)) / 4000;
      await writeFile(
        join(folder, 'tones', name, `${i}.wav`),
        wavFile(Array.from({ length: 4000 }, sample), 8000),
      );
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, 'x.yaml');
  await writeFile(path, text);
  return readConfig(path);
}

const of = (augment: string) => `task: classification
data: { source: { recordings: tones, rate: 8000, seconds: 0.6, bands: 12 } }
model: { encoder: { type: image, blocks: [{ channels: 2, pool: 4 }] } }
training: { augment: [${augment}] }
`;
const [bands, frames] = [12, 61];

/** All pictures of an epoch, [bands][frames] each, in the order of the examples. */
async function pictures(augment: string, epoch = 0): Promise<number[][][]> {
  const { train } = await prepareTask(await read(of(augment)));
  const indices = train.plan({ batchSize: 100 }, { seed: 1, epoch }).flatMap((batch) => [...batch]);
  const { image } = train.batch(Int32Array.from(indices).sort());
  const values = Array.from(image!.data as Float32Array);
  return indices.map((_, b) =>
    Array.from({ length: bands }, (_, band) => {
      const start = (b * bands + band) * frames;
      return values.slice(start, start + frames);
    }),
  );
}

it('moves recordings in time alone', async () => {
  const [before, after] = [await pictures(''), await pictures('{ type: shift-time, milliseconds: 100 }')];
  const moved = before.map((own, example) => {
    // The same number of frames in each band.
    const found = Array.from({ length: 21 }, (_, i) => i - 10).filter((by) =>
      own.every((from, band) => {
        const low = Math.max(0, by);
        const kept = after[example]![band]!.slice(low, frames + Math.min(0, by));
        return kept.every((value, t) => value === from[low - by + t]);
      }),
    );
    expect(found).toHaveLength(1);
    return found[0]!;
  });
  expect(new Set(moved).size).toBeGreaterThan(5);
  expect(Math.max(...moved)).toBeGreaterThan(5);
  expect(Math.min(...moved)).toBeLessThan(-5);
});

it.each([
  '{ type: sound-noise, snr: [5, 20] }',
  '{ type: mask-spectrogram, bands: 4, milliseconds: 200, masks: 2 }',
])('draws anew in every epoch: %s', async (augment) => {
  const [plain, first] = [await pictures(''), await pictures(augment)];
  expect(await pictures(augment)).toEqual(first);
  const second = await pictures(augment, 1);
  const same = (some: number[][][], other: number[][][]) =>
    some.filter((picture, i) => picture.join() === other[i]!.join()).length;
  expect(same(first, plain)).toBeLessThan(3);
  expect(same(first, second)).toBeLessThan(3);
});

it('refuses what is not for recordings, and what only they have', async () => {
  await expect(read(of('{ type: rotate-tokens }'))).rejects.toThrow(
    'training.augment.0.type is rotate-tokens, but the model reads recordings; leave it out',
  );
  const images = `task: classification
data: { source: { images: a, labels: b } }
model: { encoder: { type: image } }
training: { augment: [{ type: shift-time, milliseconds: 50 }] }
`;
  await expect(read(images)).rejects.toThrow(
    'training.augment.0.type is shift-time, but the model reads images; leave it out',
  );
  const noise = '{ type: sound-noise, snr: [5, 20] }';
  await expect(read(of(`${noise}, ${noise}`))).rejects.toThrow(
    'training.augment.1.type is sound-noise a second time',
  );
  await expect(read(of('{ type: sound-noise, snr: [20, 5] }'))).rejects.toThrow(
    'training.augment.0.snr is [20, 5]; the least ratio comes first',
  );
});
