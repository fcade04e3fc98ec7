/** Element types. float32 is the default, float64 is for checks, int32 for token ids, int64 for ONNX shape arguments. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool';

/** The JavaScript array that holds values of a dtype; bool is one byte per value. */
export interface TypedArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}
export type TypedArray = TypedArrayOf[DType];

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/** Bytes of one value. */
export function bytesOf(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/** A new zero-filled array, or a view of `buffer` when one is given (`byteOffset` in bytes, `length` in values). */
export function typedArray<D extends DType>(
  dtype: D,
  length: number,
  buffer?: ArrayBufferLike,
  byteOffset = 0,
): TypedArrayOf[D] {
  const Constructor = constructors[dtype] as unknown as {
    new (length: number): TypedArrayOf[D];
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArrayOf[D];
  };
  return buffer ? new Constructor(buffer, byteOffset, length) : new Constructor(length);
}

/** The class of the array that holds values of a dtype: 'Float32Array'. */
export function arrayName(dtype: DType): string {
  return constructors[dtype].name;
}

export function isFloat(dtype: DType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64';
}
