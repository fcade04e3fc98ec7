import type { Node, Tensor } from '../tensor/tensor.js';
import { add } from '../ops/elementwise.js';
import { fill } from '../ops/shape.js';
import { definitionOf } from '../ops/registry.js';

/** The nodes that `outputs` depend on, inputs first. Ids grow with creation, so their order is topological. */
function reachable(outputs: readonly Tensor[]): Node[] {
  const seen = new Set<Node>();
  const pending = outputs.map((output) => output.node);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const source of node.inputs) pending.push(source.node);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/**
 * Reverse-mode differentiation: given ∂loss/∂output for some outputs, ∂loss/∂x for each x of `wanted`; `undefined`
 * where the outputs do not depend on it. Walks the trace backwards once through the ops' rules. The wanted tensors
 * count as leaves: nothing flows through one of them into another.
 */
export function backward(
  outputs: readonly Tensor[],
  upstream: readonly (Tensor | undefined)[],
  wanted: readonly Tensor[],
): (Tensor | undefined)[] {
  const leaves = new Set(wanted);
  const nodes = reachable(outputs);
  const leads = new Set<Tensor>(wanted);
  for (const node of nodes)
    if (node.inputs.some((x) => leads.has(x))) for (const output of node.outputs) leads.add(output);

  const gradient = new Map<Tensor, Tensor>();
  const accumulate = (x: Tensor, value: Tensor | undefined) => {
    if (!value || !leads.has(x)) return;
    const sofar = gradient.get(x);
    gradient.set(x, sofar ? add(sofar, value) : value);
  };
  outputs.forEach((output, i) => accumulate(output, upstream[i]));

  for (const node of nodes.reverse()) {
    const flags = node.inputs.map((x) => leads.has(x));
    if (!flags.includes(true)) continue;
    const incoming = node.outputs.map((output) => (leaves.has(output) ? undefined : gradient.get(output)));
    if (incoming.every((value) => !value)) continue;
    const rule = definitionOf(node.op).gradient;
    if (rule === 'none') continue;
    const context = {
      node,
      inputs: node.inputs,
      outputs: node.outputs,
      upstream: incoming,
      wanted: flags,
      differentiate: backward,
    };
    rule(context).forEach((value, i) => accumulate(node.inputs[i]!, value));
  }
  return wanted.map((x) => gradient.get(x));
}

/**
 * Gradients of a scalar `loss` with respect to `parameters`; zeros for a parameter that the loss does not depend on.
 * @throws Error when the loss is no scalar.
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.rank !== 0) throw new Error(`A loss must be a scalar, got ${loss}; sum or average it first.`);
  const found = backward([loss], [fill(1, [], loss.dtype)], parameters);
  return found.map((value, i) => value ?? fill(0, parameters[i]!.shape, parameters[i]!.dtype));
}
