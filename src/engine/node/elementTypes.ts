import type { DType } from '../../tensor/dtype.js';

/** ONNX TensorProto.DataType, which is also ORT's ONNXTensorElementDataType. */
export const onnxTypeOf: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** The dtype of an ONNX element type. @throws Error for one that programs do not use. */
export function dtypeOfOnnx(type: number): DType {
  for (const [dtype, number] of Object.entries(onnxTypeOf)) if (number === type) return dtype as DType;
  throw new Error(
    `The model has a value of ONNX element type ${type}; only ${Object.keys(onnxTypeOf).join(', ')} work.`,
  );
}
