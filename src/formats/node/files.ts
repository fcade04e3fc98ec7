import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../tensor/errors.js';

/** What a file is to hold; a list is written part after part, without joining it in memory first. */
export type FileContent = string | Uint8Array | readonly Uint8Array[];

/**
 * Writes a file so that at any moment, also after a crash or a power cut, `path` holds either its old content or all
 * of the new one: temporary file in the same folder, fsync, rename, fsync of the folder.
 * @throws UserError naming the path and the remedy when the disk is full or the folder cannot be written; the old
 * file is then untouched and the temporary one removed.
 */
export async function writeFileAtomically(path: string, content: FileContent): Promise<void> {
  await replaceAtomically(path, (temporary) => writeAndSync(temporary, content));
}

/**
 * Writes a new folder with files as one unit: `path` either does not exist or holds all of them, complete.
 * @throws UserError as {@link writeFileAtomically}, also when the folder exists already.
 */
export async function writeDirectoryAtomically(
  path: string,
  files: Readonly<Record<string, FileContent>>,
): Promise<void> {
  await replaceAtomically(path, async (temporary) => {
    await mkdir(temporary);
    for (const [name, content] of Object.entries(files)) await writeAndSync(join(temporary, name), content);
    await syncDirectory(temporary);
  });
}

async function replaceAtomically(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}${TEMPORARY}`);
  try {
    await write(temporary);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
}

const TEMPORARY = '.tmp';

/** Removes what interrupted atomic writes left in a folder. Only for one that no other process writes to. */
export async function removeTemporaries(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith('.') && name.endsWith(TEMPORARY)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

async function writeAndSync(path: string, content: FileContent): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await writeFile(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder durable. Windows cannot open folders, and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Appends to a file (made if missing) in one write.
 * @param options.flush waits until it is on the disk, where a power cut does not reach it.
 * @throws UserError naming the path and the remedy when it cannot.
 */
export async function append(
  path: string,
  content: Uint8Array | string,
  { flush = false } = {},
): Promise<void> {
  try {
    await appendFile(path, content, { flush });
  } catch (error) {
    throw writeError(path, error);
  }
}

/**
 * Makes a folder and the folders above it.
 * @throws UserError naming the path and the remedy when it cannot.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Whether a file or folder exists. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Reads a file.
 * @throws UserError when it is missing or cannot be read.
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw readError(path, error);
  }
}

/**
 * Reads a text in UTF-8; a byte order mark is dropped.
 * @throws UserError when the file is missing, empty (unless `allowEmpty`), or is not UTF-8: then with line and column.
 */
export async function readText(path: string, options: { allowEmpty?: boolean } = {}): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length === 0 && !options.allowEmpty) {
    throw new UserError(`${path}: the file is empty. Give a file with content.`);
  }
  return decodeUtf8(bytes, path);
}

/**
 * Reads a JSON file.
 * @throws UserError when it is missing or is not JSON.
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${path}: not valid JSON (${(error as Error).message}). Correct it, or restore it from a copy.`,
    );
  }
}

/**
 * Writes a value as indented JSON, atomically.
 * @throws Error naming the key when a number is NaN or infinite, which JSON would silently turn into null.
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, toJson(value));
}

/** Indented JSON with a final newline; see {@link writeJson}. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, refuseNonFinite, 2)}\n`;
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`JSON cannot hold ${value} (key '${key}'). Leave the key out, or store null or a text.`);
  }
  return value;
}

/**
 * Decodes UTF-8 strictly; a byte order mark is dropped.
 * @throws UserError with the line and column of the first invalid byte.
 */
export function decodeUtf8(bytes: Uint8Array, source: string): string {
  const decode = (part: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(part);
  try {
    return decode(bytes);
  } catch {
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      throw new UserError(`${source}: the file is UTF-16. Save it as UTF-8.`);
    }
    // A newline byte never occurs inside a UTF-8 sequence, so the lines can be tried one by one.
    let start = 0;
    for (let line = 1; ; line++) {
      const newline = bytes.indexOf(0x0a, start);
      const end = newline < 0 ? bytes.length : newline;
      const { prefix, invalid } = validPrefix(bytes.subarray(start, end));
      if (invalid !== undefined) {
        const hex = invalid.toString(16).padStart(2, '0');
        throw new UserError(
          `${source}: line ${line}, column ${[...prefix].length + 1}: not valid UTF-8 (byte 0x${hex}). Save the file as UTF-8.`,
        );
      }
      start = end + 1;
    }
  }
}

/** The text before the first invalid byte of a line, and that byte. */
function validPrefix(line: Uint8Array): { prefix: string; invalid?: number } {
  // With `stream`, a sequence cut off at the end of the prefix is no error: the first failure marks the invalid byte.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let prefix = '';
  let sequenceStart = 0;
  for (let i = 0; i < line.length; i++) {
    try {
      const decoded = decoder.decode(line.subarray(i, i + 1), { stream: true });
      prefix += decoded;
      if (decoded) sequenceStart = i + 1;
    } catch {
      return { prefix, invalid: line[sequenceStart]! };
    }
  }
  return sequenceStart < line.length ? { prefix, invalid: line[sequenceStart]! } : { prefix };
}

const causes: Record<string, [cause: string, remedy: string]> = {
  ENOSPC: ['the disk is full', 'Free some space, then resume: what was saved before is intact.'],
  EDQUOT: ['your disk quota is used up', 'Free some space, then resume: what was saved before is intact.'],
  EFBIG: ['the file exceeds the size limit', 'Raise the limit (ulimit -f), or write to another disk.'],
  EACCES: ['permission denied', 'Give yourself write access to the folder, or choose another one.'],
  EPERM: ['permission denied', 'Give yourself write access to the folder, or choose another one.'],
  EROFS: ['the file system is read-only', 'Choose a folder on another disk.'],
  ENOENT: ['its folder does not exist', 'Create the folder first.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Choose another path.'],
  EEXIST: ['it exists already', 'Remove it, or choose another path.'],
  ENOTEMPTY: ['it exists already', 'Remove it, or choose another path.'],
  EISDIR: ['it is a folder', 'Choose the path of a file.'],
};

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** What an operating-system error while writing means for the user; other errors pass unchanged. */
export function writeError(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (!code?.startsWith('E') || code.startsWith('ERR_')) return error;
  const [cause, remedy] = causes[code] ?? [
    (error as Error).message,
    'Check the disk, or choose another path.',
  ];
  return new UserError(`Could not write ${path}: ${cause} (${code}). ${remedy}`, { cause: error });
}

/** What an operating-system error while reading means for the user; other errors pass unchanged. */
export function readError(path: string, error: unknown): unknown {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`${path}: no such file. Check the path.`, { cause: error });
    case 'EISDIR':
      return new UserError(`${path}: is a folder, not a file. Give the path of a file.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path}: permission denied. Give yourself read access.`, { cause: error });
    default:
      return error;
  }
}
