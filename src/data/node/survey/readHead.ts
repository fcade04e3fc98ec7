import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { readError } from '../../../formats/node/files.js';

/** Bytes at the beginning of a file by which it is told what it is. */
const HEAD = 1 << 17;

/** How a file begins. */
export interface Head {
  readonly head: Buffer;
  /** Whether it is compressed by gzip, whatever its name says. */
  readonly zipped: boolean;
}

/**
 * The first bytes of a file, decompressed where they are those of gzip, whatever the file's name; undefined for what is no file.
 * @throws UserError when it cannot be read.
 */
export async function readHead(path: string): Promise<Head | undefined> {
  let bytes: Buffer;
  try {
    const file = await open(path);
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const buffer = Buffer.alloc(HEAD);
      const { bytesRead } = await file.read(buffer, 0, HEAD, 0);
      bytes = buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readError(path, error);
  }
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return { head: zipped ? await unzippedHead(bytes) : bytes, zipped };
}

/** What the beginning of a compressed file holds; that it is cut is no mistake. */
async function unzippedHead(bytes: Buffer): Promise<Buffer> {
  const gunzip = createGunzip();
  const parts: Buffer[] = [];
  gunzip.end(bytes);
  try {
    for await (const part of gunzip) parts.push(part as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
  }
  return Buffer.concat(parts);
}
