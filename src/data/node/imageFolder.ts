import { readBytes } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { BadRows } from '../badRows.js';
import type { Images } from '../images.js';
import type { LabelledImages } from '../labelled.js';
import { filesOfClasses } from './labelledFiles.js';
import { loadSharp } from './loadSharp.js';

/** What images are made to be. */
export interface ImageForm {
  readonly height: number;
  readonly width: number;
  /** 1: grey; 3: red, green and blue. */
  readonly channels: number;
}

/** Images that are decoded at the same time. */
const TOGETHER = 16;

/** Whether a path ends as those of images that are read do. */
export function isImageFile(path: string): boolean {
  return /\.(png|jpe?g)$/i.test(path);
}

function requireForm({ height, width, channels }: ImageForm): void {
  requireOptions('images', 'a whole number from 1', { height, width });
  if (channels !== 1 && channels !== 3)
    throw new UserError(`images: channels is ${channels}; it must be 1 (grey) or 3 (red, green and blue).`);
}

/**
 * Reads a folder that has a folder of images, PNG or JPEG, for each class, named after the class, in the order of their
 * names. Needs the package `sharp`.
 * @returns images of one size; see {@link readImageFile}.
 * @throws UserError naming the folder that has no images, the file that is damaged (under the policy 'fail'), or the
 * package where it is missing.
 */
export async function readImageFolder(
  folder: string,
  form: ImageForm,
  badRows = new BadRows(),
): Promise<LabelledImages> {
  const files = await filesOfClasses(folder, isImageFile, 'images (PNG or JPEG)');
  const paths = files.map(({ path }) => path);
  const { kept, ...images } = await readImageFiles(paths, form, { badRows });
  return {
    ...images,
    labels: kept.map((i) => files[i]!.label),
    names: kept.map((i) => files[i]!.name),
    origin: folder,
  };
}

export interface ImageFilesOptions {
  /** What is done about files that cannot be read; by default the first is thrown. */
  readonly badRows?: BadRows;
  /** What a file is called in messages; its path by default. */
  readonly originOf?: (index: number) => string;
}

/**
 * Reads files of images; see {@link readImageFile}.
 * @returns images of one size, and the indices of their files: some may be left out as bad ones.
 * @throws UserError naming the file that is damaged (under the policy 'fail'), or the package where it is missing.
 */
export async function readImageFiles(
  paths: readonly string[],
  form: ImageForm,
  { badRows = new BadRows(), originOf = (i) => paths[i]! }: ImageFilesOptions = {},
): Promise<Images & { readonly kept: readonly number[] }> {
  // What hinders all images is no matter of the policy.
  await loadSharp();
  requireForm(form);
  const { height, width, channels } = form;
  const size = channels * height * width;
  const values = new Float32Array(paths.length * size);
  const kept: number[] = [];
  for (let start = 0; start < paths.length; start += TOGETHER) {
    const some = paths.slice(start, start + TOGETHER);
    const read = await Promise.allSettled(some.map((path) => readImageFile(path, form)));
    read.forEach((outcome, i) => {
      const origin = originOf(start + i);
      const pixels = badRows.attempt(origin, () => {
        if (outcome.status === 'fulfilled') return outcome.value;
        const error: unknown = outcome.reason;
        if (origin === some[i] || !(error instanceof UserError)) throw error;
        throw new UserError(`${origin}: ${error.message}`, { cause: error });
      });
      if (!pixels) return;
      values.set(pixels, kept.length * size);
      kept.push(start + i);
    });
  }
  return { channels, height, width, values: values.subarray(0, kept.length * size), kept };
}

/**
 * Reads an image: turned as its camera noted, transparent parts white, scaled (Lanczos) so that it just covers the wanted
 * size, of which the middle is kept.
 * @returns values in [0, 1], channel by channel, row by row.
 * @throws UserError naming the file that is missing or damaged, or the package `sharp` where that is missing, and for a
 * form that cannot be.
 */
export async function readImageFile(
  path: string,
  { height, width, channels }: ImageForm,
): Promise<Float32Array> {
  requireForm({ height, width, channels });
  const sharp = await loadSharp();
  const bytes = await readBytes(path);
  let pixels: Uint8Array;
  try {
    pixels = await sharp(bytes)
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize(width, height, { fit: 'cover' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
  } catch (error) {
    throw new UserError(`${path}: not an image, or a damaged one (${(error as Error).message}). Remove it.`, {
      cause: error,
    });
  }
  const area = height * width;
  const values = new Float32Array(channels * area);
  for (let place = 0; place < area; place++)
    for (let channel = 0; channel < channels; channel++)
      values[channel * area + place] = pixels[place * channels + channel]! / 255;
  return values;
}
