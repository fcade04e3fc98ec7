import { UserError } from '../../tensor/errors.js';
import { decodeUtf8, exists, readBytes } from './files.js';

/** A line of a file of JSON values, as it stands there (newline included) and as a value. */
export interface JsonLine {
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

/**
 * The complete lines of a file with one JSON value a line; none where there is no file. A line is complete once its
 * newline is written: a last one that was cut off by a crash is left out.
 * @throws UserError naming the line that is not JSON.
 */
export async function readJsonLines(path: string): Promise<JsonLine[]> {
  if (!(await exists(path))) return [];
  const file = await readBytes(path);
  const lines: JsonLine[] = [];
  let start = 0;
  for (let number = 1; ; number++) {
    const newline = file.indexOf(0x0a, start);
    if (newline < 0) return lines;
    const bytes = file.subarray(start, newline + 1);
    lines.push({ bytes, value: parse(bytes, `${path}: line ${number}`) });
    start = newline + 1;
  }
}

function parse(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes, source));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${source}: not valid JSON (${(error as Error).message}). Remove the line.`);
  }
}
