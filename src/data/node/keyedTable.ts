import { isUtf8 } from 'node:buffer';
import { UserError } from '../../tensor/errors.js';
import type { Column } from '../tableSource.js';
import { jsonRows, type KeyedRow } from './jsonRows.js';
import { readRawBlocks } from './lines.js';
import { parquetHeader, parquetRows } from './parquetRows.js';
import type { KeyedForm } from './tableFormat.js';
import type { TableReader, Wanted } from './tableReader.js';

/** A table whose cells have names: JSON Lines, or Parquet. */
export class KeyedTable implements TableReader<KeyedRow> {
  readonly unit: 'line' | 'row';
  readonly blocks: AsyncIterable<KeyedRow[]>;
  /** Of the wanted cells, each key by key; undefined before they are known. */
  private paths: readonly (readonly string[])[] | undefined;
  /** Names of classes that numbers stand for, by column. */
  private classes: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(
    private readonly file: string,
    private readonly wanted: readonly Wanted[],
    private readonly form: KeyedForm,
  ) {
    this.unit = form.parquet ? 'row' : 'line';
    this.blocks = form.parquet
      ? this.parquetBlocks()
      : jsonRows(readRawBlocks(file, form.encoding), form.encoding);
  }

  isHeader(row: KeyedRow, origin: string): boolean {
    // A bad row cannot tell the columns; the next may.
    if (!this.paths && row.problem === undefined) this.paths = this.pathsIn(Object.keys(row.value), origin);
    return false;
  }

  cells({ value }: KeyedRow, origin: string): string[] {
    return this.paths!.map((path, i) => {
      const found = valueAt(value, path);
      if (typeof found === 'string') return found;
      const { role, optional } = this.wanted[i]!;
      const problem = (reason: string) => new UserError(`${origin}: no ${role}: ${reason}`);
      if (found === undefined && !optional)
        throw problem(
          `the row has no "${path.join('.')}". It has ${quoted(Object.keys(value))}. Correct the row.`,
        );
      const names = path.length === 1 ? this.classes.get(path[0]!) : undefined;
      const read = () =>
        textOf(found, names, (what) =>
          problem(`"${path.join('.')}" is ${what}. Correct the row, or take another column.`),
        );
      return optional ? orEmpty(read) : read();
    });
  }

  async columns({ value }: KeyedRow): Promise<Column[]> {
    return this.form.parquet ? [...(await parquetHeader(this.file)).names] : Object.keys(value);
  }

  private async *parquetBlocks(): AsyncGenerator<KeyedRow[]> {
    const { names, classes } = await parquetHeader(this.file);
    this.classes = classes;
    this.paths = this.pathsIn(names, this.file);
    const missing = this.paths.find(([name]) => !names.includes(name!));
    if (missing)
      throw new UserError(`${this.file}: no column "${missing.join('.')}". The file has ${quoted(names)}.`);
    yield* parquetRows(this.file, [...new Set(this.paths.map(([name]) => name!))]);
  }

  /** A name with dots in it is a path, unless a column has just that name. */
  private pathsIn(names: readonly string[], origin: string): string[][] {
    return this.wanted.map(({ column, role }) => {
      const name = typeof column === 'number' ? names[column] : column;
      if (name === undefined)
        throw new UserError(
          `${origin}: no ${role} (column ${column}, counted from 0): there are ${quoted(names)}. Name the column.`,
        );
      return names.includes(name) ? [name] : name.split('.');
    });
  }
}

/** The cell, empty where there is no text in it. */
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return '';
    throw error;
  }
}

function valueAt(row: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** @param names of what a number stands for. @param refuse makes the error for what is no text. */
function textOf(
  value: unknown,
  names: readonly string[] | undefined,
  refuse: (what: string) => UserError,
): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return names?.[Number(value)] ?? String(value);
  }
  if (value === null || value === undefined) throw refuse('null');
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) {
    if (!isUtf8(value)) throw refuse('bytes, which are no text in UTF-8');
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, (item) => textOf(item, names, refuse)).join(' ');
  throw refuse(`a group of keys: ${quoted(Object.keys(value))}`);
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
