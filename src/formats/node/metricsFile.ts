import { UserError } from '../../tensor/errors.js';
import type { MetricsRow } from '../metricsRow.js';
import { append, decodeUtf8, exists, readBytes, writeFileAtomically } from './files.js';

/** `metrics.jsonl`: one JSON object a line, appended while training. */
export class MetricsFile {
  constructor(private readonly path: string) {}

  /** Appends a row. NaN and infinite values are written as null, which is all that JSON has for them. */
  async append(row: MetricsRow): Promise<void> {
    await append(this.path, `${JSON.stringify(row)}\n`);
  }

  /**
   * All rows, in the order of the file; a last line cut off by a crash is left out.
   * @throws UserError naming the line that is not a row.
   */
  async read(): Promise<MetricsRow[]> {
    return (await this.lines()).map(({ row }) => row);
  }

  /**
   * Before a run goes on from `step`: drops the rows of later steps and a last line cut off by a crash. The other
   * lines stay as they are, byte for byte.
   * @throws UserError naming the line that is not a row.
   */
  async truncate(step: number): Promise<void> {
    if (!(await exists(this.path))) return;
    const kept = (await this.lines()).filter(({ row }) => row.step <= step);
    await writeFileAtomically(
      this.path,
      kept.map(({ bytes }) => bytes),
    );
  }

  private async lines(): Promise<{ bytes: Uint8Array; row: MetricsRow }[]> {
    if (!(await exists(this.path))) return [];
    const file = await readBytes(this.path);
    const lines: { bytes: Uint8Array; row: MetricsRow }[] = [];
    let start = 0;
    for (let number = 1; ; number++) {
      const newline = file.indexOf(0x0a, start);
      // A row is complete once its newline is written.
      if (newline < 0) return lines;
      const bytes = file.subarray(start, newline + 1);
      lines.push({ bytes, row: parseRow(bytes, `${this.path}: line ${number}`) });
      start = newline + 1;
    }
  }
}

function parseRow(bytes: Uint8Array, source: string): MetricsRow {
  let row: Partial<MetricsRow> | null;
  try {
    row = JSON.parse(decodeUtf8(bytes, source)) as Partial<MetricsRow> | null;
  } catch (error) {
    throw new UserError(`${source}: not valid JSON (${(error as Error).message}). Remove the line.`);
  }
  if (typeof row?.step !== 'number' || typeof row.split !== 'string') {
    throw new UserError(`${source}: has no "step" and "split". Remove the line.`);
  }
  return row as MetricsRow;
}
