import { gunzipSync } from 'node:zlib';
import { readBytes } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { LabelledImages } from '../labelled.js';

/** What the values are: unsigned bytes. */
const UNSIGNED_BYTE = 0x08;

/** Bytes in several dimensions, as a file of the IDX format holds them. */
export interface IdxTensor {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads a file of unsigned bytes in the IDX format (LeCun: "The MNIST database of handwritten digits"), compressed by gzip
 * or not.
 * @throws UserError naming the file when it is missing, damaged, or holds something else.
 */
export async function readIdx(path: string): Promise<IdxTensor> {
  const bytes = unzipped(await readBytes(path), path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0 || view.getUint8(2) !== UNSIGNED_BYTE)
    throw new UserError(
      `${path}: not a file of unsigned bytes in the IDX format. Give the files of MNIST's form.`,
    );
  const rank = view.getUint8(3);
  const start = 4 + 4 * rank;
  const shape = bytes.length < start ? [] : Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== start + size)
    throw new UserError(
      `${path}: the file is cut or damaged: ${bytes.length} bytes instead of ${start + size}. Fetch it again.`,
    );
  return { shape, data: bytes.subarray(start) };
}

/**
 * Reads grey images and their labels from two IDX files: [count, height, width] and [count].
 * @throws UserError as `readIdx`, and when the files do not go together.
 */
export async function readImages(imagesFile: string, labelsFile: string): Promise<LabelledImages> {
  const [images, labels] = [await readIdx(imagesFile), await readIdx(labelsFile)];
  const [count, height, width] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count)
    throw new UserError(
      `${imagesFile}, ${labelsFile}: the images are [${images.shape.join(', ')}] and the labels [${labels.shape.join(', ')}]; they must be [count, height, width] and [count].`,
    );
  return {
    channels: 1,
    height: height!,
    width: width!,
    values: Float32Array.from(images.data, (value) => value / 255),
    labels: Array.from(labels.data, String),
    origin: imagesFile,
  };
}

function unzipped(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new UserError(
      `${path}: the compressed file is damaged (${(error as Error).message}). Fetch it again.`,
      {
        cause: error,
      },
    );
  }
}
