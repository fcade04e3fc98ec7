import type { Separator } from '../tableSource.js';
import { invalidity, type RawLine } from './lines.js';

/** A row of a file whose cells stand beside each other. */
export interface SeparatedRow {
  /** Of its first line, counted from 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** Why it cannot be read, to follow its place: `, column 4: …`. */
  readonly problem?: string;
}

/** How cells are told from each other. */
export interface Separation {
  /** Undefined where a line is one cell. */
  readonly separator: Separator | undefined;
  /** Whether a cell may stand between quotes, as RFC 4180 has it. */
  readonly quotes: boolean;
  /** For messages. */
  readonly encoding: string | undefined;
}

const signs = { tab: '\t', comma: ',', semicolon: ';' } as const;

/** Letters after which a cell in quotes must have ended: else one forgotten quote would swallow the file. */
const LONGEST = 1 << 20;

/**
 * Rows of lines, blank lines left out. Without quotes a row is a line. With them a cell that begins with a quote ends with
 * one, may hold separators and line ends (each LF), and a quote of its own is written twice. Of what cannot be read so,
 * the first line is one bad row, and reading goes on at the next line.
 */
export async function* separatedRows(
  blocks: AsyncIterable<RawLine[]>,
  separation: Separation,
): AsyncGenerator<SeparatedRow[]> {
  let pending: RawLine[] = [];
  for await (const block of blocks) {
    const lines = pending.length > 0 ? [...pending, ...block] : block;
    const { rows, end } = rowsOf(lines, separation, false);
    pending = lines.slice(end);
    if (rows.length > 0) yield rows;
  }
  if (pending.length > 0) yield rowsOf(pending, separation, true).rows;
}

/** Rows of lines, and the place of the first line that is not used up. @param last whether no more lines will come. */
function rowsOf(
  lines: readonly RawLine[],
  separation: Separation,
  last: boolean,
): { rows: SeparatedRow[]; end: number } {
  const rows: SeparatedRow[] = [];
  let at = 0;
  while (at < lines.length) {
    const { text, number } = lines[at]!;
    if (text === '') {
      at++;
      continue;
    }
    const problem = invalidity(lines[at]!, separation.encoding);
    if (problem !== undefined || separation.separator === undefined) {
      rows.push({ number, cells: [text], ...(problem !== undefined && { problem }) });
      at++;
      continue;
    }
    const sign = signs[separation.separator];
    if (!separation.quotes || !text.includes('"')) {
      rows.push({ number, cells: text.split(sign) });
      at++;
      continue;
    }
    const read = readQuoted(lines, at, sign, { last, encoding: separation.encoding });
    if (!read) break;
    rows.push(read.row);
    at = read.next;
  }
  return { rows, end: at };
}

/** A place in a text that goes on over lines. */
interface Cursor {
  readonly line: number;
  readonly place: number;
}

interface QuotedRow {
  readonly row: SeparatedRow;
  /** The place of the line after it. */
  readonly next: number;
}

/** The row with quotes that begins in a line; undefined where it goes on in lines that are still to come. */
function readQuoted(
  lines: readonly RawLine[],
  start: number,
  sign: string,
  { last, encoding }: { last: boolean; encoding: string | undefined },
): QuotedRow | undefined {
  const { number } = lines[start]!;
  const cells: string[] = [];
  // Only the first line is lost: what follows may be rows of their own.
  const bad = (line: number, problem: string | undefined): QuotedRow => {
    const until = line === start ? '' : ` to ${lines[line]!.number}`;
    return { row: { number, cells, problem: until + problem }, next: start + 1 };
  };
  const badAt = ({ line, place }: Cursor, reason: string): QuotedRow => {
    const column = Array.from(lines[line]!.text.slice(0, place)).length + 1;
    return bad(line, `, column ${column}: ${reason}`);
  };
  let cursor: Cursor = { line: start, place: 0 };
  for (;;) {
    const { line, place } = cursor;
    const { text } = lines[line]!;
    if (text[place] === '"') {
      const cell = quotedCell(lines, cursor);
      if (!cell) {
        if (!last && lettersFrom(lines, start) <= LONGEST) return undefined;
        return badAt(cursor, 'the quote that begins a cell has no end. Close it, or correct the row.');
      }
      for (let own = line + 1; own <= cell.end.line; own++)
        if (lines[own]!.invalidColumn !== undefined) return bad(own, invalidity(lines[own]!, encoding));
      cells.push(cell.text);
      cursor = cell.end;
    } else {
      const found = text.indexOf(sign, place);
      const end = found < 0 ? text.length : found;
      const cell = text.slice(place, end);
      const quote = cell.indexOf('"');
      if (quote >= 0)
        return badAt(
          { line, place: place + quote },
          'a quote in a cell that does not begin with one. Put the cell between quotes, and double those in it.',
        );
      cells.push(cell);
      cursor = { line, place: end };
    }
    const rest = lines[cursor.line]!.text;
    if (cursor.place === rest.length) return { row: { number, cells }, next: cursor.line + 1 };
    if (!rest.startsWith(sign, cursor.place))
      return badAt(cursor, 'a cell goes on after the quote that ends it. Double the quotes in the cell.');
    cursor = { line: cursor.line, place: cursor.place + sign.length };
  }
}

/** The cell that begins with the quote at a place, and the place behind the quote that ends it. */
function quotedCell(
  lines: readonly RawLine[],
  { line: first, place }: Cursor,
): { text: string; end: Cursor } | undefined {
  const parts: string[] = [];
  let from = place + 1;
  for (let line = first; line < lines.length; line++) {
    const { text } = lines[line]!;
    for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', from)) {
      if (text[quote + 1] !== '"') {
        parts.push(text.slice(from, quote));
        return { text: parts.join(''), end: { line, place: quote + 1 } };
      }
      parts.push(text.slice(from, quote + 1));
      from = quote + 2;
    }
    parts.push(text.slice(from), '\n');
    from = 0;
  }
  return undefined;
}

function lettersFrom(lines: readonly RawLine[], start: number): number {
  let letters = 0;
  for (let line = start; line < lines.length; line++) letters += lines[line]!.text.length;
  return letters;
}
