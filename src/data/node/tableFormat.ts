import { UserError } from '../../tensor/errors.js';
import type { Separator, TableFormat, TableSource } from '../tableSource.js';

const endings: Readonly<Record<string, TableFormat>> = {
  tsv: 'tsv',
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  parquet: 'parquet',
};

/** The format that the ending of a path tells, `.gz` aside; undefined for other endings. */
export function formatOf(path: string): TableFormat | undefined {
  return endings[/\.([a-z]+)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? ''];
}

/** A table whose cells stand beside each other. */
export interface SeparatedForm {
  readonly separated: true;
  /** Undefined where a line is one cell. */
  readonly separator: Separator | undefined;
  /** Whether a cell may stand between quotes. */
  readonly quotes: boolean;
  readonly header: boolean;
  readonly encoding: string | undefined;
}

/** A table whose cells have names. */
export interface KeyedForm {
  readonly separated: false;
  readonly parquet: boolean;
  readonly encoding: string | undefined;
}

/** How a table is written. @throws UserError where what is said of it does not go together. */
export function formOf(table: TableSource): SeparatedForm | KeyedForm {
  const { file, separator, encoding, header = false, decimal } = table;
  const format = table.format ?? usualFormat(file, separator);
  const refuse = (key: string, what: string) =>
    new UserError(`${file}: ${key} is set, but ${what}. Leave it out, or correct format (${format}).`);
  if (format === 'jsonl' || format === 'parquet') {
    if (separator !== undefined) throw refuse('separator', 'cells have names in this format');
    if (decimal !== undefined) throw refuse('decimal', 'numbers are written with a point in this format');
    if (format === 'parquet' && encoding !== undefined)
      throw refuse('encoding', 'texts are always UTF-8 in this format');
    return { separated: false, parquet: format === 'parquet', encoding };
  }
  if (format === 'text') {
    if (separator !== undefined) throw refuse('separator', 'a line is one cell in this format');
    return { separated: true, separator: undefined, quotes: false, header: false, encoding };
  }
  const quotes = format === 'csv';
  if (!quotes && (separator ?? 'tab') !== 'tab') throw refuse('separator', 'cells stand between tabs here');
  return { separated: true, separator: separator ?? (quotes ? 'comma' : 'tab'), quotes, header, encoding };
}

/** What a table is read as where no format is named: by the separator where one is, else by the ending of the file. */
export function usualFormat(file: string, separator: Separator | undefined): TableFormat {
  const byName = formatOf(file) ?? 'tsv';
  if (separator === undefined || byName === 'jsonl' || byName === 'parquet') return byName;
  return separator === 'tab' ? 'tsv' : 'csv';
}
