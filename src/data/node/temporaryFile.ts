import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../tensor/errors.js';

/** What nobody reads any more is given back to the disk. */
const forgotten = new FinalizationRegistry<number>(closeSync);

/**
 * Bytes that are too many for the memory. The file has no name from the beginning on, so that it goes with the process,
 * however that ends. It lies in the folder that TMPDIR names, else in /var/tmp, which unlike /tmp is never in memory, else
 * where the system has its temporary files.
 */
export class TemporaryFile {
  /** In bytes. */
  length = 0;
  private readonly folder = folderOf();
  private readonly descriptor: number;

  /** @throws UserError when the folder does not take a file. */
  constructor() {
    const path = join(this.folder, `heddle-${randomUUID()}`);
    try {
      this.descriptor = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
    } catch (error) {
      throw unwritable(this.folder, error);
    }
    forgotten.register(this, this.descriptor);
  }

  /** @throws UserError when the disk is full. */
  append(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.descriptor, bytes, at, bytes.length - at, this.length + at);
    } catch (error) {
      throw unwritable(this.folder, error);
    }
    this.length += bytes.length;
  }

  /** Fills `into` with the bytes from a position on; how many there were, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): number {
    let at = 0;
    while (at < into.length) {
      const read = readSync(this.descriptor, into, at, into.length - at, position + at);
      if (read === 0) break;
      at += read;
    }
    return at;
  }
}

function folderOf(): string {
  const { TMPDIR } = process.env;
  if (TMPDIR) return TMPDIR;
  return existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
}

function unwritable(folder: string, error: unknown): UserError {
  return new UserError(
    `A temporary file in ${folder} cannot be written: ${(error as Error).message}. Name a folder with room for it in the environment's TMPDIR.`,
    { cause: error },
  );
}
