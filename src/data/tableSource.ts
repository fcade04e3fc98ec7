/** How a table is written. */
export const tableFormats = ['tsv', 'csv', 'jsonl', 'parquet', 'text'] as const;
export type TableFormat = (typeof tableFormats)[number];

export const separators = ['tab', 'comma', 'semicolon'] as const;
/** What stands between two cells of a row. */
export type Separator = (typeof separators)[number];

/** The sign before the decimals of a number. */
export const decimals = ['point', 'comma'] as const;
export type Decimal = (typeof decimals)[number];

/** A column by its name, or by its place, counted from 0. */
export type Column = number | string;

/** Where a table stands, and how it is written. */
export interface TableSource {
  /** A file, `.gz` or not, or the folder of a Hugging Face data set. */
  readonly file: string;
  /** By the file's ending by default: `.csv`; `.jsonl`, `.ndjson` and `.json`; `.parquet`; else `tsv`. */
  readonly format?: TableFormat;
  /** Of texts, as `TextDecoder` names them; 'utf-8' by default. */
  readonly encoding?: string;
  /** Whether the first row of a TSV or CSV file names the columns; false by default. Files in folders have such a row. */
  readonly header?: boolean;
  /** 'comma' in CSV, 'tab' in TSV by default. */
  readonly separator?: Separator;
  /** Of the numbers in a TSV or CSV file; 'point' by default. */
  readonly decimal?: Decimal;
  /** Of a folder: one of the data sets in it, by the name that its README.md, or a folder in it, gives. */
  readonly subset?: string;
  /** Of a folder: the part that is read; 'train' by default. */
  readonly split?: string;
}

/** Whether texts of an encoding can be read. */
export function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}
