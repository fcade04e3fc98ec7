import { isStatic, product, type Dim, type Shape } from '../tensor/dim.js';
import { constant, traceError, type Tensor } from '../tensor/tensor.js';
import { convolutionInput } from './convolution.js';
import { cast, less, maximum, mul, relu, sub } from './elementwise.js';
import { embeddingGradient } from './gather.js';
import { defineOp, type OnnxAttribute } from './registry.js';
import { concat, expand, fill, reshape, split, transpose } from './shape.js';
import {
  emitPad,
  emitPlaces,
  placesOf,
  slidShape,
  spaceOf,
  windowOf,
  type PerAxis,
  type Window,
  type WindowOptions,
} from './window.js';

/** How a pooling window moves. */
export type PoolOptions = Omit<WindowOptions, 'dilation'> & { readonly padding?: PerAxis };

const windowAttribute = (node: { attributes: object }) => (node.attributes as { window: Window }).window;

function onnxAttributes({ kernel, stride, before, after }: Window): Record<string, OnnxAttribute> {
  return { kernel_shape: kernel, strides: stride, pads: [...before, ...after] };
}

/** Whether every value lies in one window at most, and no window in padding. */
function isTiling({ kernel, stride, before }: Window): boolean {
  return kernel.every((size, i) => size === stride[i] && before[i] === 0);
}

/** Whether the sizes of all axes that are pooled are known. */
function isUnnamed(x: Tensor, { kernel }: Window): boolean {
  return spaceOf(x).every((dim, i) => isStatic(dim) || kernel[i] === 1);
}

const maxPoolOp = defineOp({
  name: 'maxPool',
  infer: ([x], { window }) => {
    const shape = [...x!.shape.slice(0, 2), ...slidShape('maxPool', x!, window as Window)];
    return [
      { dtype: x!.dtype, shape },
      { dtype: 'int32', shape },
    ];
  },
  // With its indices MaxPool takes nine times as long: a node of its own, which is left out where nothing reads them.
  emit: (emitter, [x], node) => {
    const attributes = onnxAttributes(windowAttribute(node));
    const [, indices] = emitter.nodes('MaxPool', [x!], attributes, 2);
    return [
      emitter.node('MaxPool', [x!], attributes),
      emitter.node('Cast', [indices!], { to: emitter.typeCode('int32') }),
    ];
  },
  gradient: ({ node, inputs, outputs, upstream }) => {
    const x = inputs[0]!;
    const window = windowAttribute(node);
    if (isTiling(window) && isUnnamed(x, window)) return [tilingGradient(x, upstream[0]!, window)];
    const rows = product(outputs[1]!.shape);
    const dx = embeddingGradient(outputs[1]!, reshape(upstream[0]!, [rows, 1]), product(x.shape));
    return [reshape(dx, x.shape)];
  },
});

/**
 * The gradient where windows tile x: axis by axis, from the last, into the first of the largest values. On
 * [64, 16, 28, 28] forward and backward took 1.7 ms so, 3.5 through the indices of MaxPool (ORT 1.30, one thread).
 */
function tilingGradient(x: Tensor, dy: Tensor, { kernel }: Window): Tensor {
  const slid = spaceOf(dy);
  // Windows do not reach what is left over at the end.
  const reached = slid.map((count, i) => (kernel[i] === 1 ? count : (count as number) * kernel[i]!));
  let value = reached.reduce<Tensor>((whole, length, i) => cutTo(whole, i + 2, length), x);
  const undo: ((gradient: Tensor) => Tensor)[] = [];
  for (let axis = x.rank - 1; axis >= 2; axis--) {
    const { largest, spread } = poolAxis(value, axis, kernel[axis - 2]!);
    undo.push(spread);
    value = largest;
  }
  const gradient = undo.reduceRight((sofar, spread) => spread(sofar), dy);
  return spaceOf(x).reduce<Tensor>((sofar, size, i) => extendTo(sofar, i + 2, size), gradient);
}

/** The largest of each `size` neighbours along an axis, and where its gradient goes: to the first of the largest. */
function poolAxis(
  x: Tensor,
  axis: number,
  size: number,
): { largest: Tensor; spread: (gradient: Tensor) => Tensor } {
  if (size === 1) return { largest: x, spread: (gradient) => gradient };
  const before = product(x.shape.slice(0, axis));
  const behind = product(x.shape.slice(axis + 1));
  const count = (x.shape[axis] as number) / size;
  const pooled = x.shape.map((dim, i) => (i === axis ? count : dim));
  // Neighbours of the last axis stand apart only after a turn; a matrix turns fast.
  const isLast = behind === 1;
  const rows = product([before, count]);
  const shape: Shape = isLast ? [size, rows] : [rows, size, behind];
  const at = isLast ? 0 : 1;
  const turned = isLast ? transpose(reshape(x, [rows, size]), [1, 0]) : reshape(x, shape);
  const parts = split(turned, new Array<number>(size).fill(1), at);
  const largest = parts.reduce((a, b) => maximum(a, b));
  const spread = (gradient: Tensor): Tensor => {
    // What the later of two neighbours gets where it is larger; the rest stays with those before it.
    let rest = reshape(gradient, largest.shape);
    const shares: Tensor[] = [];
    for (let i = size - 1; i > 0; i--) {
      const sofar = parts.slice(0, i).reduce((a, b) => maximum(a, b));
      const later = mul(rest, cast(less(sofar, parts[i]!), gradient.dtype));
      shares.unshift(later);
      rest = sub(rest, later);
    }
    const joined = concat([rest, ...shares], at);
    return reshape(isLast ? transpose(joined, [1, 0]) : joined, x.shape);
  };
  return { largest: reshape(largest, pooled), spread };
}

function cutTo(x: Tensor, axis: number, length: Dim): Tensor {
  const size = x.shape[axis]!;
  if (size === length) return x;
  return split(x, [length as number, (size as number) - (length as number)], axis)[0]!;
}

function extendTo(x: Tensor, axis: number, length: Dim): Tensor {
  const size = x.shape[axis]!;
  if (size === length) return x;
  const missing = x.shape.map((dim, i) => (i === axis ? (length as number) - (size as number) : dim));
  return concat([x, fill(0, missing, x.dtype)], axis);
}

/** The window of a pooling. @throws through `traceError` for one that may lie in padding alone. */
function poolWindow(op: string, x: Tensor, size: PerAxis, options: PoolOptions): Window {
  if (x.rank !== 3 && x.rank !== 4)
    throw traceError(op, `takes [batch, channels, time] or [batch, channels, height, width], got ${x}.`);
  const kernel = typeof size === 'number' ? new Array<number>(x.rank - 2).fill(size) : size;
  if (kernel.length !== x.rank - 2)
    throw traceError(op, `a window of ${kernel.join(' × ')} does not fit ${x}: give a size for each axis.`);
  const window = windowOf(op, kernel, { stride: kernel, ...options });
  if (window.before.some((zeros, i) => zeros > kernel[i]! / 2))
    throw traceError(
      op,
      `padding is ${window.before.join(', ')}, more than half of the window ${kernel.join(' × ')}.`,
    );
  return window;
}

/**
 * The largest value under a window (Ranzato et al. 2007). x [batch, C, time] or [batch, C, height, width] → [batch, C, ...]; where values tie,
 * the first one gets the gradient. The window moves by its own size by default.
 */
export function maxPool(x: Tensor, size: PerAxis, options: PoolOptions = {}): Tensor {
  const window = poolWindow('maxPool', x, size, options);
  // Both ways round the values and gradients are the same; the smaller tensor is the cheaper one to work on.
  if (x.node.op === 'relu') return relu(maxPool(x.node.inputs[0]!, size, options));
  return maxPoolOp([x], { window })[0]!;
}

const averagePoolOp = defineOp({
  name: 'averagePool',
  infer: ([x], { window }) => [
    { dtype: x!.dtype, shape: [...x!.shape.slice(0, 2), ...slidShape('averagePool', x!, window as Window)] },
  ],
  emit: (emitter, [x], node) => {
    const window = windowAttribute(node);
    const { dtype } = node.inputs[0]!;
    if (emitter.typeCode(dtype) !== emitter.typeCode('float64'))
      return [emitter.node('AveragePool', [x!], { ...onnxAttributes(window), count_include_pad: 1 })];
    // ONNX Runtime's CPU has no AveragePool in float64.
    const padded = emitPad(emitter, x!, dtype, window.before, window.after);
    const total = emitter.node('Sum', emitPlaces(emitter, padded, window, spaceOf(node.outputs[0]!)));
    return [emitter.node('Mul', [total, emitter.constant(dtype, [], [1 / placesOf(window)])])];
  },
  gradient: ({ node, inputs, upstream }) => {
    const window = windowAttribute(node);
    const x = inputs[0]!;
    const [dy] = upstream as [Tensor];
    const images = product(x.shape.slice(0, 2));
    const weight = expand(constant(1 / placesOf(window), dy.dtype), [1, 1, ...window.kernel]);
    const dx = convolutionInput(reshape(dy, [images, 1, ...spaceOf(dy)]), weight, {
      window,
      space: spaceOf(x),
    });
    return [reshape(dx, x.shape)];
  },
});

/**
 * The mean under a window, zeros of the padding included (the subsampling of LeCun et al. 1998, without weights).
 * x [batch, C, time] or [batch, C, height, width] → [batch, C, ...]. The window moves by its own size by default.
 */
export function averagePool(x: Tensor, size: PerAxis, options: PoolOptions = {}): Tensor {
  return averagePoolOp([x], { window: poolWindow('averagePool', x, size, options) })[0]!;
}
