import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BadRows } from '../badRows.js';
import { readImageFile, readImageFolder } from './imageFolder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-images-'));
  await mkdir(join(folder, 'red'));
  await mkdir(join(folder, 'blue'));
  await mkdir(join(folder, 'empty'));
  const colour = (name: string, background: string, width = 8, height = 8) =>
    sharp({ create: { width, height, channels: 3, background } }).toFile(join(folder, name));
  await colour('red/a.png', '#ff0000');
  await colour('red/b.JPG', '#ff0000', 40, 20);
  await colour('blue/c.jpeg', '#0000ff', 5, 9);
  await writeFile(join(folder, 'red/notes.txt'), 'no image');
  // What programs leave behind is no class and no image.
  await writeFile(join(folder, 'red/._a.png'), 'no image');
  await mkdir(join(folder, '.thumbnails'));
  await colour('.thumbnails/a.png', '#00ff00');
});
afterAll(() => rm(folder, { recursive: true }));

/** Each value once, to the nearest 16th: JPEG is not exact. */
const colours = (values: Float32Array) => [
  ...new Set([...values].map((value) => Math.round(value * 16) / 16)),
];

it('reads the images of each class, in colour', async () => {
  const images = await readImageFolder(folder, { height: 4, width: 6, channels: 3 });
  expect(images).toMatchObject({
    channels: 3,
    height: 4,
    width: 6,
    labels: ['blue', 'red', 'red'],
    names: ['blue/c.jpeg', 'red/a.png', 'red/b.JPG'],
    origin: folder,
  });
  expect(images.values).toHaveLength(3 * 3 * 24);
  const channel = (image: number, at: number) =>
    images.values.subarray((image * 3 + at) * 24, (image * 3 + at + 1) * 24);
  expect([0, 1, 2].map((at) => colours(channel(0, at)))).toEqual([[0], [0], [1]]);
  expect([0, 1, 2].map((at) => colours(channel(1, at)))).toEqual([[1], [0], [0]]);
});

it('reads rows of pixels, grey or in colour, of 8 or 16 bits, with or without a palette', async () => {
  // Two rows of three: black, grey, white; white, grey, black.
  const grey = [0, 128, 255, 255, 128, 0];
  const wanted = grey.map((value) => Math.fround(value / 255));
  const raw = { raw: { width: 3, height: 2, channels: 1 as const } };
  const files: Record<string, Sharp> = {
    'grey.png': sharp(Uint8Array.from(grey), raw).png(),
    'colour.png': sharp(Uint8Array.from(grey), raw).toColourspace('srgb').png(),
    'palette.png': sharp(Uint8Array.from(grey), raw).toColourspace('srgb').png({ palette: true }),
    'deep.png': sharp(Uint8Array.from(grey), raw).toColourspace('grey16').png(),
  };
  for (const [name, image] of Object.entries(files)) {
    const path = join(folder, name);
    await image.toFile(path);
    for (const channels of [1, 3]) {
      const values = await readImageFile(path, { height: 2, width: 3, channels });
      expect(values).toHaveLength(6 * channels);
      for (let channel = 0; channel < channels; channel++)
        values.subarray(channel * 6, channel * 6 + 6).forEach((value, i) => {
          expect(Math.abs(value - wanted[i]!), name).toBeLessThan(0.006);
        });
    }
  }
});

it.each([
  [
    { height: 2, width: 2, channels: 2 },
    'images: channels is 2; it must be 1 (grey) or 3 (red, green and blue).',
  ],
  [{ height: 0, width: 2, channels: 3 }, 'images: height is 0; it must be a whole number from 1.'],
])('makes no images of the form %j, whatever is done about bad files', async (form, message) => {
  await expect(readImageFile('none.png', form)).rejects.toThrow(message);
  await expect(readImageFolder(folder, form, new BadRows('skip'))).rejects.toThrow(message);
});

it('keeps the middle of what is wider or higher, turns what the camera turned, and shows what is transparent as white', async () => {
  // Left third red, middle green, right third blue.
  const stripes = Uint8Array.from({ length: 12 * 4 * 3 }, (_, i) =>
    Math.floor(i / 3 / 4) % 3 === i % 3 ? 255 : 0,
  );
  const wide = sharp(stripes, { raw: { width: 12, height: 4, channels: 3 } });
  await wide.clone().png().toFile(join(folder, 'wide.png'));
  const middle = await readImageFile(join(folder, 'wide.png'), { height: 4, width: 4, channels: 3 });
  expect([0, 1, 2].map((channel) => colours(middle.subarray(channel * 16, channel * 16 + 16)))).toEqual([
    [0],
    [1],
    [0],
  ]);
  await wide
    .clone()
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100 })
    .toFile(join(folder, 'turned.jpg'));
  const turned = await readImageFile(join(folder, 'turned.jpg'), { height: 12, width: 4, channels: 3 });
  // Turned to the right, what was left is on top.
  expect(colours(turned.subarray(0, 8))).toEqual([1]);
  expect(colours(turned.subarray(40, 48))).toEqual([0]);
  const clear = { width: 2, height: 2, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } };
  await sharp({ create: clear }).png().toFile(join(folder, 'clear.png'));
  expect(
    colours(await readImageFile(join(folder, 'clear.png'), { height: 2, width: 2, channels: 1 })),
  ).toEqual([1]);
});

it('names what is damaged, or leaves it out', async () => {
  const path = join(folder, 'red/d.png');
  await writeFile(path, 'no image');
  const form = { height: 4, width: 4, channels: 1 };
  await expect(readImageFolder(folder, form)).rejects.toThrow(
    /d\.png: not an image, or a damaged one \(.*\)\. Remove it/,
  );
  const badRows = new BadRows('skip');
  const images = await readImageFolder(folder, form, badRows);
  expect(images.labels).toEqual(['blue', 'red', 'red']);
  expect(images.values).toHaveLength(3 * 16);
  expect(badRows.rows).toEqual([{ origin: path, reason: expect.stringMatching(/^not an image/) as string }]);
});

it('names a folder that has no images, or is none', async () => {
  const form = { height: 4, width: 4, channels: 1 };
  await expect(readImageFolder(join(folder, 'empty'), form)).rejects.toThrow(
    /empty: no images \(PNG or JPEG\)\. There must be a folder for each class/,
  );
  await expect(readImageFolder(join(folder, 'none'), form)).rejects.toThrow(/no such file/);
});
