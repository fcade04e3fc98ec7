import { createReadStream } from 'node:fs';
import { UserError } from '../../tensor/errors.js';

/** A line without its end (LF or CRLF), and its number, counted from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

const NEWLINE = 0x0a;

/**
 * Streams the lines of a UTF-8 file; memory stays bounded by the longest line. A byte order mark is dropped.
 * @throws UserError when the file is missing, cannot be read, is empty, or is not UTF-8: then with the line and column.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  for await (const block of readBlocks(path)) {
    const text = number === 0 ? decode(block, path, number).replace(/^\ufeff/, '') : decode(block, path, number);
    const lines = text.split('\n');
    if (block.at(-1) === NEWLINE) lines.pop();
    for (const line of lines) {
      number++;
      yield { text: line.endsWith('\r') ? line.slice(0, -1) : line, number };
    }
  }
  if (number === 0) throw new UserError(`${path}: the file is empty. Give a file with content.`);
}

/** The file in pieces of whole lines. Cutting at newline bytes is safe: none occurs inside a UTF-8 sequence. */
async function* readBlocks(path: string): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        pending.push(chunk);
        continue;
      }
      yield Buffer.concat([...pending, chunk.subarray(0, end)]);
      pending = [chunk.subarray(end)];
    }
  } catch (error) {
    throw readError(path, error);
  }
  const rest = Buffer.concat(pending);
  if (rest.length > 0) yield rest;
}

function decode(block: Buffer, path: string, linesBefore: number): string {
  // The byte order mark is kept here, since only the one at the start of the file is a mark.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(block);
  } catch {
    const [first, second] = block;
    if (linesBefore === 0 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))) {
      throw new UserError(`${path}: the file is UTF-16. Save it as UTF-8.`);
    }
    // Invalid bytes decode to U+FFFD, a character that hardly any text has of its own.
    const valid = block.toString('utf8').split('\ufffd', 1)[0]!.split('\n');
    const column = Array.from(valid.at(-1)!).length + 1;
    throw new UserError(
      `${path}: line ${linesBefore + valid.length}, column ${column}: not valid UTF-8. Save the file as UTF-8.`,
    );
  }
}

function readError(path: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
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
