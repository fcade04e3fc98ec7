import { createReadStream } from 'node:fs';
import { readError } from '../../formats/node/files.js';
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
  for await (const lines of readBlocks(path)) yield* lines;
}

/** As {@link readLines}, with many lines at a time. */
export async function* readBlocks(path: string): AsyncGenerator<Line[]> {
  let empty = true;
  for await (const lines of lineBlocks(readFile(path), path)) {
    empty = false;
    yield lines;
  }
  if (empty) throw new UserError(`${path}: the file is empty. Give a file with content.`);
}

/**
 * Lines of a stream, all that each chunk completes together: what waits can be worked on at once, and what comes line by
 * line is not held back.
 * @param name of the stream, for messages.
 * @throws UserError with line and column where it is not UTF-8.
 */
export async function* lineBlocks(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Line[]> {
  let number = 0;
  for await (const block of wholeLines(chunks)) {
    const text =
      number === 0 ? decode(block, name, number).replace(/^\ufeff/, '') : decode(block, name, number);
    const lines = text.split('\n');
    if (block.at(-1) === NEWLINE) lines.pop();
    yield lines.map((line) => ({ text: line.endsWith('\r') ? line.slice(0, -1) : line, number: ++number }));
  }
}

async function* readFile(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw readError(path, error);
  }
}

/** Pieces of whole lines. Cutting at newline bytes is safe: none occurs inside a UTF-8 sequence. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      pending.push(chunk);
      continue;
    }
    yield Buffer.concat([...pending, chunk.subarray(0, end)]);
    pending = [chunk.subarray(end)];
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
