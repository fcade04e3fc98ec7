import { product, type Dim } from '../tensor/dim.js';
import { isFloat } from '../tensor/dtype.js';
import { createNode, Tensor, traceError, type Node } from '../tensor/tensor.js';
import { add, mul } from './elementwise.js';
import { embeddingGradient } from './gather.js';
import { matmul } from './matmul.js';
import { sum, sumRows } from './reduce.js';
import type { GradientContext } from './registry.js';
import { keepFromScan, scanNode, type ScanAttributes } from './scan.js';
import { fill, reshape, transpose } from './shape.js';
import { between } from './subgraph.js';

const elementwise = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'exp',
  'sqrt',
  'tanh',
  'sigmoid',
  'relu',
  'sin',
  'cos',
  'erf',
  'max',
  'cast',
  'greater',
  'less',
  'not',
]);

/**
 * Backpropagation through time as a second scan in the other direction. Three things leave its loop, because there they
 * run once over all steps, on every core, instead of once a step:
 *  - local derivatives, which do not depend on the upstream gradient (`lift`);
 *  - products and sums that give the gradient of shared weights: their operands are stacked and contracted over
 *    time and batch together (`contract`);
 *  - values of the forward step that the loop needs are stacked by the forward scan (`kept`), never computed twice.
 */
export function scanGradient({
  node,
  inputs,
  upstream,
  wanted,
  differentiate,
}: GradientContext): (Tensor | undefined)[] {
  const { body, time, reverse } = node.attributes as unknown as ScanAttributes;
  const carryCount = body.carries.length;
  const sliceCount = body.slices.length;
  const captures = inputs.slice(carryCount + sliceCount);
  const forwardRoots = new Set([...body.carries, ...body.slices]);
  // The values of the forward step, before a gradient asks to stack more of them.
  const forwardNodes = between([...body.nextCarries, ...body.stacked], forwardRoots);
  if (forwardNodes.some((inner) => inner.op === 'scan'))
    throw traceError('scan', 'a scan inside a scan has no gradient.');
  const forward = new Set<Tensor>(forwardRoots);
  for (const inner of forwardNodes) for (const output of inner.outputs) forward.add(output);

  // One step of the loop, backwards.
  const carryGradients = body.carries.map((x) => createNode('placeholder', [], {}, [x]).outputs[0]!);
  const stackUpstream = body.stacked.map((_, i) => upstream[carryCount + i]);
  const sliceUpstream = body.stacked.map((x, i) =>
    stackUpstream[i] ? createNode('placeholder', [], {}, [x]).outputs[0]! : undefined,
  );
  const floats = [...body.carries, ...body.slices, ...captures].map(
    (x, i) => isFloat(x.dtype) && (i < carryCount || wanted[i]!),
  );
  const targets = [...body.carries, ...body.slices, ...captures].filter((_, i) => floats[i]);
  const found = differentiate(
    [...body.nextCarries, ...body.stacked],
    [...carryGradients, ...sliceUpstream],
    targets,
  );
  let next = 0;
  const raw = floats.map((isTarget) => (isTarget ? found[next++] : undefined));

  const upstreamRoots = new Set([...carryGradients, ...sliceUpstream.filter((x) => x !== undefined)]);
  const loop = groupFactors(raw, upstreamRoots);
  const perStep = new Set<Tensor>(upstreamRoots);
  for (const inner of between(
    loop.filter((x) => x !== undefined),
    upstreamRoots,
  ))
    for (const output of inner.outputs) perStep.add(output);

  // What the loop reads, one slice a step: the stack outside for each value inside.
  const slices = new Map<Tensor, Tensor>();
  sliceUpstream.forEach((x, i) => x && slices.set(x, stackUpstream[i]!));
  const kept = (x: Tensor): Tensor => {
    const slice = body.slices.indexOf(x);
    return slice >= 0 ? inputs[carryCount + slice]! : keepFromScan(node, x);
  };
  const lifted = new Map<Tensor, Tensor | undefined>();
  /** The stack of a value that depends on the forward step only, computed over all steps together; undefined when it must stay in the loop. */
  const lift = (x: Tensor): Tensor | undefined => {
    if (forward.has(x)) return kept(x);
    if (lifted.has(x)) return lifted.get(x);
    const ready = elementwise.has(x.node.op)
      ? liftNode(x, (y) => (dependsOn(y) ? lift(y) : y), dependsOn)
      : undefined;
    const stack =
      ready &&
      createNode(x.node.op, ready, x.node.attributes, [{ dtype: x.dtype, shape: [time, ...x.shape] }])
        .outputs[0]!;
    lifted.set(x, stack);
    return stack;
  };
  const dependent = new Set<Tensor>([...forward, ...perStep]);
  for (const inner of between(
    loop.filter((x) => x !== undefined),
    new Set([...forward, ...upstreamRoots]),
  ))
    for (const output of inner.outputs) dependent.add(output);
  const dependsOn = (x: Tensor) => dependent.has(x);

  /** Binds what a value of the loop reads from the forward step. */
  const bound = new Set<Tensor>();
  const bind = (x: Tensor): void => {
    if (bound.has(x) || slices.has(x) || carryGradients.includes(x) || !dependsOn(x)) return;
    bound.add(x);
    if (!perStep.has(x)) {
      const stack = lift(x);
      if (stack) {
        slices.set(x, stack);
        return;
      }
    }
    x.node.inputs.forEach(bind);
  };

  const stacked: Tensor[] = [];
  const stackIndex = new Map<Tensor, number>();
  const requests: ((stacks: readonly Tensor[]) => void)[] = [];
  /** Asks for the stack over time of a value of the loop; known once the loop is built. */
  const stackOf = (x: Tensor): (() => Tensor) => {
    if (!perStep.has(x)) {
      const stack = lift(x);
      if (stack) return () => stack;
    }
    bind(x);
    if (!stackIndex.has(x)) {
      stackIndex.set(x, stacked.length);
      stacked.push(x);
    }
    const index = stackIndex.get(x)!;
    let result: Tensor | undefined;
    requests.push((stacks) => (result = stacks[index]!));
    return () => result!;
  };

  const nextCarryGradients = body.carries.map((carry, i) => loop[i] ?? fill(0, carry.shape, carry.dtype));
  nextCarryGradients.forEach(bind);
  const results: (() => Tensor | undefined)[] = inputs.map((_, i) => {
    const gradient = loop[i];
    if (i < carryCount || !gradient) return () => undefined;
    if (i < carryCount + sliceCount)
      return dependsOn(gradient) ? stackOf(gradient) : () => fillTime(gradient, time);
    return contract(gradient, time, stackOf, dependsOn);
  });

  const initial = body.carries.map((carry, i) => upstream[i] ?? fill(0, carry.shape, carry.dtype));
  // A loop takes its number of steps from what it reads: where it needs nothing, it still reads something.
  if (slices.size === 0) slices.set(body.slices[0]!, inputs[carryCount]!);
  const sequences = [...slices.entries()];
  const outputs = scanNode(
    { carries: carryGradients, slices: sequences.map(([x]) => x), nextCarries: nextCarryGradients, stacked },
    initial,
    sequences.map(([, stack]) => stack),
    time,
    !reverse,
  );
  requests.forEach((request) => request(outputs.slice(carryCount)));
  return results.map((result, i) => (i < carryCount ? outputs[i] : result()));
}

function fillTime(x: Tensor, time: Dim): Tensor {
  return add(fill(0, [time, ...x.shape], x.dtype), x);
}

/** The inputs of an elementwise node as stacks, if they line up when every one gets a leading time dim. */
function liftNode(
  x: Tensor,
  stackOf: (y: Tensor) => Tensor | undefined,
  dependsOn: (y: Tensor) => boolean,
): Tensor[] | undefined {
  const inputs: Tensor[] = [];
  for (const y of x.node.inputs) {
    if (dependsOn(y) && y.rank !== x.rank) return undefined;
    const stack = stackOf(y);
    if (!stack) return undefined;
    inputs.push(stack);
  }
  return inputs;
}

/**
 * Rewrites (u·a)·b as u·(a·b) where u depends on the upstream gradient and a, b do not: the factors then form one
 * local derivative, which is lifted out of the loop.
 */
function groupFactors(
  outputs: readonly (Tensor | undefined)[],
  upstreamRoots: ReadonlySet<Tensor>,
): (Tensor | undefined)[] {
  const nodes = between(
    outputs.filter((x) => x !== undefined),
    upstreamRoots,
  );
  const perStep = new Set<Tensor>(upstreamRoots);
  const uses = new Map<Tensor, number>();
  for (const node of nodes) {
    for (const output of node.outputs) perStep.add(output);
    for (const source of node.inputs) uses.set(source, (uses.get(source) ?? 0) + 1);
  }
  for (const output of outputs) if (output) uses.set(output, (uses.get(output) ?? 0) + 1);
  const rewritten = new Map<Tensor, Tensor>();
  const get = (x: Tensor) => rewritten.get(x) ?? x;

  /** x as (per-step value, product of the factors that are not). */
  const factored = (x: Tensor): { base: Tensor; factor?: Tensor } => {
    const [a, b] = x.node.inputs;
    if (x.node.op !== 'mul' || !perStep.has(x) || perStep.has(a!) === perStep.has(b!))
      return { base: get(x) };
    const [value, factor] = perStep.has(a!) ? [a!, b!] : [b!, a!];
    const inner = uses.get(value) === 1 ? factored(value) : { base: get(value) };
    return { base: inner.base, factor: inner.factor ? mul(inner.factor, factor) : factor };
  };
  for (const node of nodes) {
    const output = node.outputs[0]!;
    if (node.op === 'mul') {
      const { base, factor } = factored(output);
      if (factor) {
        const grouped = mul(base, factor);
        if (grouped.shape.length === output.shape.length) rewritten.set(output, grouped);
        continue;
      }
    }
    if (!node.inputs.some((x) => rewritten.has(x))) continue;
    const copy = createNode(node.op, node.inputs.map(get), node.attributes, node.outputs);
    node.outputs.forEach((x, i) => rewritten.set(x, copy.outputs[i]!));
  }
  return outputs.map((x) => x && get(x));
}

/** Σ over time of a value of the loop, with sums and products contracted over time outside of it. */
function contract(
  x: Tensor,
  time: Dim,
  stackOf: (x: Tensor) => () => Tensor,
  dependsOn: (x: Tensor) => boolean,
): () => Tensor {
  const { op, inputs, attributes } = x.node;
  if (!dependsOn(x)) return () => sum(fillTime(x, time), [0]);
  if (
    op === 'add' &&
    inputs.every((y) => y.rank === x.rank && y.shape.every((dim, i) => dim === x.shape[i]))
  ) {
    const sides = inputs.map((y) => contract(y, time, stackOf, dependsOn));
    return () => add(sides[0]!(), sides[1]!());
  }
  if (op === 'reshape') {
    const inner = contract(inputs[0]!, time, stackOf, dependsOn);
    return () => reshape(inner(), x.shape);
  }
  if (op === 'transpose') {
    const inner = contract(inputs[0]!, time, stackOf, dependsOn);
    return () => transpose(inner(), attributes['order'] as number[]);
  }
  if (op === 'sumRows') {
    const stack = stackOf(inputs[0]!);
    return () => sumRows(reshape(stack(), [product([time, inputs[0]!.shape[0]!]), inputs[0]!.shape[1]!]));
  }
  if (op === 'sum') {
    const axes = attributes['axes'] as number[];
    const stack = stackOf(inputs[0]!);
    return () => reshape(sum(stack(), [0, ...axes.map((axis) => axis + 1)]), x.shape);
  }
  if (
    op === 'matmul' &&
    inputs.length === 2 &&
    inputs[0]!.rank === inputs[1]!.rank &&
    inputs.every(dependsOn)
  )
    return contractMatmul(x.node, time, inputs.map(stackOf));
  // Rows of all steps at once: a stack of tables would be as long as time × vocabulary.
  if (op === 'embeddingGradient' && inputs.every(dependsOn)) {
    const [ids, dy] = inputs.map(stackOf);
    return () => embeddingGradient(ids!(), dy!(), attributes['vocabulary'] as Dim);
  }
  const stack = stackOf(x);
  return () => sum(stack(), [0]);
}

/** Σ_t A_t·B_t as one product whose inner dim is time × the inner dim of a step. */
function contractMatmul({ inputs, attributes }: Node, time: Dim, stacks: (() => Tensor)[]): () => Tensor {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  /** [time, batch…, rows, columns] → [batch…, …] with time joined to the inner axis, the first or the second of the two. */
  const join = (stack: Tensor, x: Tensor, innerFirst: boolean): Tensor => {
    const batch = x.rank - 2;
    const order = Array.from({ length: batch }, (_, i) => i + 1);
    const [rows, columns] = x.shape.slice(-2) as [Dim, Dim];
    const lead = x.shape.slice(0, -2);
    return innerFirst
      ? reshape(transpose(stack, [...order, 0, batch + 1, batch + 2]), [
          ...lead,
          product([time, rows]),
          columns,
        ])
      : reshape(transpose(stack, [...order, batch + 1, 0, batch + 2]), [
          ...lead,
          rows,
          product([time, columns]),
        ]);
  };
  return () => {
    const a = join(stacks[0]!(), inputs[0]!, transposeA);
    const b = join(stacks[1]!(), inputs[1]!, !transposeB);
    return matmul(a, b, { transposeA, transposeB });
  };
}
