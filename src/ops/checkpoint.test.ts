import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { Draw } from '../../test/support/draw.js';
import { evaluate, type Values } from '../../test/support/evaluate.js';
import { readNodes, type OnnxNode } from '../../test/support/onnxReader.js';
import { optimizedNodes } from '../../test/support/optimized.js';
import { opCases } from '../../test/support/opCases.js';
import { gradients } from '../autodiff/gradients.js';
import { exportGraph } from '../onnx/exportGraph.js';
import { isFloat } from '../tensor/dtype.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { checkpoint } from './checkpoint.js';
import { add, mul, sigmoid, square, tanh } from './elementwise.js';
import { matmul } from './matmul.js';
import { sum } from './reduce.js';
import { randomMask } from './shape.js';

const x = input('x', 'float32', ['batch', 3]);
const w = input('w', 'float32', [3, 3]);
const draw = new Draw(1);
const values = { x: draw.normal(['batch', 3]), w: draw.normal([3, 3]) };

const plain: typeof checkpoint = (block, ...inputs) => block(...inputs);

/** Loss and gradients by x and w of what `trace` makes with checkpoints, and without. */
async function both(trace: (run: typeof checkpoint) => Tensor, more: Values = {}) {
  const results = [checkpoint, plain].map((run) => {
    const loss = sum(trace(run));
    const [dx, dw] = gradients(loss, [x, w]);
    return evaluate({ loss, dx: dx!, dw: dw! }, { ...values, ...more }, { precision: 'float64' });
  });
  return [await results[0]!, await results[1]!] as const;
}

describe('a checkpoint', () => {
  it.each<[string, (run: typeof checkpoint) => Tensor]>([
    ['around a block', (run) => square(run((y) => tanh(matmul(y, w)), x))],
    [
      'whose input is used elsewhere too',
      (run) => mul(square(run((y) => tanh(matmul(y, w)), x)), sigmoid(x)),
    ],
    ['that gives its input back', (run) => square(run((y) => y, x))],
    ['that ignores its input', (run) => mul(square(run(() => matmul(square(x), w), tanh(x))), x)],
    ['that takes the same twice', (run) => square(run((a, b) => mul(tanh(a), matmul(b, w)), x, x))],
    ['that takes a parameter', (run) => square(run((a, b) => tanh(matmul(a, b)), x, w))],
    ['after a checkpoint', (run) => square([1, 2, 3].reduce((h) => run((y) => tanh(matmul(y, w)), h), x))],
    [
      'in a checkpoint',
      (run) =>
        square(
          run(
            (y) =>
              mul(
                run((z) => tanh(matmul(z, w)), sigmoid(y)),
                y,
              ),
            x,
          ),
        ),
    ],
    [
      'with a value inside that is read outside',
      (run) => {
        let inside = x;
        const outside = run((y) => tanh((inside = matmul(y, w))), x);
        return mul(square(outside), sigmoid(inside));
      },
    ],
  ])('%s changes neither the result nor a gradient', async (_, trace) => {
    const [with_, without] = await both(trace);
    for (const [name, value] of Object.entries(without)) expectClose(with_[name], value, 1e-14, name);
    expect(Math.max(...without['dx']!.values.map(Math.abs))).toBeGreaterThan(1e-3);
  });

  it('uses one dropout mask for both times', async () => {
    const mask = { 'mask.site': { shape: values.x.shape, values: draw.ids(['batch', 3], 2).values } };
    const [with_, without] = await both(
      (run) => square(run((y) => tanh(mul(matmul(y, w), randomMask(['batch', 3], 0.5, 'site'))), x)),
      mask,
    );
    expect(with_).toEqual(without);
  });

  // Scans among them, whose steps read values from outside.
  it.each(Object.keys(opCases))('around %s changes no gradient', async (op) => {
    for (const makeCase of opCases[op]!) {
      const results = [true, false].map((checkpointed) => {
        const seeded = new Draw(2);
        const { outputs, inputs } = makeCase(seeded);
        const floats = outputs.filter((y) => isFloat(y.dtype));
        const total = floats.map((y) => sum(square(y))).reduce((a, b) => add(a, b));
        const variables = inputs.map(({ tensor }) => tensor);
        const scale = input('scale', 'float32', []);
        const result = checkpointed ? checkpoint(() => total, ...variables) : total;
        const wanted = variables.filter(({ dtype }) => isFloat(dtype));
        const found = gradients(mul(square(result), scale), wanted);
        const given = Object.fromEntries(inputs.map(({ name, value }) => [name, value]));
        const named = Object.fromEntries(found.map((y, i) => [`gradient${i}`, y]));
        return evaluate(named, { ...given, scale: { shape: [], values: [0.75] } }, { precision: 'float64' });
      });
      const [with_, without] = await Promise.all(results);
      for (const [name, value] of Object.entries(without!)) expectClose(with_![name], value, 1e-12, name);
    }
  });
});

describe('the graph of a checkpoint', () => {
  /** Three blocks of two products each. */
  const blocks = (run: typeof checkpoint): Record<string, Tensor> => {
    const block = (y: Tensor) => tanh(matmul(sigmoid(matmul(y, w)), w));
    const loss = sum(square([1, 2, 3].reduce((h) => run(block, h), x)));
    const [dx, dw] = gradients(loss, [x, w]);
    return { loss, dx: dx!, dw: dw! };
  };
  const count = (nodes: readonly OnnxNode[], opType: string) =>
    nodes.filter((node) => node.opType === opType).length;

  it('has the nodes of each block twice, also after the runtime’s optimiser', async () => {
    const { bytes } = exportGraph(blocks(checkpoint));
    for (const nodes of [readNodes(bytes), await optimizedNodes(bytes)]) {
      expect(count(nodes, 'Tanh')).toBe(2 * 3);
      expect(count(nodes, 'Sigmoid')).toBe(2 * 3);
    }
  });

  it('is the plain one where no gradient is asked for', () => {
    const { loss } = blocks(checkpoint);
    const { loss: expected } = blocks(plain);
    expect(exportGraph({ loss: loss! }).bytes).toEqual(exportGraph({ loss: expected! }).bytes);
  });

  it('keeps no inner value of a block for the backward pass, also after the runtime’s optimiser', async () => {
    const { bytes } = exportGraph(blocks(checkpoint));
    for (const nodes of [readNodes(bytes), await optimizedNodes(bytes)]) {
      const forward = nodes.slice(
        0,
        nodes.findIndex(({ opType }) => opType === 'ReduceSum'),
      );
      const inner = forward.filter(({ opType }) => opType === 'Sigmoid').flatMap(({ outputs }) => outputs);
      expect(inner).toHaveLength(3);
      for (const name of inner)
        expect(nodes.filter(({ inputs }) => inputs.includes(name)).map(({ opType }) => opType)).toHaveLength(
          1,
        );
    }
  });
});
