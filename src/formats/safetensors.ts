import type { HostTensor } from '../engine/engine.js';
import { bytesOf, typedArray, type DType } from '../tensor/dtype.js';
import { UserError } from '../tensor/errors.js';

/**
 * The safetensors format (https://github.com/huggingface/safetensors): an 8-byte little-endian header length, a JSON
 * header that gives each tensor's dtype, shape and byte range, then the values. JavaScript's typed arrays have the
 * machine's byte order; every platform that Node and the browsers run on is little-endian, as the format is.
 */
const codes = { int64: 'I64', float64: 'F64', float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;
/** The order in which the reference implementation lays tensors out: wide elements first, so that each is aligned. */
const layoutOrder = Object.keys(codes);
const dtypes = new Map<string, DType>(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]));

const METADATA = '__metadata__';
/** The reference implementation's limit: a longer header is taken for a corrupt or hostile file. */
const MAX_HEADER_BYTES = 100_000_000;
const RESTORE = 'Restore the file from a copy, or make it again.';

export interface Safetensors {
  /** Tensors by name, in the order of the file. */
  tensors: Record<string, HostTensor>;
  /** Free text by key. */
  metadata: Record<string, string>;
}

/**
 * Encodes tensors as a safetensors file, byte for byte as the reference implementation does: laid out by dtype, the
 * widest first, then by name, whatever the order of the keys.
 * @throws Error when the values of a tensor do not fill its shape or its name is reserved.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts = safetensorsParts(tensors, metadata);
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}

/**
 * As {@link encodeSafetensors}, without a copy of the values: the header, then a view of each tensor's bytes, to be
 * written one after the other before the tensors change.
 */
export function safetensorsParts(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const entries = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) =>
      layoutOrder.indexOf(a.dtype) - layoutOrder.indexOf(b.dtype) || compare(nameA, nameB),
  );
  const header: [string, unknown][] = [];
  const metadataEntries = Object.entries(metadata).sort(([a], [b]) => compare(a, b));
  if (metadataEntries.length > 0) header.push([METADATA, Object.fromEntries(metadataEntries)]);
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (name === METADATA)
      throw new Error(`A tensor cannot be named '${METADATA}': safetensors reserves it.`);
    const size = shape.reduce((product, length) => product * length, 1);
    if (data.length !== size || data.BYTES_PER_ELEMENT !== bytesOf(dtype)) {
      throw new Error(
        `Tensor '${name}': ${dtype} ${formatShape(shape)} needs ${size} values of ${bytesOf(dtype)} bytes, got ${data.length} of ${data.BYTES_PER_ELEMENT}.`,
      );
    }
    const start = end;
    end += data.byteLength;
    header.push([name, { dtype: codes[dtype], shape, data_offsets: [start, end] }]);
  }
  // Joined by hand: in a JavaScript object, names that look like integers would move to the front.
  const json = `{${header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const headerBytes = new TextEncoder().encode(json);
  // Spaces up to a multiple of 8, so that the values start aligned for every dtype.
  const headerLength = Math.ceil(headerBytes.length / 8) * 8;
  const start = new Uint8Array(8 + headerLength).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(headerLength), true);
  start.set(headerBytes, 8);
  return [
    start,
    ...entries.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

/**
 * Decodes a safetensors file. Values are views into `bytes` where their alignment allows, copies elsewhere.
 * @param source the file's name, for messages.
 * @throws UserError naming the file, the tensor and the remedy when the file is truncated, inconsistent, or holds a
 * dtype that heddle does not compute with.
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  const fail = (problem: string, remedy = RESTORE): never => {
    throw new UserError(`${source}: ${problem} ${remedy}`);
  };
  if (bytes.length < 8) {
    return fail(
      `the file is truncated: it has ${bytes.length} bytes, and the length of the header alone takes 8.`,
    );
  }
  const headerLength = Number(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true),
  );
  if (headerLength > MAX_HEADER_BYTES) {
    return fail(
      `not a safetensors file, or damaged: its header would be ${headerLength} bytes long, the limit is ${MAX_HEADER_BYTES}.`,
    );
  }
  if (8 + headerLength > bytes.length) {
    return fail(
      `the file is truncated: the header ends at byte ${8 + headerLength}, the file at byte ${bytes.length}.`,
    );
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fail);
  const valueBytes = bytes.length - 8 - headerLength;
  const tensors: [string, HostTensor][] = [];
  let metadata: Record<string, string> = {};
  const ranges: { name: string; start: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      metadata = parseMetadata(entry, fail);
      continue;
    }
    const { dtype, shape, start, end } = parseEntry(name, entry, fail);
    if (end > valueBytes) {
      fail(
        `tensor '${name}' ends at byte ${end} of the values, but the file holds only ${valueBytes}: the file is truncated or was edited.`,
      );
    }
    const size = shape.reduce((product, length) => product * length, 1);
    if (size * bytesOf(dtype) !== end - start) {
      fail(
        `tensor '${name}' is ${codes[dtype]} ${formatShape(shape)}, which takes ${size * bytesOf(dtype)} bytes, but its offsets [${start}, ${end}] span ${end - start}.`,
      );
    }
    ranges.push({ name, start, end });
    const offset = bytes.byteOffset + 8 + headerLength + start;
    const aligned = offset % bytesOf(dtype) === 0;
    const buffer = aligned ? bytes.buffer : bytes.buffer.slice(offset, offset + (end - start));
    tensors.push([name, { dtype, shape, data: typedArray(dtype, size, buffer, aligned ? offset : 0) }]);
  }
  checkCoverage(ranges, valueBytes, fail);
  return { tensors: Object.fromEntries(tensors), metadata };
}

type Fail = (problem: string, remedy?: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('not a safetensors file, or damaged: the header is not valid UTF-8.');
  }
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    return fail(
      `not a safetensors file, or damaged: the header is not valid JSON (${(error as Error).message}).`,
    );
  }
  return isRecord(header)
    ? header
    : fail('not a safetensors file, or damaged: the header is not a JSON object.');
}

function parseMetadata(entry: unknown, fail: Fail): Record<string, string> {
  if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === 'string')) {
    return fail(`the header's '${METADATA}' must map text to text.`);
  }
  return entry as Record<string, string>;
}

function parseEntry(
  name: string,
  entry: unknown,
  fail: Fail,
): { dtype: DType; shape: number[]; start: number; end: number } {
  if (!isRecord(entry)) return fail(`tensor '${name}' has no description in the header.`);
  const { dtype: code, shape, data_offsets: offsets } = entry;
  const dtype = typeof code === 'string' ? dtypes.get(code) : undefined;
  if (!dtype) {
    return fail(
      `tensor '${name}' has the dtype ${JSON.stringify(code) ?? 'missing'}, which heddle cannot read.`,
      `Convert it to one of ${[...dtypes.keys()].join(', ')} (half precision to F32).`,
    );
  }
  if (!isSizes(shape)) {
    return fail(
      `tensor '${name}' has the shape ${JSON.stringify(shape) ?? 'missing'}; expected a list of whole numbers.`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    return fail(
      `tensor '${name}' has the offsets ${JSON.stringify(offsets) ?? 'missing'}; expected [start, end] with start ≤ end.`,
    );
  }
  return { dtype, shape, start: offsets[0]!, end: offsets[1]! };
}

/** The format demands that the tensors cover the values without a gap or an overlap; this also catches a name listed twice. */
function checkCoverage(
  ranges: { name: string; start: number; end: number }[],
  valueBytes: number,
  fail: Fail,
): void {
  const sorted = [...ranges].sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  let previous = '';
  for (const { name, start, end } of sorted) {
    if (start < covered) fail(`the values of the tensors '${previous}' and '${name}' overlap.`);
    if (start > covered)
      fail(`bytes ${covered} to ${start} of the values, before tensor '${name}', belong to no tensor.`);
    covered = end;
    previous = name;
  }
  if (covered < valueBytes) {
    fail(
      `${valueBytes - covered} bytes after the last tensor${previous ? ` ('${previous}')` : ''} belong to no tensor.`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** By UTF-16 unit: the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
