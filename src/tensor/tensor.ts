import type { DType } from './dtype.js';
import { showShape, type Shape } from './dim.js';

/** What an op needs besides its inputs. Only plain data, except for the body of a scan and a mask's rate by step. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One application of an op: a plain record. The graph is whatever is reachable from the tensors one asks for. */
export interface Node {
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** The layer that made the node, as its path ('decoder.attention'), for errors and for names in the graph. */
  readonly path: string;
  /** The class of that layer, for errors; empty outside of any. */
  readonly layer: string;
  /** Filled by `createNode`; a scan's gradient may append further outputs. */
  readonly outputs: Tensor[];
}

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A symbolic value: no memory behind it, only the node that yields it, its dtype and its shape with named dims. */
export class Tensor implements TensorType {
  constructor(
    readonly node: Node,
    readonly index: number,
    readonly dtype: DType,
    readonly shape: Shape,
  ) {}

  get rank(): number {
    return this.shape.length;
  }

  toString(): string {
    return `${this.dtype}${showShape(this.shape)}`;
  }
}

let nodeCount = 0;
let scope = { path: '', layer: '' };

/** The path of the layer that is being traced. */
export function currentPath(): string {
  return scope.path;
}

/** Runs `trace` with the path and the class of the layer set, so that nodes and errors carry them. */
export function inScope<T>(path: string, trace: () => T, layer = ''): T {
  const outer = scope;
  scope = { path, layer };
  try {
    return trace();
  } finally {
    scope = outer;
  }
}

/** Makes a node with outputs of the given types. */
export function createNode(
  op: string,
  inputs: readonly Tensor[],
  attributes: Attributes,
  types: readonly TensorType[],
): Node {
  const node: Node = { id: nodeCount++, op, inputs, attributes, ...scope, outputs: [] };
  types.forEach((type, i) => node.outputs.push(new Tensor(node, i, type.dtype, type.shape)));
  return node;
}

/** An error of the traced model: it names the layer by its path. */
export function traceError(op: string, message: string): Error {
  return new Error(`${scope.path ? `${scope.path}: ` : ''}${op}: ${message}`);
}

/** A named value that each run supplies: token ids, lengths, masks. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  return createNode('input', [], { name }, [{ dtype, shape }]).outputs[0]!;
}

/** A value known while tracing; `values` in row-major order. */
export function constant(
  values: number | readonly number[],
  dtype: DType = 'float32',
  shape?: readonly number[],
): Tensor {
  const list = typeof values === 'number' ? [values] : values;
  const dims = shape ?? (typeof values === 'number' ? [] : [values.length]);
  return createNode('constant', [], { values: list }, [{ dtype, shape: dims }]).outputs[0]!;
}

/** The number behind a scalar constant, if the tensor is one. */
export function scalarValue(tensor: Tensor): number | undefined {
  if (tensor.node.op !== 'constant') return undefined;
  const values = tensor.node.attributes['values'] as readonly number[];
  return values.length === 1 ? values[0] : undefined;
}
