import { sameShape, type Dim } from '../tensor/dim.js';
import { createNode, Tensor, traceError, type Node, type TensorType } from '../tensor/tensor.js';
import { defineOp } from './registry.js';
import { scanGradient } from './scanGradient.js';
import { capturesOf, retrace } from './subgraph.js';

/** What one step of a scan computes: tensors bound to its carries and slices, and what it yields from them. */
export interface ScanBody {
  readonly carries: readonly Tensor[];
  readonly slices: readonly Tensor[];
  readonly nextCarries: readonly Tensor[];
  /** Grows when a gradient asks for a value of the step to be kept. */
  readonly stacked: Tensor[];
}

export interface ScanAttributes {
  readonly body: ScanBody;
  readonly time: Dim;
  /** True: from the last step to the first. */
  readonly reverse: boolean;
}

function rootsOf(body: ScanBody): ReadonlySet<Tensor> {
  return new Set([...body.carries, ...body.slices]);
}

function outputsOf(body: ScanBody): Tensor[] {
  return [...body.nextCarries, ...body.stacked];
}

const applyScan = defineOp({
  name: 'scan',
  infer: (_, attributes): TensorType[] => {
    const { body, time } = attributes as unknown as ScanAttributes;
    return [...body.nextCarries, ...body.stacked.map((x) => ({ dtype: x.dtype, shape: [time, ...x.shape] }))];
  },
  emit: (emitter, inputs, node) => {
    const { body, reverse } = node.attributes as unknown as ScanAttributes;
    const bound = body.carries.length + body.slices.length;
    const direction = reverse ? 1 : 0;
    return emitter.nodes(
      'Scan',
      inputs.slice(0, bound),
      {
        body: {
          body: {
            inputs: [...body.carries, ...body.slices],
            outputs: [...body.nextCarries, ...body.stacked],
          },
        },
        num_scan_inputs: body.slices.length,
        scan_input_directions: body.slices.map(() => direction),
        scan_output_directions: body.stacked.map(() => direction),
      },
      body.nextCarries.length + body.stacked.length,
    );
  },
  gradient: scanGradient,
  replace: (attributes, copyOf) => {
    const { body, ...others } = attributes as unknown as ScanAttributes;
    return { ...others, body: replaceCaptures(body, copyOf) };
  },
});

/** The same step, reading other values from outside. */
function replaceCaptures(body: ScanBody, copyOf: (x: Tensor) => Tensor): ScanBody {
  const roots = rootsOf(body);
  const outputs = outputsOf(body);
  const kept = [...roots].map((x) => [x, x] as const);
  const read = capturesOf(outputs, roots).map((x) => [x, copyOf(x)] as const);
  const copies = retrace(outputs, new Map([...kept, ...read]));
  const carries = body.nextCarries.length;
  return { ...body, nextCarries: copies.slice(0, carries), stacked: copies.slice(carries) };
}

/** Builds a scan node from a traced body. */
export function scanNode(
  body: ScanBody,
  initial: readonly Tensor[],
  sequences: readonly Tensor[],
  time: Dim,
  reverse: boolean,
): Tensor[] {
  return applyScan([...initial, ...sequences, ...capturesOf(outputsOf(body), rootsOf(body))], {
    body,
    time,
    reverse,
  } satisfies ScanAttributes);
}

/** Has the scan stack one more value of its step; returns the stack [time, ...]. */
export function keepFromScan(node: Node, value: Tensor): Tensor {
  const { body, time } = node.attributes as unknown as ScanAttributes;
  const existing = body.stacked.indexOf(value);
  if (existing >= 0) return node.outputs[body.nextCarries.length + existing]!;
  body.stacked.push(value);
  const stack = new Tensor(node, node.outputs.length, value.dtype, [time, ...value.shape]);
  node.outputs.push(stack);
  return stack;
}

function placeholder(type: TensorType): Tensor {
  return createNode('placeholder', [], {}, [type]).outputs[0]!;
}

export interface ScanOptions {
  /** Values carried from step to step, at the start. */
  readonly initial: readonly Tensor[];
  /** Sequences [time, ...], read one slice a step. */
  readonly sequences: readonly Tensor[];
  readonly reverse?: boolean;
}

/**
 * A recurrence over time: `step` is traced once and runs for every slice. What it reads from outside (weights, keys) is
 * shared by all steps; what does not depend on the step is computed once, outside. Any length runs without compiling
 * again. Differentiable: backpropagation through time is another scan, in the other direction, and weight gradients
 * are one product over all steps.
 * @returns the carries after the last step, and each `outputs` entry stacked over time [time, ...].
 */
export function scan(
  { initial, sequences, reverse = false }: ScanOptions,
  step: (carries: Tensor[], slices: Tensor[]) => { carries: readonly Tensor[]; outputs: readonly Tensor[] },
): { carries: Tensor[]; outputs: Tensor[] } {
  const time = sequences[0]?.shape[0];
  if (time === undefined) throw traceError('scan', 'takes at least one sequence [time, ...].');
  if (sequences.some((x) => x.shape[0] !== time))
    throw traceError('scan', `the sequences [${sequences.join(', ')}] must share their first dim.`);
  const carries = initial.map(placeholder);
  const slices = sequences.map((x) => placeholder({ dtype: x.dtype, shape: x.shape.slice(1) }));
  const result = step(carries, slices);
  if (result.carries.length !== carries.length)
    throw traceError(
      'scan',
      `starts with ${carries.length} carries; its step gives ${result.carries.length}.`,
    );
  result.carries.forEach((next, i) => {
    if (!sameShape(next.shape, carries[i]!.shape) || next.dtype !== carries[i]!.dtype)
      throw traceError('scan', `carry ${i} starts as ${carries[i]} and becomes ${next}.`);
  });
  const body = { carries, slices, nextCarries: result.carries, stacked: [...result.outputs] };
  const outputs = scanNode(body, initial, sequences, time, reverse);
  return {
    carries: outputs.slice(0, carries.length),
    outputs: outputs.slice(carries.length, carries.length + result.outputs.length),
  };
}
