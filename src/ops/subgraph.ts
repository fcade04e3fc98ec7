import { createNode, inScope, type Node, type Tensor } from '../tensor/tensor.js';
import { definitionOf } from './registry.js';

/** The nodes between `roots` and `outputs`, inputs first: those whose value depends on a root. */
export function between(outputs: readonly Tensor[], roots: ReadonlySet<Tensor>): Node[] {
  let first = Infinity;
  for (const root of roots) first = Math.min(first, root.node.id);
  const seen = new Set<Node>();
  const pending = outputs.filter((x) => !roots.has(x)).map((x) => x.node);
  for (let node = pending.pop(); node; node = pending.pop()) {
    // A node older than every root cannot depend on one.
    if (seen.has(node) || node.id < first) continue;
    seen.add(node);
    for (const source of node.inputs) if (!roots.has(source)) pending.push(source.node);
  }
  const dependent = new Set<Tensor>(roots);
  return [...seen]
    .sort((a, b) => a.id - b.id)
    .filter((node) => {
      if (!node.inputs.some((x) => dependent.has(x))) return false;
      for (const output of node.outputs) dependent.add(output);
      return true;
    });
}

/** The values that the nodes between `roots` and `outputs` read from elsewhere. Constants are written where they are used. */
export function capturesOf(outputs: readonly Tensor[], roots: ReadonlySet<Tensor>): Tensor[] {
  const nodes = between(outputs, roots);
  const inside = new Set(nodes);
  const captures = new Set<Tensor>();
  const visit = (x: Tensor) => {
    if (!roots.has(x) && !inside.has(x.node) && x.node.op !== 'constant') captures.add(x);
  };
  for (const node of nodes) node.inputs.forEach(visit);
  outputs.forEach(visit);
  return [...captures];
}

/** The outputs as they follow from other values: what lies between is traced a second time, under the same layers. */
export function retrace(outputs: readonly Tensor[], replaced: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const copies = new Map(replaced);
  const copyOf = (x: Tensor) => copies.get(x) ?? x;
  for (const node of between(outputs, new Set(replaced.keys()))) {
    const { op, path, layer } = node;
    const attributes = definitionOf(op).replace?.(node.attributes, copyOf) ?? node.attributes;
    const copy = inScope(
      path,
      () => createNode(op, node.inputs.map(copyOf), attributes, node.outputs),
      layer,
    );
    node.outputs.forEach((x, i) => {
      if (!replaced.has(x)) copies.set(x, copy.outputs[i]!);
    });
  }
  return outputs.map(copyOf);
}
