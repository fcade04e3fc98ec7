import type { DType } from '../tensor/dtype.js';
import type { Shape } from '../tensor/dim.js';
import { createNode, type Attributes, type Node, type Tensor, type TensorType } from '../tensor/tensor.js';

/** An ONNX attribute: a number or list is an integer (list), `{ float }` a float, `{ body }` a subgraph. */
export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | { readonly body: SubgraphSource };

/** The body of an ONNX control-flow node: tensors bound to its inputs, and the tensors it yields. */
export interface SubgraphSource {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** What an op writes its ONNX nodes with. Equal nodes are merged; values of enclosing graphs can be used by name. */
export interface Emitter {
  /** Adds a node and returns the names of its outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    outputs?: number,
  ): string[];
  /** Adds a node with one output and returns its name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string;
  /** An initializer; float32 becomes float64 when the whole graph is emitted in float64. */
  constant(dtype: DType, shape: readonly number[], values: readonly number[]): string;
  /** The sizes of a shape as an int64 vector: constant where static, computed from the graph's inputs where named. */
  shape(shape: Shape): string;
  /** ONNX's code of a dtype, after the precision of this graph. */
  typeCode(dtype: DType): number;
}

export interface GradientContext {
  readonly node: Node;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** ∂loss/∂output for each output that the loss depends on. */
  readonly upstream: readonly (Tensor | undefined)[];
  /** Which inputs a gradient is wanted for. */
  readonly wanted: readonly boolean[];
  /** Differentiates a traced body (used by scan). */
  readonly differentiate: (
    outputs: readonly Tensor[],
    upstream: readonly (Tensor | undefined)[],
    wanted: readonly Tensor[],
  ) => (Tensor | undefined)[];
}

/** Everything about an op in one place: its shape rule, its ONNX form, its gradient. */
export interface OpDefinition {
  readonly name: string;
  /** Types of the outputs. @throws through `traceError` when the inputs do not fit. */
  readonly infer: (inputs: readonly Tensor[], attributes: Attributes) => readonly TensorType[];
  /** Writes the ONNX node(s); returns the names of the outputs. */
  readonly emit: (emitter: Emitter, inputs: readonly string[], node: Node) => readonly string[];
  /** ∂loss/∂input per input; `undefined` where none flows. 'none': the op has no derivative (integers, comparisons, selection of indices). */
  readonly gradient: ((context: GradientContext) => readonly (Tensor | undefined)[]) | 'none';
  /** For an op whose attributes hold traced tensors: the attributes of a copy that reads others in their place. */
  readonly replace?: (attributes: Attributes, copyOf: (x: Tensor) => Tensor) => Attributes;
}

const definitions = new Map<string, OpDefinition>();

/** Registers an op and returns the function that applies it. */
export function defineOp(
  definition: OpDefinition,
): (inputs: readonly Tensor[], attributes?: Attributes) => Tensor[] {
  definitions.set(definition.name, definition);
  return (inputs, attributes = {}) =>
    createNode(definition.name, inputs, attributes, definition.infer(inputs, attributes)).outputs;
}

/** The definition of a node's op. */
export function definitionOf(op: string): OpDefinition {
  const definition = definitions.get(op);
  if (!definition) throw new Error(`No op is called '${op}'.`);
  return definition;
}

/** Names of all registered ops, for the tests that go through every one. */
export function registeredOps(): string[] {
  return [...definitions.keys()];
}
