import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../engine/engine.js';
import { UserError } from '../tensor/errors.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

const reference = new Uint8Array(
  readFileSync(new URL('../../test/fixtures/safetensors/reference.safetensors', import.meta.url)),
);

/** A file with the given header text and number of value bytes. */
function file(header: unknown, valueBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + valueBytes);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

describe('safetensors', () => {
  it('reads the file of the reference implementation', () => {
    const { tensors, metadata } = decodeSafetensors(reference);
    expect(metadata).toEqual({ format: 'pt' });
    const expected: Record<string, HostTensor> = {
      weight: { dtype: 'float32', shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
      check: { dtype: 'float64', shape: [2], data: Float64Array.of(1e-300, -Math.PI) },
      ids: { dtype: 'int32', shape: [2, 1], data: Int32Array.of(-1, 2147483647) },
      shape: { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) },
      mask: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
      scalar: { dtype: 'float32', shape: [], data: Float32Array.of(2.5) },
      empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
      ключ: { dtype: 'int32', shape: [1], data: Int32Array.of(7) },
    };
    expect(tensors).toEqual(expected);
  });

  it('writes the same bytes as the reference implementation, whatever the order of the keys', () => {
    const { tensors, metadata } = decodeSafetensors(reference);
    expect(encodeSafetensors(tensors, metadata)).toEqual(reference);
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(encodeSafetensors(reversed, metadata)).toEqual(reference);
  });

  it('keeps names that JavaScript treats specially, and their order', () => {
    const one = (value: number): HostTensor => ({
      dtype: 'float32',
      shape: [1],
      data: Float32Array.of(value),
    });
    const names = ['10', '9', '__proto__', 'a"b\\c', '日本'];
    const tensors = Object.fromEntries(names.map((name, i) => [name, one(i)]));
    const decoded = decodeSafetensors(encodeSafetensors(tensors)).tensors;
    expect(Object.keys(decoded).sort()).toEqual([...names].sort());
    names.forEach((name, i) => expect(Object.getOwnPropertyDescriptor(decoded, name)?.value.data[0]).toBe(i));
  });

  it('reads values at odd addresses, and a file without tensors', () => {
    const shifted = new Uint8Array(reference.length + 1);
    shifted.set(reference, 1);
    expect(decodeSafetensors(shifted.subarray(1))).toEqual(decodeSafetensors(reference));
    expect(decodeSafetensors(encodeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });

  it('refuses to write a tensor whose values do not fill its shape, or a reserved name', () => {
    const tensor: HostTensor = { dtype: 'float32', shape: [3], data: new Float32Array(2) };
    expect(() => encodeSafetensors({ w: tensor })).toThrow(
      "Tensor 'w': float32 [3] needs 3 values of 4 bytes, got 2 of 4.",
    );
    expect(() => encodeSafetensors({ w: { ...tensor, shape: [2], data: new Float64Array(2) } })).toThrow(
      'of 8',
    );
    expect(() => encodeSafetensors({ __metadata__: { ...tensor, shape: [2] } })).toThrow('reserves');
  });

  const corrupt: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /truncated: it has 0 bytes/],
    ['a cut header', reference.slice(0, 100), /truncated: the header ends at byte/],
    ['cut values', reference.slice(0, -1), /tensor 'mask' ends at byte 75 .* holds only 74.*truncated/],
    [
      'a huge header',
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 123, 125),
      /not a safetensors file.*limit is 100000000/,
    ],
    ['bytes after the end', file({}, 3), /3 bytes after the last tensor belong/],
    ['text that is not JSON', file('{"w":'), /header is not valid JSON/],
    ['a list', file('[]'), /header is not a JSON object/],
    ['invalid UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), /header is not valid UTF-8/],
    ['metadata that is not text', file({ __metadata__: { a: 1 } }), /'__metadata__' must map text to text/],
    ['half precision', file({ w: entry('F16', [1], [0, 2]) }, 2), /'w' has the dtype "F16".*Convert it to/],
    ['no dtype', file({ w: { shape: [], data_offsets: [0, 4] } }, 4), /'w' has the dtype missing/],
    ['no description', file({ w: null }), /tensor 'w' has no description/],
    ['a negative size', file({ w: entry('F32', [-1], [0, 4]) }, 4), /'w' has the shape \[-1\]/],
    ['a fractional size', file({ w: entry('F32', [0.5], [0, 2]) }, 2), /'w' has the shape \[0.5\]/],
    ['offsets in reverse', file({ w: entry('F32', [1], [4, 0]) }, 4), /'w' has the offsets \[4,0\]/],
    ['three offsets', file({ w: entry('F32', [1], [0, 4, 8]) }, 8), /'w' has the offsets/],
    [
      'a shape that does not fit',
      file({ w: entry('F32', [2, 2], [0, 12]) }, 12),
      /'w' is F32 \[2, 2\], which takes 16 bytes, but its offsets \[0, 12\] span 12/,
    ],
    [
      'overlapping tensors',
      file({ a: entry('F32', [2], [0, 8]), b: entry('F32', [2], [4, 12]) }, 12),
      /'a' and 'b' overlap/,
    ],
    [
      'a gap',
      file({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [8, 12]) }, 12),
      /bytes 4 to 8 .* before tensor 'b', belong to no tensor/,
    ],
    [
      'a name listed twice',
      file(
        `{"a":${JSON.stringify(entry('F32', [1], [0, 4]))},"a":${JSON.stringify(entry('F32', [1], [4, 8]))}}`,
        8,
      ),
      /before tensor 'a', belong to no tensor/,
    ],
  ];
  it.each(corrupt)('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(UserError);
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(message);
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(/^model\.safetensors: /);
  });

  it('never reads past the file, whatever byte is changed in its header', () => {
    for (let i = 0; i < 500; i++) {
      const edited = reference.slice();
      edited[i] = edited[i]! ^ (1 + (i % 255));
      try {
        decodeSafetensors(edited);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  });
});
