import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { readError } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { KeyedRow } from './jsonRows.js';

/** Rows that are decoded together: more would outlive the young part of the heap. */
const ROWS = 1 << 13;

/** What a Parquet file says of its columns. */
export interface ParquetHeader {
  readonly names: readonly string[];
  /** Of columns whose numbers stand for classes, as the Hugging Face library notes them: the names of the classes. */
  readonly classes: ReadonlyMap<string, readonly string[]>;
}

/** @throws UserError when the file is missing, damaged, or something else. */
export async function parquetHeader(path: string): Promise<ParquetHeader> {
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const file = await ParquetFile.open(path);
  try {
    const metadata = await parquetMetadataAsync(file);
    return {
      names: parquetSchema(metadata).children.map(({ element }) => element.name),
      classes: classesIn(metadata),
    };
  } catch (error) {
    throw parquetError(path, error);
  } finally {
    await file.close();
  }
}

interface Feature {
  readonly _type?: string;
  readonly names?: readonly string[];
  /** Of lists: what an item is. */
  readonly feature?: Feature;
}

function classesIn({ key_value_metadata = [] }: FileMetaData): Map<string, readonly string[]> {
  const note = key_value_metadata.find(({ key }) => key === 'huggingface')?.value;
  if (note === undefined) return new Map();
  const { info } = JSON.parse(note) as { info?: { features?: Readonly<Record<string, Feature>> } };
  const classes = new Map<string, readonly string[]>();
  for (const [name, given] of Object.entries(info?.features ?? {})) {
    let feature: Feature | undefined = given;
    while (feature?.feature) feature = feature.feature;
    if (feature?._type === 'ClassLabel' && feature.names) classes.set(name, feature.names);
  }
  return classes;
}

/**
 * Streams the rows of a Parquet file: of its row groups a part at a time, and of those only the wanted columns.
 * A text that is not UTF-8 is left as its bytes: its row is a bad one, where the cell is wanted.
 * @param columns by their names in the schema, which must have them.
 * @throws UserError as {@link parquetHeader}.
 */
export async function* parquetRows(path: string, columns: readonly string[]): AsyncGenerator<KeyedRow[]> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file = await ParquetFile.open(path);
  try {
    const metadata = await parquetMetadataAsync(file);
    for (const { group, rowStart, rowEnd } of parts(metadata, columns)) {
      file.enter(group);
      const rows = await parquetReadObjects({
        file,
        metadata,
        columns: [...columns],
        rowStart,
        rowEnd,
        compressors,
        // What is not noted as text may be an image.
        utf8: false,
        parsers: { stringFromBytes: textIfValid },
      });
      yield rows.map((value, i) => ({ number: rowStart + i + 1, value }));
    }
  } catch (error) {
    throw parquetError(path, error);
  } finally {
    await file.close();
  }
}

/** A null has no bytes. */
function textIfValid(bytes?: Uint8Array): string | Uint8Array | undefined {
  if (!bytes || !isUtf8(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

interface Part {
  readonly group: number;
  readonly rowStart: number;
  readonly rowEnd: number;
}

/** What is decoded together: of columns with lists or keys inside all pages of a group would be decoded for each part. */
function* parts({ row_groups, schema }: FileMetaData, columns: readonly string[]): Generator<Part> {
  const nested = schema.some(({ name, num_children = 0 }) => num_children > 0 && columns.includes(name));
  let rowStart = 0;
  for (const [group, { num_rows }] of row_groups.entries()) {
    const groupEnd = rowStart + Number(num_rows);
    while (rowStart < groupEnd) {
      const rowEnd = nested ? groupEnd : Math.min(groupEnd, rowStart + ROWS);
      yield { group, rowStart, rowEnd };
      rowStart = rowEnd;
    }
  }
}

/** A file from which pieces are read; those of a row group are kept while its parts are decoded. */
class ParquetFile implements AsyncBuffer {
  private group: number | undefined;
  private readonly kept = new Map<string, Promise<ArrayBuffer>>();

  private constructor(
    private readonly handle: FileHandle,
    readonly byteLength: number,
  ) {}

  static async open(path: string): Promise<ParquetFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      return new ParquetFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle?.close();
      throw readError(path, error);
    }
  }

  /** Pieces of other groups are let go. */
  enter(group: number): void {
    if (group !== this.group) this.kept.clear();
    this.group = group;
  }

  slice(start: number, end = this.byteLength): Promise<ArrayBuffer> {
    const key = `${start}-${end}`;
    const kept = this.kept.get(key) ?? this.read(start, end);
    if (this.group !== undefined) this.kept.set(key, kept);
    return kept;
  }

  private async read(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await this.handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new Error('the file ends early');
      at += bytesRead;
    }
    return bytes.buffer;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function parquetError(path: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const reason = error instanceof RangeError ? 'it is too short' : (error as Error).message;
  return new UserError(
    `${path}: not a Parquet file, or one that is damaged or of a kind that is not read (${reason}). Fetch it again, or write it anew.`,
    { cause: error },
  );
}
