import type { Engine, HostTensor } from '../engine/engine.js';
import type { GraphInput } from '../onnx/exportGraph.js';
import { evaluateDim, showShape } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';
import { extendKey, hashText, randomKey } from '../tensor/random.js';

/**
 * Fills the random masks of a step: dropout, and what a decoder reads in scheduled sampling. A value's key is (seed, step, site, global example index, positions), so masks are
 * the same under padding, batching and resumption.
 */
export class DropoutMasks {
  private readonly buffers = new Map<string, Float32Array>();

  constructor(
    private readonly engine: Engine,
    private readonly seed: number,
    private readonly inputs: readonly GraphInput[],
  ) {}

  /**
   * @param sizes of the named dims.
   * @param exampleIndex [batch] int32: global index of each example; not needed where there are no masks.
   * @param step counts from 1.
   * @throws UserError when masks need `exampleIndex` and it is missing or of another form.
   */
  fill(
    sizes: Readonly<Record<string, number>>,
    exampleIndex: HostTensor | undefined,
    step: number,
  ): Record<string, HostTensor> {
    if (this.inputs.length === 0) return {};
    const indices = requireIndices(exampleIndex, sizes['batch']!);
    return Object.fromEntries(
      this.inputs.map((input) => [input.name, this.fillOne(input, sizes, indices, step)]),
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
    const rate = typeof mask!.rate === 'number' ? mask!.rate : mask!.rate(step);
    const threshold = Math.round(rate * 2 ** 32);
    // A rate of 1 is beyond what 32 bits compare with.
    if (threshold >= 2 ** 32) data.fill(0);
    else this.engine.kernels.dropoutMask(data, keys, width, threshold, 1 / (1 - rate));
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

function requireIndices(exampleIndex: HostTensor | undefined, batch: number): Int32Array {
  const { dtype, shape, data } = exampleIndex ?? {};
  if (
    dtype === 'int32' &&
    shape?.join() === String(batch) &&
    data instanceof Int32Array &&
    data.length === batch
  )
    return data;
  const given = exampleIndex ? `is ${exampleIndex.dtype} ${showShape(exampleIndex.shape)}` : 'is missing';
  throw new UserError(
    `The model draws random masks (dropout, scheduled sampling), so each batch needs 'exampleIndex' (int32 [${batch}]): which example of the data each row is, so that an example has the same masks in whatever batch it comes. Here it ${given}.`,
  );
}
