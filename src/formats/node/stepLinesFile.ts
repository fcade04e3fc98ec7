import { UserError } from '../../tensor/errors.js';
import { append, exists, writeFileAtomically } from './files.js';
import { readJsonLines } from './jsonLines.js';

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
    const lines = await readJsonLines(this.path);
    return lines.map(({ bytes, value }, i) => ({
      bytes,
      row: this.row(value, `${this.path}: line ${i + 1}`),
    }));
  }

  private row(value: unknown, source: string): Row {
    const row = value as Partial<Row> | null;
    const missing = ['step', ...this.keys].filter((key) => row?.[key as keyof Row] === undefined);
    if (missing.length > 0 || typeof row?.step !== 'number') {
      const names = ['step', ...this.keys].map((key) => `"${key}"`).join(' and ');
      throw new UserError(`${source}: has no ${names}. Remove the line.`);
    }
    return row as Row;
  }
}
