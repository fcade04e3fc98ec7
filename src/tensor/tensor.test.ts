import { describe, expect, it } from 'vitest';
import { constant, currentPath, inScope, input, scalarValue, traceError } from './tensor.js';
import { bytesOf, isFloat, typedArray } from './dtype.js';

describe('tensors', () => {
  it('are records of a node, a dtype and a shape', () => {
    const x = input('x', 'int32', ['batch', 3]);
    expect(x.rank).toBe(2);
    expect(String(x)).toBe('int32[batch, 3]');
    expect(x.node).toMatchObject({ op: 'input', attributes: { name: 'x' }, inputs: [] });
    expect(x.node.outputs).toEqual([x]);
  });

  it('are constants of a number, a list, or a shape', () => {
    expect(constant(2).shape).toEqual([]);
    expect(constant([1, 2, 3]).shape).toEqual([3]);
    expect(constant([1, 2, 3, 4], 'int32', [2, 2])).toMatchObject({ dtype: 'int32', shape: [2, 2] });
    expect(scalarValue(constant(2))).toBe(2);
    expect(scalarValue(constant([1, 2]))).toBeUndefined();
    expect(scalarValue(input('x', 'float32', []))).toBeUndefined();
  });
});

describe('the path of the traced layer', () => {
  it('stands on nodes and errors, and is put back even after an error', () => {
    const x = inScope('encoder', () => {
      expect(traceError('add', 'no.').message).toBe('encoder: add: no.');
      return inScope('encoder.cell', () => input('x', 'float32', []));
    });
    expect(x.node.path).toBe('encoder.cell');
    expect(() =>
      inScope('decoder', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(currentPath()).toBe('');
    expect(traceError('add', 'no.').message).toBe('add: no.');
  });
});

describe('dtypes', () => {
  it('have arrays', () => {
    expect(typedArray('float32', 2)).toEqual(new Float32Array(2));
    const buffer = new ArrayBuffer(16);
    expect(typedArray('int64', 1, buffer, 8).byteOffset).toBe(8);
    expect((['float32', 'float64', 'int32', 'int64', 'bool'] as const).map(bytesOf)).toEqual([4, 8, 4, 8, 1]);
    expect((['float32', 'float64', 'int32', 'int64', 'bool'] as const).filter(isFloat)).toEqual([
      'float32',
      'float64',
    ]);
  });
});
