import { isUtf8 } from 'node:buffer';
import { UserError } from '../../tensor/errors.js';
import { readChunks } from './chunks.js';

/** A line without its end (LF or CRLF), and its number, counted from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/** A line that perhaps has bytes that no text of the encoding has. */
export interface RawLine extends Line {
  /** Of the first such byte, counted from 1. */
  readonly invalidColumn?: number;
}

const NEWLINE = 0x0a;
const REPLACEMENT = '\ufffd';

/**
 * Streams the lines of a file; memory stays bounded by the longest line. A byte order mark is dropped, and a file whose
 * name ends in `.gz` is decompressed.
 * @param encoding as `TextDecoder` names it.
 * @throws UserError when the file is missing, cannot be read, is empty, or is not of the encoding: then with the line
 * and column.
 */
export async function* readLines(path: string, encoding?: string): AsyncGenerator<Line> {
  for await (const lines of readBlocks(path, encoding)) yield* lines;
}

/** As {@link readLines}, with many lines at a time. */
export async function* readBlocks(path: string, encoding = 'utf-8'): AsyncGenerator<Line[]> {
  for await (const lines of readRawBlocks(path, encoding)) yield valid(lines, path, encoding);
}

/** As {@link readBlocks}; what is not of the encoding is marked, not thrown. */
export async function* readRawBlocks(path: string, encoding = 'utf-8'): AsyncGenerator<RawLine[]> {
  let empty = true;
  for await (const lines of rawBlocks(readChunks(path), path, encoding)) {
    empty = false;
    yield lines;
  }
  if (empty) throw new UserError(`${path}: the file is empty. Give a file with content.`);
}

/**
 * Lines of a stream in UTF-8, all that each chunk completes together: what waits can be worked on at once, and what comes
 * line by line is not held back.
 * @param name of the stream, for messages.
 * @throws UserError with line and column where it is not UTF-8.
 */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line[]> {
  for await (const lines of rawBlocks(chunks, name, 'utf-8'))
    yield valid(lines, name, 'utf-8', 'Make it UTF-8');
}

/** Where a line has bytes that are not of the encoding, to follow the name of its file; undefined where it has none. */
export function invalidity(
  { invalidColumn }: RawLine,
  encoding = 'utf-8',
  remedy = remedyOf(encoding),
): string | undefined {
  if (invalidColumn === undefined) return undefined;
  const name = new TextDecoder(encoding).encoding.toUpperCase();
  return `, column ${invalidColumn}: not valid ${name}. ${remedy}.`;
}

function remedyOf(encoding: string): string {
  return new TextDecoder(encoding).encoding === 'utf-8'
    ? 'Save the file as UTF-8, or name its encoding: data.source.encoding'
    : 'Correct the encoding (data.source.encoding), or the line';
}

function valid(lines: RawLine[], name: string, encoding: string, remedy?: string): Line[] {
  for (const line of lines) {
    const problem = invalidity(line, encoding, remedy);
    if (problem !== undefined) throw new UserError(`${name}: line ${line.number}${problem}`);
  }
  return lines;
}

/** Lines that were decoded together. */
interface Decoded {
  readonly texts: readonly string[];
  /** By the place of the line among them: the column of its first byte that is not of the encoding. */
  readonly invalid?: ReadonlyMap<number, number>;
}

async function* rawBlocks(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  encoding: string,
): AsyncGenerator<RawLine[]> {
  let number = 0;
  const known = knownEncoding(encoding, name);
  const blocks = known === 'utf-8' ? utf8Lines(chunks, name) : otherLines(chunks, known);
  for await (const { texts, invalid } of blocks) {
    const beginning = number === 0;
    yield texts.map((text, i): RawLine => {
      number++;
      const own = withoutMarks(text, beginning && i === 0);
      const invalidColumn = invalid?.get(i);
      return invalidColumn === undefined ? { text: own, number } : { text: own, number, invalidColumn };
    });
  }
}

/** Without the carriage return at its end, and the byte order mark at the start of the file. */
function withoutMarks(text: string, first: boolean): string {
  const marked = first && text.startsWith('\ufeff');
  return text.slice(marked ? 1 : 0, text.endsWith('\r') ? -1 : undefined);
}

/** Its usual name. @throws UserError for an encoding that is not known. */
function knownEncoding(encoding: string, name: string): string {
  try {
    return new TextDecoder(encoding).encoding;
  } catch {
    throw new UserError(
      `${name}: encoding is '${encoding}', which is not known. Known are utf-8, utf-16le, gb18030, shift_jis, latin1 and the others of TextDecoder.`,
    );
  }
}

async function* utf8Lines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Decoded> {
  let first = true;
  for await (const block of wholeLines(chunks)) {
    if (first) requireNotUtf16(block, name);
    first = false;
    yield decodeEach(block);
  }
}

/** Pieces of whole lines. Cutting at newline bytes is safe: none occurs inside a UTF-8 sequence. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
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

function requireNotUtf16([first, second]: Buffer, name: string): void {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new UserError(
      `${name}: the file is UTF-16. Save it as UTF-8, or name its encoding: data.source.encoding, utf-16le or utf-16be.`,
    );
}

/** Each line of its own: a part of a longer text would keep all of it in memory for as long as the part is used. */
function decodeEach(block: Buffer): Decoded {
  const texts: string[] = [];
  const invalid = isUtf8(block) ? undefined : new Map<number, number>();
  for (let start = 0; start < block.length;) {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline < 0 ? block.length : newline;
    const text = block.toString('utf8', start, end);
    if (invalid && !isUtf8(block.subarray(start, end))) invalid.set(texts.length, columnOfReplacement(text));
    texts.push(text);
    start = end + 1;
  }
  return { texts, invalid };
}

/** Invalid bytes decode to U+FFFD, a character that hardly any text has of its own. */
function columnOfReplacement(text: string): number {
  return Array.from(text.split(REPLACEMENT, 1)[0]!).length + 1;
}

/** Newlines can only be found in what is decoded: in UTF-16 and others, their byte occurs inside of characters. */
async function* otherLines(chunks: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Decoded> {
  const decoder = new TextDecoder(encoding);
  let pending: string[] = [];
  for await (const chunk of chunks) {
    pending.push(decoder.decode(chunk, { stream: true }));
    if (!pending.at(-1)!.includes('\n')) continue;
    const texts = pending.join('').split('\n');
    pending = [texts.pop()!];
    yield marked(texts);
  }
  const rest = [...pending, decoder.decode()].join('');
  if (rest !== '') yield marked(rest.split('\n'));
}

function marked(parts: readonly string[]): Decoded {
  const invalid = new Map<number, number>();
  const texts = parts.map((part, i) => {
    if (part.includes(REPLACEMENT)) invalid.set(i, columnOfReplacement(part));
    return copied(part);
  });
  return { texts, invalid };
}

/** A text of its own, not a part of another. */
function copied(part: string): string {
  return Buffer.from(part, 'utf16le').toString('utf16le');
}
