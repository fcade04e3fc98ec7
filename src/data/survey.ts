import type { BadRow } from './badRows.js';
import type { ColumnProfile } from './profile.js';
import type { Column, TableSource } from './tableSource.js';

/** Classes with how many examples each has, the most frequent first. */
export type ClassCounts = readonly (readonly [name: string, count: number])[];

/** What was found where somebody pointed. Paths stand as they were given. */
export type Survey = TableSurvey | TextSurvey | IdxSurvey | ImageFolderSurvey | RecordingsSurvey;

/** A table: TSV, CSV, JSON Lines, Parquet, or a Hugging Face data set. */
export interface TableSurvey {
  readonly kind: 'table';
  readonly source: TableSource;
  readonly columns: readonly ColumnProfile[];
  /** Of each column: what a configuration calls it. */
  readonly names: readonly Column[];
  /** All rows, or of very many a sample drawn evenly, in their order. */
  readonly rows: readonly (readonly string[])[];
  /** Of each of them: where it stands, `words.tsv: line 12`. */
  readonly origins: readonly string[];
  /** The first rows, in their order. */
  readonly first: readonly (readonly string[])[];
  /** Rows in all. */
  readonly count: number;
  /** Rows that cannot be read, and the first of them. */
  readonly bad: { readonly count: number; readonly rows: readonly BadRow[] };
  /** Splits that the source has of its own. */
  readonly ownSplits: readonly ('validation' | 'test')[];
}

/** Plain text. */
export interface TextSurvey {
  readonly kind: 'text';
  readonly file: string;
  readonly encoding?: string;
  /** Its lines: all, or of very many the first. */
  readonly lines: readonly string[];
  /** Characters in all. */
  readonly characters: number;
}

/** A pair of files in MNIST's format, and perhaps a second pair to test. */
export interface IdxSurvey {
  readonly kind: 'idx';
  readonly train: IdxPair;
  readonly test: IdxPair | undefined;
  readonly classes: ClassCounts;
}

export interface IdxPair {
  readonly images: string;
  readonly labels: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** A folder of images for each class. */
export interface ImageFolderSurvey {
  readonly kind: 'images';
  readonly folder: string;
  readonly classes: ClassCounts;
  /** Median sizes of some of the images, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly colour: boolean;
}

/** WAV recordings: a folder for each class, or a table of their paths and classes. */
export interface RecordingsSurvey {
  readonly kind: 'recordings';
  readonly place: string;
  /** Of a table: how it is written, and its columns. */
  readonly table?: { readonly source: TableSource; readonly file: Column; readonly label: Column };
  readonly classes: ClassCounts;
  /** Samples of a second: what most recordings have. */
  readonly rate: number;
  /** Seconds that 95 of 100 recordings do not exceed. */
  readonly seconds: number;
}
