import type { NodeRecord } from './model.js';

/**
 * Puts the nodes whose outputs no node reads at the end, the latest traced first; the others keep their order, inputs
 * first. It decides what ONNX Runtime runs when, and so how long values live: its executor does not follow the file but
 * walks depth-first from those nodes, taking the one that stands last first (`Graph::ReverseDFSFrom`). As traced, the
 * gradient of the first layer would come first, and the weight gradients of all others after it, with everything that
 * they read alive until then. Now what was traced first comes first: the loss, then the gradients from the last layer
 * to the first, each as soon as its operands are there.
 */
export function orderForExecution(
  nodes: readonly NodeRecord[],
  namesRead: (node: NodeRecord) => readonly string[],
): NodeRecord[] {
  const read = new Set(nodes.flatMap(namesRead));
  const isRead = ({ outputs }: NodeRecord) => outputs.some((name) => read.has(name));
  return [...nodes.filter(isRead), ...nodes.filter((node) => !isRead(node)).reverse()];
}
