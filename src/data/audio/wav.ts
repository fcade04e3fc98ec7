import { UserError } from '../../tensor/errors.js';
import type { Recording } from './recording.js';

/** Kinds of samples, by the number that the format gives them. */
const INTEGER = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

type ReadSample = (view: DataView, at: number) => number;

/** How samples are read, by kind and bits; integers become fractions of the largest. */
const sampleReaders: Readonly<Record<string, ReadSample>> = {
  [`${INTEGER} 8`]: (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  [`${INTEGER} 16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${INTEGER} 24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  [`${INTEGER} 32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${FLOAT} 32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT} 64`]: (view, at) => view.getFloat64(at, true),
};

/**
 * Decodes a sound in the WAV format: integers of 8, 16, 24 or 32 bits or floats of 32 or 64, not compressed. Several
 * channels become their mean.
 * @param origin of the bytes, for messages.
 * @throws UserError when the bytes are something else, or cut.
 */
export function decodeWav(bytes: Uint8Array, origin: string): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE')
    throw new UserError(`${origin}: not a WAV file. Convert the sound to WAV.`);
  let form: Form | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [start, size] = [at + 8, view.getUint32(at + 4, true)];
    if (name(at) === 'fmt ') form = formOf(view, start, origin);
    if (name(at) === 'data') {
      if (!form) break;
      // What writes to a pipe does not know the size.
      const end = size === 0xffffffff ? bytes.length : start + size;
      if (end > bytes.length)
        throw new UserError(
          `${origin}: the file is cut: ${bytes.length} bytes instead of ${end}. Fetch it again.`,
        );
      return { samples: mean(view, start, end, form), rate: form.rate };
    }
    // Chunks begin at even places.
    at = start + size + (size % 2);
  }
  throw new UserError(`${origin}: the file is cut or damaged: it has no samples. Fetch it again.`);
}

interface Form {
  readonly rate: number;
  readonly channels: number;
  /** Bytes of a sample. */
  readonly width: number;
  readonly read: ReadSample;
}

function formOf(view: DataView, at: number, origin: string): Form {
  if (at + 16 > view.byteLength) throw new UserError(`${origin}: the file is cut. Fetch it again.`);
  const [kind, channels] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const [rate, bits] = [view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  // There the kind stands further on, at the beginning of an identifier.
  const own = kind === EXTENSIBLE && at + 26 <= view.byteLength ? view.getUint16(at + 24, true) : kind;
  const read = sampleReaders[`${own} ${bits}`];
  if (!read || channels === 0 || rate === 0)
    throw new UserError(
      `${origin}: samples of a kind that is not read (format ${own}, ${bits} bits, ${channels} channels). Convert the sound to WAV with integers of 16 bits.`,
    );
  return { rate, channels, width: bits / 8, read };
}

function mean(view: DataView, start: number, end: number, { channels, width, read }: Form): Float32Array {
  const samples = new Float32Array(Math.floor((end - start) / (width * channels)));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += read(view, start + (i * channels + channel) * width);
    samples[i] = sum / channels;
  }
  return samples;
}
