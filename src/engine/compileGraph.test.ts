import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { gradients } from '../autodiff/gradients.js';
import { Linear } from '../nn/layers/linear.js';
import { parametersOf } from '../nn/module.js';
import { add, cast, mul } from '../ops/elementwise.js';
import { embedding } from '../ops/gather.js';
import { sum } from '../ops/reduce.js';
import { positions, reshape } from '../ops/shape.js';
import { crossEntropy } from '../ops/softmax.js';
import { typedArray, type DType } from '../tensor/dtype.js';
import { UserError } from '../tensor/errors.js';
import { constant, input } from '../tensor/tensor.js';
import { compileGraph } from './compileGraph.js';
import { createEngine } from './node/createEngine.js';
import type { HostTensor } from './engine.js';

/** Zeros. */
function value(shape: readonly number[], dtype: DType = 'float32'): HostTensor {
  return {
    dtype,
    shape,
    data: typedArray(
      dtype,
      shape.reduce((a, b) => a * b, 1),
    ),
  };
}

/** x [time, batch, 2] at the real positions of mask [time, batch], and flat [time·batch]. */
async function program() {
  const x = input('x', 'float32', ['time', 'batch', 2]);
  const mask = input('mask', 'bool', ['time', 'batch']);
  const flat = input('flat', 'float32', ['batch*time']);
  const real = cast(reshape(mask, ['time', 'batch', 1]), 'float32');
  const y = add(sum(mul(x, real), [2]), reshape(flat, ['time', 'batch']));
  return compileGraph(await testEngine(), { y }, new Map());
}

const fitting = { x: value([5, 3, 2]), mask: value([5, 3], 'bool'), flat: value([15]) };

describe('what a graph is fed', () => {
  it('gives the named dims their sizes, run by run', async () => {
    const graph = await program();
    for (const feeds of [fitting, { x: value([1, 2, 2]), mask: value([1, 2], 'bool'), flat: value([2]) }]) {
      const { time, batch } = graph.dimSizes({ ...feeds, labels: value([9]) });
      expect((await graph.run(feeds))['y']!.shape).toEqual([time, batch]);
    }
  });

  it('can be picked from a batch that holds more', async () => {
    expect((await program()).pick({ labels: value([9]), ...fitting })).toEqual(fitting);
  });

  const { x, mask, flat } = fitting;
  it.each<[string, Record<string, HostTensor>]>([
    ["The graph's input 'mask' (bool [time, batch]) was not fed.", { x, flat }],
    [
      "The graph's input 'mask' (bool [time, batch]) was not fed; 'musk' was, which it does not read.",
      { x, flat, musk: mask },
    ],
    [
      "The graph has no input 'z'; it reads 'x', 'mask', 'flat'. Feed those alone.",
      { ...fitting, z: value([1]) },
    ],
    [
      "The input 'x' takes { dtype: 'float32', shape, data }: a Float32Array with its shape, [time, batch, 2].",
      { ...fitting, x: new Float32Array(30) as unknown as HostTensor },
    ],
    ["The input 'mask' is bool, but float32 was fed.", { ...fitting, mask: value([5, 3]) }],
    [
      "The input 'x' is [time, batch, 2], but [5, 3] was fed: it must have 3 dims, not 2.",
      { ...fitting, x: value([5, 3]) },
    ],
    [
      "The input 'x' is [time, batch, 2], but [5, 3, 4] was fed: axis 2 must be 2, not 4.",
      { ...fitting, x: value([5, 3, 4]) },
    ],
    [
      "The dim 'time' is 5 in 'x' [5, 3, 2], but 7 in 'mask' [7, 3]; it must be one size.",
      { ...fitting, mask: value([7, 3], 'bool') },
    ],
    [
      "The dim 'batch*time' is 14 in 'flat', but the other inputs make it 15.",
      { ...fitting, flat: value([14]) },
    ],
    [
      "The value fed for 'x' is [5, 3, 2], which takes 30 numbers, but its data has 29.",
      { ...fitting, x: { ...fitting.x, data: new Float32Array(29) } },
    ],
    [
      "The input 'x' is float32, so its data must be a Float32Array, not Float64Array.",
      { ...fitting, x: { ...fitting.x, data: new Float64Array(30) } },
    ],
    [
      "The input 'x' is float32, so its data must be a Float32Array, not another kind of array.",
      { ...fitting, x: { ...fitting.x, data: new Array<number>(30).fill(0) as unknown as Float32Array } },
    ],
  ])('is refused: %s', async (message, feeds) => {
    await expect((await program()).run(feeds)).rejects.toThrow(new UserError(message));
  });

  it('has multiples of a named dim', async () => {
    const x = input('x', 'float32', ['batch', '4*steps']);
    const y = add(sum(reshape(x, ['batch', 'steps', 4]), [2]), cast(positions('steps'), 'float32'));
    const graph = await compileGraph(await testEngine(), { y }, new Map());
    expect(graph.dimSizes({ x: value([2, 12]) })).toEqual({ batch: 2, steps: 3 });
    const { y: found } = await graph.run({ x: value([2, 12]) });
    expect(found!.shape).toEqual([2, 3]);
    await expect(graph.run({ x: value([2, 10]) })).rejects.toThrow(
      new UserError(
        "The input 'x' is [batch, 4*steps], but [2, 10] was fed: axis 1 must be a multiple of 4, not 10.",
      ),
    );
  });

  it('agrees within an input, and on products of dims that no input has alone', async () => {
    const square = input('square', 'float32', ['size', 'size']);
    const both = add(input('a', 'float32', ['rows*size2']), input('b', 'float32', ['rows*size2']));
    const graph = await compileGraph(await testEngine(), { both, twice: mul(square, 2) }, new Map());
    const feeds = { square: value([3, 3]), a: value([6]), b: value([6]) };
    expect((await graph.run(feeds))['both']!.shape).toEqual([6]);
    await expect(graph.run({ ...feeds, square: value([3, 4]) })).rejects.toThrow(
      "The dim 'size' is 3 in 'square' [3, 4], but 4 in 'square' [3, 4]; it must be one size.",
    );
    await expect(graph.run({ ...feeds, b: value([4]) })).rejects.toThrow(
      "The dim 'rows*size2' is 6 in 'a' [6], but 4 in 'b' [4]; it must be one size.",
    );
  });
});

describe.each(['c-api', 'binding'] as const)('an index out of range, with the %s executor', (executor) => {
  const indices = (...values: number[]): HostTensor => ({
    dtype: 'int32',
    shape: [values.length],
    data: Int32Array.from(values),
  });

  it('is told by the ranges of what was fed', async () => {
    const engine = await createEngine({ executor, threads: 1 });
    const ids = input('source', 'int32', ['batch']);
    const table = constant(new Array<number>(10).fill(0.5), 'float32', [5, 2]);
    const logits = embedding(table, ids);
    const { loss } = crossEntropy(logits, input('classes', 'int32', ['batch']));
    const gradient = gradients(sum(loss), [logits])[0]!;
    const graph = await compileGraph(engine, { loss, gradient }, new Map());
    const message = (ranges: string) =>
      new RegExp(`^An index in the batch is out of range. It holds ${ranges}. Token ids must be below the`);
    const beyondRows = { source: indices(4, 5), classes: indices(1, 0) };
    const refused = await graph.run(beyondRows).catch((error: unknown) => error as Error);
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as Error).message).toMatch(message("'source' from 4 to 5, 'classes' from 0 to 1"));
    expect(((refused as Error).cause as Error).message).toMatch(/Gather/);
    await expect(graph.run({ source: indices(4, 0), classes: indices(2, 0) })).rejects.toThrow(
      message("'source' from 0 to 4, 'classes' from 0 to 2"),
    );
    expect((await graph.run({ source: indices(4, 0), classes: indices(1, 0) }))['loss']!.shape).toEqual([2]);
    await engine.close();
  });

  it('stays the error of the runtime where no whole number was fed', async () => {
    const engine = await createEngine({ executor, threads: 1 });
    const x = input('x', 'float32', ['batch']);
    const rows = embedding(constant([1, 2, 3], 'float32', [3, 1]), cast(x, 'int32'));
    const graph = await compileGraph(engine, { rows }, new Map());
    const wrong = { x: { dtype: 'float32', shape: [1], data: Float32Array.of(7) } } as const;
    await expect(graph.run(wrong)).rejects.toThrow('must be within the inclusive range [-3,2]');
    await engine.close();
  });
});

describe('the parameters of a graph', () => {
  const linear = new Linear(2, 3);
  parametersOf(linear);
  const y = linear.forward(input('x', 'float32', ['batch', 2]));
  const compile = async (...values: [string, HostTensor][]) =>
    compileGraph(await testEngine(), { y }, new Map(values));

  it('are those of the same model', async () => {
    const [weight, bias] = [value([3, 2]), value([3])];
    await expect(compile(['weight', weight])).rejects.toThrow(
      new UserError(
        "The graph reads the parameter 'bias', which is not among the given ones; give those of the same model.",
      ),
    );
    await expect(compile(['weight', value([3, 4])], ['bias', bias])).rejects.toThrow(
      new UserError(
        "The graph reads the parameter 'weight' as [3, 2], but the given one is [3, 4]; give those of the same model.",
      ),
    );
    const graph = await compile(['weight', weight], ['bias', bias]);
    expect((await graph.run({ x: value([4, 2]) }))['y']!.shape).toEqual([4, 3]);
  });
});
