import { describe, expect, it } from 'vitest';
import { evaluate } from '../../test/support/evaluate.js';
import { opTypes, readNodes } from '../../test/support/onnxReader.js';
import { gradients } from '../autodiff/gradients.js';
import { Linear } from '../nn/layers/linear.js';
import { parametersOf } from '../nn/module.js';
import { add, exp, mul, tanh } from '../ops/elementwise.js';
import { matmul } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { scan } from '../ops/scan.js';
import { crossEntropy } from '../ops/softmax.js';
import { fill, positions, randomMask, size } from '../ops/shape.js';
import { constant, input, inScope } from '../tensor/tensor.js';
import { exportGraph } from './exportGraph.js';

const vector = () => input('x', 'float32', ['n']);
const valuesOf = (...values: number[]) => ({ x: { shape: [values.length], values } });

describe('a graph', () => {
  it('lists what a run must supply and what it yields', () => {
    const layer = new Linear(3, 2);
    parametersOf(layer);
    const x = input('x', 'float32', ['batch', 3]);
    const y = mul(layer.forward(x), randomMask(['batch', 2], 0.25, 'dropout'));
    const { inputs, outputs } = exportGraph({ y, count: size('batch', 'int32') });
    expect(inputs).toEqual([
      { name: 'weight', dtype: 'float32', shape: [2, 3], kind: 'parameter' },
      { name: 'bias', dtype: 'float32', shape: [2], kind: 'parameter' },
      { name: 'x', dtype: 'float32', shape: ['batch', 3], kind: 'input' },
      {
        name: 'mask.dropout',
        dtype: 'float32',
        shape: ['batch', 2],
        kind: 'mask',
        mask: { rate: 0.25, site: 'dropout' },
      },
    ]);
    expect(outputs).toEqual([
      { name: 'y', dtype: 'float32', shape: ['batch', 2] },
      { name: 'count', dtype: 'int32', shape: [] },
    ]);
  });

  it('in float64 has no float32 left', () => {
    const x = vector();
    const { inputs, outputs } = exportGraph({ y: mul(x, 2), n: positions('n') }, { precision: 'float64' });
    expect(inputs.map((value) => value.dtype)).toEqual(['float64']);
    expect(outputs.map((value) => value.dtype)).toEqual(['float64', 'int32']);
  });

  it('leaves out dead nodes and dead inputs', () => {
    const x = vector();
    exp(x);
    add(x, input('unused', 'float32', ['n']));
    const { bytes, inputs } = exportGraph({ y: tanh(x) });
    expect(opTypes(bytes)).toEqual(['Tanh']);
    expect(inputs.map((value) => value.name)).toEqual(['x']);
  });

  it('leaves out what an op writes for a result that nothing reads', () => {
    const logits = input('logits', 'float32', ['tokens', 4]);
    const { loss } = crossEntropy(logits, input('labels', 'int32', ['tokens']));
    expect(opTypes(exportGraph({ gradient: gradients(sum(loss), [logits])[0]! }).bytes)).toContain('Exp');
    expect(opTypes(exportGraph({ loss }).bytes)).not.toContain('Exp');
  });

  it('has equal nodes and constants once', () => {
    const x = vector();
    const { bytes } = exportGraph({ y: mul(exp(mul(x, 2)), exp(mul(x, 2))) });
    expect(opTypes(bytes)).toEqual(['Mul', 'Exp', 'Mul']);
  });

  it('computes in a loop only what depends on its step, and that once', () => {
    const h0 = input('h0', 'float32', ['batch', 3]);
    const x = input('x', 'float32', ['time', 'batch', 3]);
    const weight = input('weight', 'float32', [3, 3]);
    const { carries } = scan({ initial: [h0], sequences: [x] }, ([h], [slice]) => ({
      carries: [add(matmul(h!, tanh(weight)), mul(exp(slice!), exp(slice!)))],
      outputs: [],
    }));
    const nodes = readNodes(exportGraph({ y: carries[0]! }).bytes);
    expect(nodes.map((node) => node.opType)).toEqual(['Tanh', 'Scan']);
    expect(nodes[1]!.body.map((node) => node.opType).sort()).toEqual(['Add', 'Exp', 'MatMul', 'Mul']);
  });

  it('has the paths of layers in the names of its nodes', () => {
    const y = inScope('encoder.layers.0', () => tanh(vector()));
    const nodes = readNodes(exportGraph({ z: mul(y, 2) }).bytes);
    expect(nodes[0]!.name).toMatch(/^encoder\.layers\.0\.Tanh/);
  });

  it('is the same bytes when traced again', () => {
    const bytes = () => {
      const x = vector();
      const loss = sum(tanh(mul(x, 3)));
      return exportGraph({ loss, gradient: gradients(loss, [x])[0]! }).bytes;
    };
    expect(bytes()).toEqual(bytes());
  });
});

describe('outputs', () => {
  it('can be an input, a constant, or the same value twice', async () => {
    const x = vector();
    const y = tanh(x);
    const outputs = { x2: x, constant: constant([1, 2]), zeros: fill(0, ['n']), y, again: y, z: exp(y) };
    const results = await evaluate(outputs, valuesOf(0, 0, 0));
    expect(results['x2']!.values).toEqual([0, 0, 0]);
    expect(results['constant']!.values).toEqual([1, 2]);
    expect(results['zeros']!.values).toEqual([0, 0, 0]);
    expect(results['y']!.values).toEqual([0, 0, 0]);
    expect(results['again']!.values).toEqual([0, 0, 0]);
    expect(results['z']!.values).toEqual([1, 1, 1]);
  });

  it('can be read by a loop, and by a loop in a loop', async () => {
    const x = vector();
    const shared = sum(mul(x, 10));
    const walk = (start: number, step: (h: typeof x, slice: typeof x) => typeof x) =>
      scan({ initial: [constant(start)], sequences: [x] }, ([h], [slice]) => ({
        carries: [step(h!, slice!)],
        outputs: [],
      })).carries[0]!;
    const total = walk(0, (h, slice) =>
      add(
        h,
        walk(0, (inner, innerSlice) => add(inner, add(mul(slice, innerSlice), shared))),
      ),
    );
    const results = await evaluate({ total, shared }, valuesOf(1, 2));
    // Σᵢⱼ xᵢ·xⱼ + 4 · Σ 10·x
    expect(results['total']!.values).toEqual([9 + 4 * 30]);
    expect(results['shared']!.values).toEqual([30]);
  });
});

describe('a graph that cannot be written', () => {
  it('has two inputs of one name', () => {
    expect(() => exportGraph({ y: add(vector(), vector()) })).toThrow(
      "Two inputs of the graph are called 'x'; give each its own name.",
    );
  });

  it('has an input and an output of one name', () => {
    expect(() => exportGraph({ x: mul(vector(), 2) })).toThrow(
      "An input and an output of the graph are both called 'x'; give each its own name.",
    );
  });

  it('needs the size of a dim that no input has', () => {
    expect(() => exportGraph({ y: positions('time') })).toThrow(
      "No input of the graph has the dimension 'time', so its size is unknown.",
    );
  });

  it('takes a value out of the loop that computes it', () => {
    let leaked = vector();
    const x = vector();
    scan({ initial: [constant(0)], sequences: [x] }, ([h], [slice]) => {
      leaked = add(h!, slice!);
      return { carries: [leaked], outputs: [] };
    });
    expect(() => exportGraph({ leaked })).toThrow(
      "A value of a scan's step (float32[]) is used outside of it; have the step return it as an output.",
    );
  });
});
