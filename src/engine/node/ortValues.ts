import { bytesOf, typedArray, type DType, type TypedArray } from '../../tensor/dtype.js';
import type { HostTensor } from '../engine.js';
import { onnxTypeOf } from './elementTypes.js';
import type { OrtApi, Pointer } from './ortApi.js';

/** ONNX allows any rank; nothing here comes near this. */
const MOST_DIMENSIONS = 32;
/** Shapes under which one array keeps a value; further ones (a buffer reused for every length) are made for each run. */
const MOST_SHAPES = 4;

interface KeptValue {
  shape: readonly number[];
  pointer: Pointer;
}

/** Makes ORT values over JavaScript arrays, without copying, and reads ORT's own. */
export class OrtValues {
  private readonly shape = new BigInt64Array(MOST_DIMENSIONS);
  private readonly shapeAddress: Pointer;
  private readonly kept = new WeakMap<TypedArray, KeptValue[]>();
  private readonly collected = new FinalizationRegistry<KeptValue[]>((values) => {
    for (const { pointer } of values) this.release(pointer);
  });

  /** `isPermanent` says which arrays come again at every run: their values are made once. */
  constructor(
    private readonly api: OrtApi,
    private readonly isPermanent: (array: TypedArray) => boolean,
  ) {
    this.shapeAddress = api.addressOf(this.shape);
  }

  /** A value over the tensor's array. The caller keeps the array alive, and releases the value if it is `temporary`. */
  over(tensor: HostTensor): { pointer: Pointer; temporary: boolean } {
    let values = this.kept.get(tensor.data);
    if (values) {
      for (const value of values) {
        if (sameShape(value.shape, tensor.shape)) return { pointer: value.pointer, temporary: false };
      }
    }
    const pointer = this.make(tensor);
    if (!this.isPermanent(tensor.data) || (values && values.length >= MOST_SHAPES)) {
      return { pointer, temporary: true };
    }
    if (!values) {
      values = [];
      this.kept.set(tensor.data, values);
      this.collected.register(tensor.data, values);
    }
    values.push({ shape: [...tensor.shape], pointer });
    return { pointer, temporary: false };
  }

  /** A copy of an ORT value of that dtype. */
  read(value: Pointer, dtype: DType): HostTensor {
    const { api } = this;
    const info = api.create('GetTensorTypeAndShape', value);
    const rank = Number(api.create('GetDimensionsCount', info));
    api.do('GetDimensions', info, this.shapeAddress, rank);
    api.release('ReleaseTensorTypeAndShapeInfo', info);
    const shape = Array.from(this.shape.subarray(0, rank), Number);
    const size = shape.reduce((product, length) => product * length, 1);
    const data = typedArray(dtype, size);
    if (size > 0) {
      const bytes = api.bytesAt(api.create('GetTensorMutableData', value), size * bytesOf(dtype));
      new Uint8Array(data.buffer).set(new Uint8Array(bytes));
    }
    return { dtype, shape, data };
  }

  release(pointer: Pointer): void {
    this.api.release('ReleaseValue', pointer);
  }

  private make({ dtype, shape, data }: HostTensor): Pointer {
    if (shape.length > MOST_DIMENSIONS) throw new Error(`A value has ${shape.length} dimensions.`);
    for (let i = 0; i < shape.length; i++) this.shape[i] = BigInt(shape[i]!);
    // An empty array has no address; any will do for no bytes.
    const address = data.byteLength > 0 ? this.api.addressOf(data) : this.shapeAddress;
    return this.api.create(
      'CreateTensorWithDataAsOrtValue',
      this.api.memoryInfo,
      address,
      data.byteLength,
      this.shapeAddress,
      shape.length,
      onnxTypeOf[dtype],
    );
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
