import { isStatic, product, sameShape, showShape, type Dim, type Shape } from '../tensor/dim.js';
import { constant, createNode, traceError, type Tensor } from '../tensor/tensor.js';
import { defineOp } from './registry.js';
import { sumTo } from './reduce.js';

const reshapeOp = defineOp({
  name: 'reshape',
  infer: ([x], { shape }) => [{ dtype: x!.dtype, shape: shape as Shape }],
  emit: (emitter, [x], node) => {
    const shape = node.attributes['shape'] as Shape;
    // One named dim can be left for ONNX to infer; then nothing is computed at run time.
    const named = shape.filter((dim) => !isStatic(dim)).length;
    const target =
      named <= 1
        ? emitter.constant(
            'int64',
            [shape.length],
            shape.map((dim) => (isStatic(dim) ? dim : -1)),
          )
        : emitter.shape(shape);
    return [emitter.node('Reshape', [x!, target])];
  },
  gradient: ({ inputs, upstream }) => [reshape(upstream[0]!, inputs[0]!.shape)],
});

/** The same values in another shape of equal size. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (product(x.shape) !== product(shape))
    throw traceError('reshape', `${showShape(x.shape)} cannot become ${showShape(shape)}: the sizes differ.`);
  const source = x.node.op === 'reshape' ? x.node.inputs[0]! : x;
  return sameShape(source.shape, shape) ? source : reshapeOp([source], { shape })[0]!;
}

const transposeOp = defineOp({
  name: 'transpose',
  infer: ([x], { order }) => [
    { dtype: x!.dtype, shape: (order as readonly number[]).map((axis) => x!.shape[axis]!) },
  ],
  emit: (emitter, [x], node) => [
    emitter.node('Transpose', [x!], { perm: node.attributes['order'] as number[] }),
  ],
  gradient: ({ node, upstream }) => {
    const order = node.attributes['order'] as readonly number[];
    return [
      transpose(
        upstream[0]!,
        order.map((_, i) => order.indexOf(i)),
      ),
    ];
  },
});

/** Reorders the axes: axis i of the result is axis `order[i]` of `x`. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (
    order.length !== x.rank ||
    new Set(order).size !== x.rank ||
    order.some((axis) => axis < 0 || axis >= x.rank)
  )
    throw traceError('transpose', `[${order.join(', ')}] is no order of the axes of ${x}.`);
  if (x.node.op === 'transpose') {
    const inner = x.node.attributes['order'] as readonly number[];
    return transpose(
      x.node.inputs[0]!,
      order.map((axis) => inner[axis]!),
    );
  }
  return order.every((axis, i) => axis === i) ? x : transposeOp([x], { order })[0]!;
}

const expandOp = defineOp({
  name: 'expand',
  infer: ([x], { shape }) => [{ dtype: x!.dtype, shape: shape as Shape }],
  emit: (emitter, [x], node) => [
    emitter.node('Expand', [x!, emitter.shape(node.attributes['shape'] as Shape)]),
  ],
  gradient: ({ inputs, upstream }) => [sumTo(upstream[0]!, inputs[0]!.shape)],
});

/** Broadcasts `x` to `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = shape.length - x.rank;
  if (lead < 0 || x.shape.some((dim, i) => dim !== 1 && dim !== shape[lead + i]))
    throw traceError('expand', `${showShape(x.shape)} does not broadcast to ${showShape(shape)}.`);
  return expandOp([x], { shape })[0]!;
}

/** A tensor of `shape` filled with one number. */
export function fill(value: number, shape: Shape, dtype: Tensor['dtype'] = 'float32'): Tensor {
  return expand(constant(value, dtype), shape);
}

const concatOp = defineOp({
  name: 'concat',
  infer: (inputs, { axis }) => {
    const at = axis as number;
    const first = inputs[0]!;
    let size = 0;
    for (const x of inputs) {
      const dim = x.shape[at];
      if (dim === undefined || !isStatic(dim) || x.rank !== first.rank || x.dtype !== first.dtype)
        throw traceError(
          'concat',
          `axis ${at} of ${inputs.join(' and ')} must be of known size and equal rank and dtype.`,
        );
      if (x.shape.some((d, i) => i !== at && d !== first.shape[i]))
        throw traceError('concat', `${inputs.join(' and ')} differ outside axis ${at}.`);
      size += dim;
    }
    return [{ dtype: first.dtype, shape: first.shape.map((dim, i) => (i === at ? size : dim)) }];
  },
  emit: (emitter, inputs, node) => [
    emitter.node('Concat', inputs, { axis: node.attributes['axis'] as number }),
  ],
  gradient: ({ node, inputs, upstream }) => {
    const axis = node.attributes['axis'] as number;
    return split(
      upstream[0]!,
      inputs.map((x) => x.shape[axis] as number),
      axis,
    );
  },
});

/** Joins tensors along `axis` (the last by default), whose sizes must be known while tracing. */
export function concat(tensors: readonly Tensor[], axis = -1): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  return concatOp(tensors, { axis: axis < 0 ? axis + tensors[0]!.rank : axis })[0]!;
}

const splitOp = defineOp({
  name: 'split',
  infer: ([x], { axis, sizes }) => {
    const parts = sizes as readonly number[];
    const dim = x!.shape[axis as number];
    if (parts.reduce((a, b) => a + b, 0) !== dim)
      throw traceError(
        'split',
        `the parts ${parts.join(' + ')} do not make up axis ${axis as number} of ${x!}.`,
      );
    return parts.map((size) => ({
      dtype: x!.dtype,
      shape: x!.shape.map((d, i) => (i === axis ? size : d)),
    }));
  },
  emit: (emitter, [x], node) => {
    const sizes = node.attributes['sizes'] as number[];
    return emitter.nodes(
      'Split',
      [x!, emitter.constant('int64', [sizes.length], sizes)],
      { axis: node.attributes['axis'] as number },
      sizes.length,
    );
  },
  gradient: ({ node, outputs, upstream }) => [
    concat(
      outputs.map((output, i) => upstream[i] ?? fill(0, output.shape, output.dtype)),
      node.attributes['axis'] as number,
    ),
  ],
});

/** Cuts `x` along `axis` (the last by default) into parts of the given sizes. */
export function split(x: Tensor, sizes: readonly number[], axis = -1): Tensor[] {
  if (sizes.length === 1) return [x];
  return [...splitOp([x], { axis: axis < 0 ? axis + x.rank : axis, sizes })];
}

const shiftOp = defineOp({
  name: 'shift',
  infer: ([x, entering]) => {
    const edge = [...x!.shape.slice(0, -1), 1];
    if (!sameShape(entering!.shape, edge) || entering!.dtype !== x!.dtype)
      throw traceError('shift', `what enters ${x!} must be ${x!.dtype}${showShape(edge)}, got ${entering!}.`);
    return [x!, entering!];
  },
  emit: (emitter, [x, entering], node) => {
    const back = node.attributes['back'] as boolean;
    const joined = emitter.node('Concat', back ? [x!, entering!] : [entering!, x!], { axis: -1 });
    const slice = (from: number, to: number) =>
      emitter.node('Slice', [
        joined,
        ...[from, to, -1].map((value) => emitter.constant('int64', [1], [value])),
      ]);
    const end = Number.MAX_SAFE_INTEGER;
    return back ? [slice(1, end), slice(0, 1)] : [slice(0, -1), slice(-1, end)];
  },
  gradient: ({ node, inputs, outputs, upstream }) => {
    const [moved, left] = outputs.map(
      (output, i) => upstream[i] ?? fill(0, output.shape, inputs[0]!.dtype),
    ) as [Tensor, Tensor];
    return shiftOp([moved, left], { back: !node.attributes['back'] });
  },
});

/**
 * `x` [..., n] moved one place up along the last axis: `entering` [..., 1] comes in at place 0, the last value goes out; with
 * `back` one place down, where it comes in at the last place.
 */
export function shift(x: Tensor, entering: Tensor, { back = false }: { back?: boolean } = {}): Tensor {
  return shiftOp([x, entering], { back })[0]!;
}

const sizeOp = defineOp({
  name: 'size',
  infer: (_, { dtype }) => [{ dtype: dtype as Tensor['dtype'], shape: [] }],
  emit: (emitter, _, node) => {
    const vector = emitter.shape([node.attributes['dim'] as Dim]);
    const scalar = emitter.node('Reshape', [vector, emitter.constant('int64', [0], [])]);
    return [
      emitter.node('Cast', [scalar], { to: emitter.typeCode(node.attributes['dtype'] as Tensor['dtype']) }),
    ];
  },
  gradient: 'none',
});

/** The size of a dim at run time, as a scalar. */
export function size(dim: Dim, dtype: Tensor['dtype'] = 'float32'): Tensor {
  return isStatic(dim) ? constant(dim, dtype) : sizeOp([], { dim, dtype })[0]!;
}

const positionsOp = defineOp({
  name: 'positions',
  infer: (_, { dim }) => [{ dtype: 'int32', shape: [dim as Dim] }],
  emit: (emitter, _, node) => {
    const end = emitter.node('Cast', [emitter.shape([node.attributes['dim'] as Dim])], {
      to: emitter.typeCode('int32'),
    });
    const scalar = emitter.node('Reshape', [end, emitter.constant('int64', [0], [])]);
    return [emitter.node('Range', [scalar0(emitter, 0), scalar, scalar0(emitter, 1)])];
  },
  gradient: 'none',
});

function scalar0(emitter: Parameters<Parameters<typeof defineOp>[0]['emit']>[0], value: number): string {
  return emitter.constant('int32', [], [value]);
}

/** 0, 1, … along a dim: [dim], int32. */
export function positions(dim: Dim): Tensor {
  return positionsOp([], { dim })[0]!;
}

/**
 * A dropout mask: 0 with probability `rate`, else 1/(1−rate); `rate` may depend on the training step, counted from 1,
 * and then also be 1. The host fills it from the counter-based generator
 * keyed by (seed, step, site, global example index along the dim 'batch', positions along the others), so it does
 * not depend on padding. `site` tells the masks of one model apart.
 */
export function randomMask(shape: Shape, rate: number | ((step: number) => number), site: string): Tensor {
  return createNode('randomMask', [], { rate, site }, [{ dtype: 'float32', shape }]).outputs[0]!;
}
