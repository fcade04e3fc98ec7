import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { readError } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';

/** Bytes that are read at once. */
const CHUNK = 1 << 18;

/**
 * Streams the bytes of a file; those of one whose name ends in `.gz` are decompressed on the way.
 * @throws UserError when the file is missing, cannot be read, or is damaged.
 */
export async function* readChunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* openStream(path);
  } catch (error) {
    if (!isDamage(error)) throw readError(path, error);
    throw new UserError(
      `${path}: the compressed file is damaged (${(error as Error).message}). Fetch it again.`,
      { cause: error },
    );
  }
}

function openStream(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK });
  if (!/\.gz$/i.test(path)) return file as AsyncIterable<Buffer>;
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // What goes wrong on either side comes out of the last stream, and leaving its loop closes the file.
  return pipeline(file, gunzip, () => undefined) as AsyncIterable<Buffer>;
}

function isDamage(error: unknown): boolean {
  return /^Z_(DATA|BUF)_ERROR$/.test(String((error as NodeJS.ErrnoException).code));
}
