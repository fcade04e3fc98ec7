import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readWav } from './wav.js';

/** Written by Python's module wave: see test/fixtures/audio.py. */
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/audio/${name}.wav`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-wav-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A chunk of a RIFF file. */
function chunk(name: string, content: Uint8Array, size = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name);
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

function format(kind: number, bits: number, channels = 1, rate = 8000): Buffer {
  const content = Buffer.alloc(16);
  content.writeUInt16LE(kind, 0);
  content.writeUInt16LE(channels, 2);
  content.writeUInt32LE(rate, 4);
  content.writeUInt16LE(bits, 14);
  return content;
}

async function read(...chunks: Buffer[]) {
  const path = join(folder, 'x.wav');
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  await writeFile(path, chunk('RIFF', body));
  return readWav(path);
}

it.each([8, 16, 24, 32])('reads integers of %i bits, and the mean of two channels', async (bits) => {
  const { samples, rate } = await readWav(fixture(`stereo${bits}`));
  expect(rate).toBe(11025);
  expect([...samples]).toEqual([0, 0.25, -0.5, 0, -0.5]);
});

it('reads floats, and passes over what else is in the file', async () => {
  const values = [0.5, -1, 0.125];
  for (const [bits, data] of [
    [32, Float32Array.from(values)],
    [64, Float64Array.from(values)],
  ] as const) {
    const notes = chunk('LIST', Buffer.from('odd'));
    const sound = chunk('data', new Uint8Array(data.buffer));
    const { samples } = await read(
      notes,
      chunk('fmt ', format(3, bits)),
      chunk('fact', Buffer.alloc(4)),
      sound,
    );
    expect([...samples]).toEqual(values);
  }
});

it('reads the extensible form, and a sound of unknown length', async () => {
  const extensible = Buffer.concat([format(0xfffe, 16), Buffer.alloc(24)]);
  extensible.writeUInt16LE(22, 16);
  extensible.writeUInt16LE(1, 24);
  const data = Buffer.from(Int16Array.of(16384, -32768).buffer);
  const { samples } = await read(chunk('fmt ', extensible), chunk('data', data, 0xffffffff));
  expect([...samples]).toEqual([0.5, -1]);
});

it('refuses what is cut, compressed or something else', async () => {
  const data = chunk('data', Buffer.alloc(8));
  await expect(read(chunk('fmt ', format(1, 16)))).rejects.toThrow(/x\.wav: the file is cut or damaged/);
  await expect(read(data)).rejects.toThrow(/x\.wav: the file is cut or damaged/);
  await expect(read(chunk('fmt ', format(85, 16)), data)).rejects.toThrow(
    /x\.wav: samples of a kind that is not read \(format 85, 16 bits, 1 channels\)\. Convert/,
  );
  const whole = await readFile(fixture('stereo16'));
  const path = join(folder, 'cut.wav');
  await writeFile(path, whole.subarray(0, -4));
  await expect(readWav(path)).rejects.toThrow(
    /cut\.wav: the file is cut: 60 bytes instead of 64\. Fetch it again/,
  );
  await writeFile(path, 'ID3 mp3');
  await expect(readWav(path)).rejects.toThrow(/cut\.wav: not a WAV file\. Convert the sound to WAV/);
  await expect(readWav(join(folder, 'none.wav'))).rejects.toThrow(/no such file/);
});
