import type { DType } from '../tensor/dtype.js';
import { factors, isStatic, showShape, type Shape } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';
import type { Node, Tensor } from '../tensor/tensor.js';
import { definitionOf, type Emitter, type OnnxAttribute } from '../ops/registry.js';
import { between } from '../ops/subgraph.js';
import { orderForExecution } from './executionOrder.js';
import {
  encodeModel,
  typeCodes,
  type AttributeRecord,
  type GraphRecord,
  type InitializerRecord,
  type NodeRecord,
  type ValueRecord,
} from './model.js';

/** Something a run must supply. */
export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly kind: 'input' | 'parameter' | 'mask';
  /** For a mask: the share of zeros, by the training step where it changes, and the site that tells it from other masks. */
  readonly mask?: RandomMask;
}

interface RandomMask {
  readonly rate: number | ((step: number) => number);
  readonly site: string;
}

export interface GraphOutput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A graph in ONNX form, with what a run must supply and what it yields. */
export interface ExportedGraph {
  readonly bytes: Uint8Array;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
}

export interface ExportOptions {
  /** 'float64' writes every float32 value as float64, for checks. */
  readonly precision?: 'float32' | 'float64';
}

/** Values, nodes and initializers that all levels of a model share. */
class Shared {
  readonly initializers: InitializerRecord[] = [];
  readonly constantNames = new Map<string, string>();
  /** Where each named dim can be read: a graph input and its axis, which is `factor` times as long. */
  readonly dimSources = new Map<string, { input: string; axis: number; factor: number }>();
  private count = 0;

  constructor(readonly precision: 'float32' | 'float64') {}

  dtype(dtype: DType): DType {
    return dtype === 'float32' ? this.precision : dtype;
  }

  unique(label: string): string {
    return `${label}_${this.count++}`;
  }
}

/** Writes one level of a graph. Nodes with equal op, inputs and attributes are written once, also across levels. */
class GraphEmitter implements Emitter {
  readonly nodeRecords: NodeRecord[] = [];
  readonly names = new Map<Tensor, string>();
  private readonly written = new Map<string, string[]>();
  private path = '';

  constructor(
    readonly shared: Shared,
    private readonly parent?: GraphEmitter,
  ) {}

  private get root(): GraphEmitter {
    return this.parent ? this.parent.root : this;
  }

  private find(key: string): string[] | undefined {
    return this.written.get(key) ?? this.parent?.find(key);
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    outputs = 1,
  ): string[] {
    const records: Record<string, AttributeRecord> = {};
    let mergeable = true;
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'object' && 'body' in value) {
        records[name] = { graph: this.subgraph(value.body.inputs, value.body.outputs) };
        mergeable = false;
      } else records[name] = value;
    }
    const key = mergeable ? JSON.stringify([opType, inputs, records, outputs]) : '';
    const existing = mergeable ? this.find(key) : undefined;
    if (existing) return existing;
    const name = this.shared.unique(this.path ? `${this.path}.${opType}` : opType);
    const outputNames = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : `${name}:${i}`));
    this.nodeRecords.push({ name, opType, inputs, outputs: outputNames, attributes: records });
    if (mergeable) this.written.set(key, outputNames);
    return outputNames;
  }

  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string {
    return this.nodes(opType, inputs, attributes)[0]!;
  }

  constant(dtype: DType, shape: readonly number[], values: readonly number[]): string {
    const stored = this.shared.dtype(dtype);
    const key = JSON.stringify([stored, shape, values]);
    let name = this.shared.constantNames.get(key);
    if (!name) {
      name = this.shared.unique('constant');
      this.shared.constantNames.set(key, name);
      this.shared.initializers.push({ name, dtype: stored, shape, values });
    }
    return name;
  }

  typeCode(dtype: DType): number {
    return typeCodes[this.shared.dtype(dtype)];
  }

  shape(shape: Shape): string {
    if (shape.every(isStatic)) return this.constant('int64', [shape.length], shape);
    // Sizes are the same in every step of a loop: they are computed outside, once.
    const root = this.root;
    const parts = shape.map((dim) => {
      if (isStatic(dim)) return root.constant('int64', [1], [dim]);
      const { factor, names } = factors(dim);
      const sizes = names.map((name) => {
        const source = root.shared.dimSources.get(name);
        if (!source)
          throw new Error(`No input of the graph has the dimension '${name}', so its size is unknown.`);
        const length = root.node('Shape', [source.input], { start: source.axis, end: source.axis + 1 });
        if (source.factor === 1) return length;
        return root.node('Div', [length, root.constant('int64', [1], [source.factor])]);
      });
      if (factor !== 1) sizes.push(root.constant('int64', [1], [factor]));
      return sizes.reduce((a, b) => root.node('Mul', [a, b]));
    });
    return parts.length === 1 ? parts[0]! : root.node('Concat', parts, { axis: 0 });
  }

  /** The name of a tensor's value: written here, outside, or a constant. */
  resolve(x: Tensor): string {
    const name = this.names.get(x);
    if (name !== undefined) return name;
    if (x.node.op === 'constant')
      return this.constant(
        x.dtype,
        x.shape as readonly number[],
        x.node.attributes['values'] as readonly number[],
      );
    if (this.parent) return this.parent.resolve(x);
    throw new Error(
      `A value of a scan's step (${x}) is used outside of it; have the step return it as an output.`,
    );
  }

  /** Writes a traced node. */
  write(node: Node): void {
    this.path = node.path;
    const names = definitionOf(node.op).emit(
      this,
      node.inputs.map((x) => this.resolve(x)),
      node,
    );
    node.outputs.forEach((output, i) => this.names.set(output, names[i]!));
  }

  /** Names the outputs of a level: each gets a name of its own, written on this level. */
  outputNames(outputs: readonly Tensor[], wanted: readonly string[] | undefined): string[] {
    return outputs.map((x, i) => {
      const name = wanted?.[i] ?? this.shared.unique('output');
      this.nodeRecords.push({
        name: `${name}.copy`,
        opType: 'Identity',
        inputs: [this.resolve(x)],
        outputs: [name],
        attributes: {},
      });
      return name;
    });
  }

  private subgraph(inputs: readonly Tensor[], outputs: readonly Tensor[]): GraphRecord {
    const level = new GraphEmitter(this.shared, this);
    const inputRecords: ValueRecord[] = inputs.map((x) => {
      const name = this.shared.unique('slice');
      level.names.set(x, name);
      return { name, dtype: this.shared.dtype(x.dtype) };
    });
    for (const node of between(outputs, new Set(inputs))) level.write(node);
    const names = level.outputNames(outputs, undefined);
    return {
      name: this.shared.unique('body'),
      nodes: dropDead(dropCopies(level.nodeRecords, names, new Set(inputRecords.map((x) => x.name))), names),
      inputs: inputRecords,
      outputs: outputs.map((x, i) => ({ name: names[i]!, dtype: this.shared.dtype(x.dtype) })),
      initializers: [],
    };
  }
}

/**
 * Lets a node write an output of its level directly, where a copy stood between: possible when the value is made by a
 * node of this level and no earlier output took it over.
 */
function dropCopies(
  nodes: readonly NodeRecord[],
  outputs: readonly string[],
  inputs: ReadonlySet<string>,
): NodeRecord[] {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const isOutput = new Set(outputs);
  const kept = nodes.filter((node) => {
    const source = node.inputs[0]!;
    const target = node.outputs[0]!;
    if (node.opType !== 'Identity' || !isOutput.has(target)) return true;
    if (inputs.has(source) || !made.has(source) || renamed.has(source)) return true;
    renamed.set(source, target);
    return false;
  });
  const rename = (name: string) => renamed.get(name) ?? name;
  return kept.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: renameCaptures(node.attributes, rename),
  }));
}

/** A loop's body reads values of the level around it by name. */
function renameCaptures(
  attributes: Readonly<Record<string, AttributeRecord>>,
  rename: (name: string) => string,
): Readonly<Record<string, AttributeRecord>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (typeof value !== 'object' || !('graph' in value)) return [name, value];
      const nodes = value.graph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        attributes: renameCaptures(node.attributes, rename),
      }));
      return [name, { graph: { ...value.graph, nodes } }];
    }),
  );
}

/** The names that a node reads, in its bodies too. */
function namesRead(node: NodeRecord): string[] {
  const bodies = Object.values(node.attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? value.graph.nodes : [],
  );
  return [...node.inputs, ...bodies.flatMap(namesRead)];
}

/** Leaves out nodes that no output needs: an op writes all its outputs, whether they are read or not. */
function dropDead(nodes: readonly NodeRecord[], outputs: readonly string[]): NodeRecord[] {
  const live = new Set(outputs);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => live.has(name))) return false;
    for (const name of namesRead(node)) live.add(name);
    return true;
  });
  return kept.reverse();
}

function reachable(outputs: readonly Tensor[]): Node[] {
  const seen = new Set<Node>();
  const pending = outputs.map((x) => x.node);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const x of node.inputs) pending.push(x.node);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

function graphInput(node: Node): GraphInput | undefined {
  const { dtype, shape } = node.outputs[0]!;
  if (node.op === 'input') return { name: node.attributes['name'] as string, dtype, shape, kind: 'input' };
  if (node.op === 'parameter')
    return { name: (node.attributes['identity'] as { name: string }).name, dtype, shape, kind: 'parameter' };
  if (node.op === 'randomMask') {
    const { rate, site } = node.attributes as unknown as RandomMask;
    return { name: `mask.${site}`, dtype, shape, kind: 'mask', mask: { rate, site } };
  }
  return undefined;
}

/** A model's parameters get their names where it is walked through; one that was not found there has none. */
function requireNamed(nodes: readonly Node[]): void {
  const nameless = nodes.find((node) => node.op === 'parameter' && graphInput(node)!.name === '');
  if (!nameless) return;
  const [parameter] = nameless.outputs;
  const { path, layer } = nodes.find(({ inputs }) => inputs.includes(parameter!)) ?? nameless;
  const what = `a parameter ${showShape(parameter!.shape)} that has no name`;
  throw new UserError(
    layer
      ? `${layer}${path ? ` (${path})` : ''} uses ${what}: it was not found among its fields. Hold parameters and modules, from the constructor on, in ordinary fields (TypeScript's private is fine, #private is not) or in arrays there; maps and plain objects are not searched.`
      : `The graph uses ${what}. Name those of the model first: parametersOf(model) does it, and so does a Trainer or a ParameterStore.`,
  );
}

/**
 * Writes the graph behind named outputs as an ONNX model. Dead nodes are never written, equal ones once.
 * @throws UserError when a parameter has no name; Error when two inputs share one or a needed size is unknown.
 */
export function exportGraph(
  outputs: Readonly<Record<string, Tensor>>,
  options: ExportOptions = {},
): ExportedGraph {
  const shared = new Shared(options.precision ?? 'float32');
  const emitter = new GraphEmitter(shared);
  const tensors = Object.values(outputs);
  const nodes = reachable(tensors);
  requireNamed(nodes);

  const inputs: GraphInput[] = [];
  for (const node of nodes) {
    const found = graphInput(node);
    if (!found) continue;
    if (inputs.some((other) => other.name === found.name))
      throw new Error(
        found.mask
          ? `The dropout layer '${found.mask.site}' is applied twice in one graph; give each place a layer of its own, in an ordinary field (not #private) or an array.`
          : `Two inputs of the graph are called '${found.name}'; give each its own name.`,
      );
    inputs.push({ ...found, dtype: shared.dtype(found.dtype) });
    emitter.names.set(node.outputs[0]!, found.name);
    found.shape.forEach((dim, axis) => {
      const { factor, names } = factors(dim);
      const [name] = names;
      if (name !== undefined && names.length === 1 && !shared.dimSources.has(name))
        shared.dimSources.set(name, { input: found.name, axis, factor });
    });
  }
  for (const node of nodes)
    if (!emitter.names.has(node.outputs[0]!) && node.op !== 'constant' && node.op !== 'placeholder')
      emitter.write(node);

  for (const name of Object.keys(outputs))
    if (inputs.some((input) => input.name === name))
      throw new Error(
        `An input and an output of the graph are both called '${name}'; give each its own name.`,
      );
  const names = emitter.outputNames(tensors, Object.keys(outputs));
  const outputRecords = tensors.map((x, i) => ({
    name: names[i]!,
    dtype: shared.dtype(x.dtype),
    shape: x.shape,
  }));
  const copied = dropCopies(emitter.nodeRecords, names, new Set(inputs.map((x) => x.name)));
  const live = orderForExecution(dropDead(copied, names), namesRead);
  const read = new Set(live.flatMap(namesRead));
  const bytes = encodeModel({
    name: 'heddle',
    nodes: live,
    inputs,
    outputs: outputRecords,
    initializers: shared.initializers.filter(({ name }) => read.has(name)),
  });
  return { bytes, inputs, outputs: outputRecords };
}
