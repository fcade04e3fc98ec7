import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/compileGraph.js';
import type { GraphInput } from '../onnx/exportGraph.js';
import { evaluateDim, isStatic } from '../tensor/dim.js';
import { extendKey, hashText, randomKey } from '../tensor/random.js';

/**
 * Fills the dropout masks of a step. A value's key is (seed, step, site, global example index, positions), so masks are
 * the same under padding, batching and resumption.
 */
export class DropoutMasks {
  private readonly buffers = new Map<string, Float32Array>();

  constructor(
    private readonly engine: Engine,
    private readonly seed: number,
    private readonly inputs: readonly GraphInput[],
    private readonly others: readonly GraphInput[],
  ) {}

  /** @param exampleIndex [batch] int32: global index of each example. @param step counts from 1. */
  fill(feeds: Feeds, exampleIndex: Int32Array, step: number): Record<string, HostTensor> {
    if (this.inputs.length === 0) return {};
    const sizes: Record<string, number> = {};
    for (const { name, shape } of this.others) {
      shape.forEach((dim, axis) => {
        const size = feeds[name]?.shape[axis];
        if (!isStatic(dim) && size !== undefined) sizes[dim] = size;
      });
    }
    return Object.fromEntries(
      this.inputs.map((input) => [input.name, this.fillOne(input, sizes, exampleIndex, step)]),
    );
  }

  private fillOne(
    { name, shape, mask }: GraphInput,
    sizes: Readonly<Record<string, number>>,
    exampleIndex: Int32Array,
    step: number,
  ): HostTensor {
    const dims = shape.map((dim) => evaluateDim(dim, sizes));
    const width = dims.at(-1)!;
    const lead = dims.slice(0, -1);
    const rows = lead.reduce((a, b) => a * b, 1);
    const batchAxis = shape.indexOf('batch');
    const start = randomKey(this.seed, step, hashText(mask!.site));
    const keys = new Int32Array(rows);
    const position = new Array<number>(lead.length).fill(0);
    for (let row = 0; row < rows; row++) {
      let key = extendKey(start, exampleIndex[position[batchAxis]!]!);
      for (let axis = 0; axis < lead.length; axis++)
        if (axis !== batchAxis) key = extendKey(key, position[axis]!);
      keys[row] = key;
      for (let axis = lead.length - 1; axis >= 0 && ++position[axis]! === lead[axis]; axis--)
        position[axis] = 0;
    }
    const data = this.buffer(name, rows * width);
    const { rate } = mask!;
    this.engine.kernels.dropoutMask(data, keys, width, Math.round(rate * 2 ** 32), 1 / (1 - rate));
    return { dtype: 'float32', shape: dims, data };
  }

  /** Engine memory of the wanted length; grown by halves, because it is never given back. */
  private buffer(name: string, length: number): Float32Array {
    let buffer = this.buffers.get(name);
    if (!buffer || buffer.length < length) {
      buffer = this.engine.allocate('float32', Math.ceil(length * 1.5));
      this.buffers.set(name, buffer);
    }
    return buffer.subarray(0, length);
  }
}
