import { factors, isStatic, product, showShape, type Dim, type Shape } from '../tensor/dim.js';
import { traceError, type Tensor } from '../tensor/tensor.js';
import type { Emitter } from './registry.js';

/** A number for every axis of space, or one number for all of them. */
export type PerAxis = number | readonly number[];

/** How a window of places moves over the axes behind [batch, channels]; every list has a number per axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before each axis, and behind it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface WindowOptions {
  /** Steps of the window; 1 by default for convolutions, the window's size for pooling. */
  readonly stride?: PerAxis;
  /** Places added on both sides of each axis; 0 by default. 'same' keeps the sizes (stride 1 only). */
  readonly padding?: PerAxis | 'same';
  /** Distance of the places of a window; 1 by default. */
  readonly dilation?: PerAxis;
}

function perAxis(op: string, name: string, value: PerAxis, rank: number, least: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : [...value];
  if (list.length !== rank || list.some((each) => !Number.isSafeInteger(each) || each < least))
    throw traceError(
      op,
      `${name} is ${list.join(', ')}; it must be a whole number from ${least}, or one for each of ${rank} axes.`,
    );
  return list;
}

/** A window with every option filled in. @throws through `traceError` for numbers that cannot be. */
export function windowOf(op: string, kernel: readonly number[], options: WindowOptions): Window {
  const { stride = 1, padding = 0, dilation = 1 } = options;
  const rank = kernel.length;
  const sizes = perAxis(op, 'the window', kernel, rank, 1);
  const steps = perAxis(op, 'stride', stride, rank, 1);
  const distances = perAxis(op, 'dilation', dilation, rank, 1);
  if (padding !== 'same') {
    const zeros = perAxis(op, 'padding', padding, rank, 0);
    return { kernel: sizes, stride: steps, dilation: distances, before: zeros, after: zeros };
  }
  if (steps.some((step) => step !== 1))
    throw traceError(op, `padding is 'same', which needs stride 1; the stride is ${steps.join(', ')}.`);
  // An even window has one more place behind, as in PyTorch.
  const reach = sizes.map((size, i) => (size - 1) * distances[i]!);
  const before = reach.map((places) => Math.floor(places / 2));
  const after = reach.map((places, i) => places - before[i]!);
  return { kernel: sizes, stride: steps, dilation: distances, before, after };
}

/** The axes of space of x [batch, channels, ...]. */
export function spaceOf(x: Tensor): Shape {
  return x.shape.slice(2);
}

/** Places of a window. */
export function placesOf({ kernel }: Window): number {
  return kernel.reduce((a, b) => a * b, 1);
}

/**
 * How often the window fits: ⌊(size + before + after − dilation·(kernel − 1) − 1) ÷ stride⌋ + 1. A named dim keeps its size, or
 * is divided by the stride where its name says that it can be: with stride 2 and padding (kernel − 1) ÷ 2, 4*steps becomes
 * 2*steps.
 * @throws through `traceError` where it does not fit once, or a named dim would become another without a name.
 */
export function slidShape(op: string, x: Tensor, window: Window): Shape {
  return spaceOf(x).map((dim, i): Dim => {
    const reach = window.dilation[i]! * (window.kernel[i]! - 1);
    const room = window.before[i]! + window.after[i]! - reach;
    if (!isStatic(dim)) {
      const divided = dividedDim(dim, window.stride[i]!, room);
      if (divided !== undefined) return divided;
      throw traceError(
        op,
        `the size of '${dim}' in ${x} is known only to a run, so the window must keep it: take stride 1 and padding 'same'. A stride needs a name that it divides (stride 2: 2*steps) and padding (kernel − 1) ÷ 2.`,
      );
    }
    const count = Math.floor((dim + room - 1) / window.stride[i]!) + 1;
    if (count < 1)
      throw traceError(
        op,
        `a window of ${reach + 1} does not fit into axis ${i + 2} of ${showShape(x.shape)}; pad more, or take a smaller window.`,
      );
    return count;
  });
}

/**
 * A named dim in parts of `stride`, as `slidShape` has it; undefined where that has no name.
 * @param room padding, less what the window reaches beyond its first place.
 */
function dividedDim(dim: Dim, stride: number, room: number): Dim | undefined {
  const { factor, names } = factors(dim);
  // ⌊(stride · n + room − 1) ÷ stride⌋ + 1 is n for these alone.
  if (factor % stride !== 0 || room > 0 || room <= -stride) return undefined;
  return product([factor / stride, ...names]);
}

/** Pads x [a, b, ...space] with zeros; negative numbers cut off. */
export function emitPad(
  emitter: Emitter,
  x: string,
  dtype: Tensor['dtype'],
  before: readonly number[],
  after: readonly number[],
): string {
  if ([...before, ...after].every((count) => count === 0)) return x;
  const pads = [0, 0, ...before, 0, 0, ...after];
  return emitter.node('Pad', [
    x,
    emitter.constant('int64', [pads.length], pads),
    emitter.constant(dtype, [], [0]),
  ]);
}

/** Slices past the end stop there. */
const END = 2 ** 31 - 1;

/**
 * What lies under each place of the window, in row-major order of the places: for each, a part [a, b, ...slid] of the
 * padded x [a, b, ...space].
 */
export function emitPlaces(emitter: Emitter, padded: string, window: Window, slid: Shape): string[] {
  const { kernel, stride, dilation } = window;
  const vector = (values: readonly number[]) => emitter.constant('int64', [values.length], values);
  const axes = vector(kernel.map((_, i) => i + 2));
  return Array.from({ length: placesOf(window) }, (_, index) => {
    let rest = index;
    const place = kernel.map(() => 0);
    for (let axis = kernel.length - 1; axis >= 0; axis--) {
      place[axis] = rest % kernel[axis]!;
      rest = Math.floor(rest / kernel[axis]!);
    }
    const starts = place.map((at, i) => at * dilation[i]!);
    const ends = starts.map((start, i) => {
      const count = slid[i]!;
      if (isStatic(count)) return start + (count - 1) * stride[i]! + 1;
      // Of a named dim what is left over is cut off at the end.
      return start - dilation[i]! * (kernel[i]! - 1) || END;
    });
    return emitter.node('Slice', [padded, vector(starts), vector(ends), axes, vector(stride)]);
  });
}
