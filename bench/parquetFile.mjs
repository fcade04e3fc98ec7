// A writer of Parquet files of texts, small enough to need no package.
import { Buffer } from 'node:buffer';
import { closeSync, openSync, writeSync } from 'node:fs';

// Numbers that the format gives its words.
const BYTE_ARRAY = 6;
const REQUIRED = 0;
const UTF8 = 0;
const PLAIN = 0;
const RLE = 3;
const UNCOMPRESSED = 0;
const DATA_PAGE = 0;

// Values of Thrift's compact protocol: the number of their type, and their bytes.

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

const int = (value) => ({ type: 5, bytes: varint(2 * value) });
const long = (value) => ({ type: 6, bytes: varint(2 * value) });

function text(value) {
  const bytes = Buffer.from(value);
  return { type: 8, bytes: [...varint(bytes.length), ...bytes] };
}

function list(values) {
  const { type } = values[0];
  const head = values.length < 15 ? [16 * values.length + type] : [0xf0 + type, ...varint(values.length)];
  return { type: 9, bytes: [...head, ...values.flatMap(({ bytes }) => bytes)] };
}

/** Fields by their numbers. */
function struct(fields) {
  let last = 0;
  const bytes = Object.entries(fields).flatMap(([key, { type, bytes }]) => {
    const step = Number(key) - last;
    last = Number(key);
    return [16 * step + type, ...bytes];
  });
  return { type: 12, bytes: [...bytes, 0] };
}

/** Rows that stand in a page together. */
const PAGE = 10_000;

/** Each text after the number of its bytes. */
function plainTexts(texts) {
  return Buffer.concat(
    texts.flatMap((each) => {
      const bytes = Buffer.from(each);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * Writes a file that is not compressed: each group of rows has pages of one column, then of the next.
 * @param {string} path
 * @param {readonly string[]} columns
 * @param {Iterable<readonly Readonly<Record<string, string>>[]>} groups of rows, each a text by column.
 */
export function writeParquet(path, columns, groups) {
  const file = openSync(path, 'w');
  let end = 0;
  const write = (bytes) => {
    writeSync(file, bytes);
    end += bytes.length;
  };
  write(Buffer.from('PAR1'));
  let rows = 0;
  const rowGroups = [];
  for (const group of groups) {
    const start = end;
    const chunks = columns.map((name) => {
      const offset = end;
      for (let from = 0; from < group.length; from += PAGE) {
        const texts = group.slice(from, from + PAGE).map((row) => row[name]);
        const page = plainTexts(texts);
        const about = struct({ 1: int(texts.length), 2: int(PLAIN), 3: int(RLE), 4: int(RLE) });
        const size = int(page.length);
        write(Uint8Array.from(struct({ 1: int(DATA_PAGE), 2: size, 3: size, 5: about }).bytes));
        write(page);
      }
      const length = long(end - offset);
      const chunk = struct({
        1: int(BYTE_ARRAY),
        2: list([int(PLAIN)]),
        3: list([text(name)]),
        4: int(UNCOMPRESSED),
        5: long(group.length),
        6: length,
        7: length,
        9: long(offset),
      });
      return struct({ 2: long(offset), 3: chunk });
    });
    rowGroups.push(struct({ 1: list(chunks), 2: long(end - start), 3: long(group.length) }));
    rows += group.length;
  }
  const schema = [
    struct({ 4: text('schema'), 5: int(columns.length) }),
    ...columns.map((name) => struct({ 1: int(BYTE_ARRAY), 3: int(REQUIRED), 4: text(name), 6: int(UTF8) })),
  ];
  const footer = struct({ 1: int(1), 2: list(schema), 3: long(rows), 4: list(rowGroups) }).bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  for (const bytes of [Uint8Array.from(footer), length, Buffer.from('PAR1')]) write(bytes);
  closeSync(file);
}
