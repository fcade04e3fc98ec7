import { UserError } from '../../tensor/errors.js';
import { append, decodeUtf8, exists, readBytes, writeFileAtomically } from './files.js';

/**
 * What is appended while training (`metrics.jsonl`, `samples.jsonl`): one JSON object a line, each of a step.
 */
export class StepLinesFile<Row extends { readonly step: number }> {
  /** @param keys what every row has, beside `step`. */
  constructor(
    private readonly path: string,
    private readonly keys: readonly (keyof Row & string)[],
  ) {}

  /** Appends a row. NaN and infinite values are written as null, which is all that JSON has for them. */
  async append(row: Row): Promise<void> {
    await append(this.path, `${JSON.stringify(row)}\n`);
  }

  /**
   * All rows, in the order of the file; a last line cut off by a crash is left out.
   * @throws UserError naming the line that is not a row.
   */
  async read(): Promise<Row[]> {
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

  private async lines(): Promise<{ bytes: Uint8Array; row: Row }[]> {
    if (!(await exists(this.path))) return [];
    const file = await readBytes(this.path);
    const lines: { bytes: Uint8Array; row: Row }[] = [];
    let start = 0;
    for (let number = 1; ; number++) {
      const newline = file.indexOf(0x0a, start);
      // A row is complete once its newline is written.
      if (newline < 0) return lines;
      const bytes = file.subarray(start, newline + 1);
      lines.push({ bytes, row: this.parse(bytes, `${this.path}: line ${number}`) });
      start = newline + 1;
    }
  }

  private parse(bytes: Uint8Array, source: string): Row {
    let row: Partial<Row> | null;
    try {
      row = JSON.parse(decodeUtf8(bytes, source)) as Partial<Row> | null;
    } catch (error) {
      throw new UserError(`${source}: not valid JSON (${(error as Error).message}). Remove the line.`);
    }
    const missing = ['step', ...this.keys].filter((key) => row?.[key as keyof Row] === undefined);
    if (missing.length > 0 || typeof row?.step !== 'number') {
      const names = ['step', ...this.keys].map((key) => `"${key}"`).join(' and ');
      throw new UserError(`${source}: has no ${names}. Remove the line.`);
    }
    return row as Row;
  }
}
