import { jsonProblem, type JsonProblem } from './jsonProblem.js';
import { invalidity, type RawLine } from './lines.js';

/** A row whose cells have names. */
export interface KeyedRow {
  /** Of its line or row, counted from 1. */
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** Why it cannot be read, to follow its place: `: …`. */
  readonly problem?: string;
}

/** Rows of JSON Lines: an object a line; blank lines are left out. */
export async function* jsonRows(
  blocks: AsyncIterable<RawLine[]>,
  encoding: string | undefined,
): AsyncGenerator<KeyedRow[]> {
  for await (const lines of blocks) {
    const rows: KeyedRow[] = [];
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      const problem = invalidity(line, encoding);
      rows.push(problem === undefined ? parse(line) : { number: line.number, value: {}, problem });
    }
    if (rows.length > 0) yield rows;
  }
}

function parse({ text, number }: RawLine): KeyedRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const problem = jsonProblem(text);
    if (!problem) throw error;
    return { number, value: {}, problem: syntaxProblem(text, problem) };
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { number, value: value as Record<string, unknown> };
  return { number, value: {}, problem: ': not an object. Each line must be one, such as {"text": "…"}.' };
}

function syntaxProblem(text: string, { at, reason }: JsonProblem): string {
  const column = Array.from(text.slice(0, at)).length + 1;
  const remedy = /^[[{]\s*$/.test(text) ? 'Write each object on a line of its own.' : 'Correct the line.';
  return `, column ${column}: not valid JSON (${reason}). ${remedy}`;
}
