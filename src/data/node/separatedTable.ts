import { UserError } from '../../tensor/errors.js';
import type { Column } from '../tableSource.js';
import { readRawBlocks } from './lines.js';
import { separatedRows, type SeparatedRow } from './separatedRows.js';
import type { SeparatedForm } from './tableFormat.js';
import type { TableReader, Wanted } from './tableReader.js';

/** A table whose cells stand beside each other: TSV, CSV, or plain text. */
export class SeparatedTable implements TableReader<SeparatedRow> {
  readonly unit = 'line';
  readonly blocks: AsyncIterable<SeparatedRow[]>;
  /** Of the wanted cells; undefined before the first row. */
  private indices: readonly number[] | undefined;
  /** Cells that a row may have. */
  private width: number | undefined;

  constructor(
    private readonly file: string,
    private readonly wanted: readonly Wanted[],
    private readonly form: SeparatedForm,
  ) {
    this.blocks = separatedRows(readRawBlocks(file, form.encoding), form);
  }

  isHeader(row: SeparatedRow, origin: string): boolean {
    if (this.indices) return false;
    const { header } = this.form;
    if (header && row.problem !== undefined) throw new UserError(origin + row.problem);
    this.indices = this.wanted.map(({ column }) =>
      this.indexOf(column, header ? row.cells : undefined, origin),
    );
    if (header) this.setWidth(row);
    return header;
  }

  cells(row: SeparatedRow, origin: string): string[] {
    if (this.width === undefined) this.setWidth(row);
    const { cells } = row;
    if (cells.length > this.width!)
      throw new UserError(
        `${origin}: the row has ${columns(cells.length)}, the first one ${this.width}. Put cells that have a ${this.form.separator} in them between quotes, or correct the row.`,
      );
    return this.indices!.map(
      (index, i) =>
        cells[index] ??
        (this.wanted[i]!.optional ? '' : this.missing(index, this.wanted[i]!.role, row, origin)),
    );
  }

  columns({ cells }: SeparatedRow): Column[] {
    return this.form.header ? [...cells] : cells.map((_, i) => i);
  }

  private setWidth({ cells }: SeparatedRow): void {
    // Between tabs, what stands behind the wanted cells may be longer in one row than in another: comments, for example.
    this.width = this.form.quotes ? cells.length : Infinity;
  }

  private indexOf(column: Column, header: readonly string[] | undefined, origin: string): number {
    if (typeof column === 'number') return column;
    if (!header)
      throw new UserError(
        `${this.file}: column "${column}" is given by name. Set header: true, or give its index.`,
      );
    const index = header.indexOf(column);
    if (index >= 0) return index;
    const names = header.map((name) => `"${name}"`).join(', ');
    throw new UserError(`${origin}: no column "${column}". The header has ${names}.`);
  }

  private missing(index: number, role: string, { cells }: SeparatedRow, origin: string): never {
    const { separator } = this.form;
    const remedy = separator === undefined ? 'Give column 0' : `Separate columns by ${separator}s`;
    throw new UserError(
      `${origin}: no ${role} (column ${index}, counted from 0): the row has ${columns(cells.length)}. ${remedy}, or correct the row.`,
    );
  }
}

function columns(count: number): string {
  return count === 1 ? '1 column' : `${count} columns`;
}
