import { readBytes } from '../../formats/node/files.js';
import type { Recording } from '../audio/recording.js';
import { decodeWav } from '../audio/wav.js';

/** Reads a sound in the WAV format; see {@link decodeWav}. @throws UserError naming the file that is missing or damaged. */
export async function readWav(path: string): Promise<Recording> {
  return decodeWav(await readBytes(path), path);
}
