/** A node of an ONNX model, with those of its subgraphs. */
export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly body: readonly OnnxNode[];
}

type Field = readonly [number: number, value: Uint8Array | number];

/** The fields of a protocol-buffer message; varints as numbers. */
function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) {
      found.push([tag >> 3, varint()]);
      continue;
    }
    const length = wireType === 2 ? varint() : wireType === 1 ? 8 : 4;
    found.push([tag >> 3, bytes.subarray(at, at + length)]);
    at += length;
  }
  return found;
}

const messages = (bytes: Uint8Array, field: number) =>
  fields(bytes).flatMap(([number, value]) => (number === field ? [value as Uint8Array] : []));
const texts = (bytes: Uint8Array, field: number) =>
  messages(bytes, field).map((text) => new TextDecoder().decode(text));

function graphNodes(graph: Uint8Array): OnnxNode[] {
  return messages(graph, 1).map((node) => ({
    inputs: texts(node, 1),
    outputs: texts(node, 2),
    name: texts(node, 3)[0]!,
    opType: texts(node, 4)[0]!,
    body: messages(node, 5).flatMap((attribute) => messages(attribute, 6).flatMap(graphNodes)),
  }));
}

/** The nodes of an ONNX model; field numbers are those of onnx.proto. */
export function readNodes(model: Uint8Array): OnnxNode[] {
  return messages(model, 7).flatMap(graphNodes);
}

/** The op types of a model's nodes, in order. */
export function opTypes(model: Uint8Array): string[] {
  return readNodes(model).map((node) => node.opType);
}
