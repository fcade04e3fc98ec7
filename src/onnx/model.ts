import type { DType } from '../tensor/dtype.js';
import { isStatic, type Shape } from '../tensor/dim.js';
import { ProtobufWriter } from './protobuf.js';

/** Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */

/** ONNX's TensorProto.DataType. */
export const typeCodes: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

export const irVersion = 10;
export const opsetVersion = 20;

export interface ValueRecord {
  readonly name: string;
  readonly dtype: DType;
  /** Left out for the values of a subgraph, which ORT infers. */
  readonly shape?: Shape;
}

export interface InitializerRecord {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type AttributeRecord =
  number | string | readonly number[] | { readonly float: number } | { readonly graph: GraphRecord };

export interface NodeRecord {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeRecord>>;
}

export interface GraphRecord {
  readonly name: string;
  readonly nodes: readonly NodeRecord[];
  readonly inputs: readonly ValueRecord[];
  readonly outputs: readonly ValueRecord[];
  readonly initializers: readonly InitializerRecord[];
}

function rawBytes(dtype: DType, values: readonly number[]): Uint8Array {
  switch (dtype) {
    case 'float32':
      return new Uint8Array(new Float32Array(values).buffer);
    case 'float64':
      return new Uint8Array(new Float64Array(values).buffer);
    case 'int32':
      return new Uint8Array(new Int32Array(values).buffer);
    case 'int64':
      return new Uint8Array(new BigInt64Array(values.map((value) => BigInt(value))).buffer);
    case 'bool':
      return new Uint8Array(values);
  }
}

function tensorProto(record: InitializerRecord): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const dim of record.shape) proto.int(1, dim);
  return proto
    .int(2, typeCodes[record.dtype])
    .string(8, record.name)
    .bytes(9, rawBytes(record.dtype, record.values));
}

function valueInfo({ name, dtype, shape }: ValueRecord): ProtobufWriter {
  const tensorType = new ProtobufWriter().int(1, typeCodes[dtype]);
  if (shape) {
    const shapeProto = new ProtobufWriter();
    for (const dim of shape) {
      const dimension = new ProtobufWriter();
      if (isStatic(dim)) dimension.int(1, dim);
      else dimension.string(2, dim);
      shapeProto.message(1, dimension);
    }
    tensorType.message(2, shapeProto);
  }
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensorType));
}

const attributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

function attributeProto(name: string, value: AttributeRecord): ProtobufWriter {
  const proto = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return proto.int(3, value).int(20, attributeType.int);
  if (typeof value === 'string')
    return proto.bytes(4, new TextEncoder().encode(value)).int(20, attributeType.string);
  if ('float' in value) return proto.float(2, value.float).int(20, attributeType.float);
  if ('graph' in value) return proto.message(6, graphProto(value.graph)).int(20, attributeType.graph);
  for (const item of value) proto.int(8, item);
  return proto.int(20, attributeType.ints);
}

function nodeProto(node: NodeRecord): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const name of node.inputs) proto.string(1, name);
  for (const name of node.outputs) proto.string(2, name);
  proto.string(3, node.name).string(4, node.opType);
  for (const [name, value] of Object.entries(node.attributes)) proto.message(5, attributeProto(name, value));
  return proto;
}

function graphProto(graph: GraphRecord): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const node of graph.nodes) proto.message(1, nodeProto(node));
  proto.string(2, graph.name);
  for (const initializer of graph.initializers) proto.message(5, tensorProto(initializer));
  for (const value of graph.inputs) proto.message(11, valueInfo(value));
  for (const value of graph.outputs) proto.message(12, valueInfo(value));
  return proto;
}

/** The bytes of an ONNX model. */
export function encodeModel(graph: GraphRecord): Uint8Array {
  const opset = new ProtobufWriter().string(1, '').int(2, opsetVersion);
  return new ProtobufWriter()
    .int(1, irVersion)
    .string(2, 'heddle')
    .message(7, graphProto(graph))
    .message(8, opset)
    .finish()
    .slice();
}
