import { describe, expect, it } from 'vitest';
import { largestError } from '../../../test/support/closeTo.js';
import { evaluate, type Values } from '../../../test/support/evaluate.js';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { recurrentName } from '../../../test/support/pytorchNames.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { add, square } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { concat, reshape, split } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { parametersOf } from '../module.js';
import { createCell, type CellType } from './cells.js';
import { GRU, LSTM, Recurrent, RNN } from './recurrent.js';

const INPUT = 4;
const HIDDEN = 5;

/** Our states per layer, each [batch, directions·hidden] → PyTorch's [layers·directions, batch, hidden]. */
function stacked(states: readonly Tensor[], directions: number): Tensor {
  const parts = states.flatMap((state) => split(state, new Array<number>(directions).fill(HIDDEN)));
  return concat(
    parts.map((x) => reshape(x, [1, 'batch', HIDDEN])),
    0,
  );
}

/** The inverse of `stacked`. */
function unstacked(state: Tensor, layers: number, directions: number): Tensor[] {
  const parts = split(state, new Array<number>(layers * directions).fill(1), 0).map((x) =>
    reshape(x, ['batch', HIDDEN]),
  );
  return Array.from({ length: layers }, (_, i) => concat(parts.slice(i * directions, (i + 1) * directions)));
}

/** The name of a cell in fixtures. */
type Case = CellType | 'rnn-relu';

function check(
  name: Case,
  layers: number,
  bidirectional: boolean,
  precision: 'float32' | 'float64',
  initialState = false,
): Promise<void> {
  const direction = bidirectional ? 'bidirectional' : 'unidirectional';
  const fixture = readFixture(
    `recurrent/${name}-layers${layers}-${direction}${initialState ? '-initial-state' : ''}-${precision}`,
  );
  const directions = bidirectional ? 2 : 1;
  const parts = name === 'lstm' ? ['h', 'c'] : ['h'];
  const sizes = { inputSize: INPUT, hiddenSize: HIDDEN, layers, bidirectional };
  const recurrent =
    name === 'rnn-relu' ? new RNN({ ...sizes, activation: 'relu' }) : new Recurrent(name, sizes);
  const variables = parametersByFixtureName(recurrent, fixture, recurrentName);
  const x = (variables['x'] = input('x', 'float32', ['time', 'batch', INPUT]));

  let initial: Tensor[][] | undefined;
  if (initialState) {
    const states = parts.map((part) => {
      const state = input(`${part}_0`, 'float32', [layers * directions, 'batch', HIDDEN]);
      variables[`${part}_0`] = state;
      return unstacked(state, layers, directions);
    });
    initial = Array.from({ length: layers }, (_, layer) => states.map((state) => state[layer]!));
  }
  const { output, states } = recurrent.forward(x, { lengths: input('lengths', 'int32', ['batch']), initial });
  const outputs: Record<string, Tensor> = { output };
  parts.forEach((part, i) => {
    outputs[`${part}_n`] = stacked(
      states.map((layer) => layer[i]!),
      directions,
    );
  });
  const inputs = { lengths: fixture['lengths']! };
  return checkFixture(
    { fixture, outputs, variables, inputs },
    precision,
    precision === 'float64' ? 1e-8 : 1e-5,
  );
}

describe.each(['rnn', 'rnn-relu', 'lstm', 'gru'] as const)('%s over ragged sequences, as PyTorch', (cell) => {
  describe.each([false, true])('bidirectional: %s', (bidirectional) => {
    it.each([1, 2])('%i layer(s), float64', (layers) => check(cell, layers, bidirectional, 'float64'));
    it('1 layer, float32', () => check(cell, 1, bidirectional, 'float32'));
  });
  it('2 layers, bidirectional, from given states', () => check(cell, 2, true, 'float64', true));
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The outputs of one layer in one direction over one sequence in plain numbers, by the formulas of the cells. */
function plainSteps(cell: CellType, values: Values, direction: number, sequence: number[][]): number[][] {
  const at = (name: string) => values[`cells.0.${direction}.${name}`]!.values;
  const product = (side: 'input' | 'hidden', x: readonly number[]) =>
    Array.from(at(`${side}Bias`), (bias, row) =>
      x.reduce((total, value, i) => total + at(`${side}Weight`)[row * x.length + i]! * value, bias),
    );
  let h = new Array<number>(HIDDEN).fill(0);
  const c = new Array<number>(HIDDEN).fill(0);
  return sequence.map((x) => {
    const [own, carried] = [product('input', x), product('hidden', h)];
    h = h.map((before, unit) => {
      const both = (gate: number) => own[gate * HIDDEN + unit]! + carried[gate * HIDDEN + unit]!;
      if (cell === 'rnn') return Math.tanh(both(0));
      if (cell === 'lstm') {
        c[unit] = sigmoid(both(1)) * c[unit]! + sigmoid(both(0)) * Math.tanh(both(2));
        return sigmoid(both(3)) * Math.tanh(c[unit]!);
      }
      const [reset, update] = [sigmoid(both(0)), sigmoid(both(1))];
      const candidate = Math.tanh(own[2 * HIDDEN + unit]! + reset * carried[2 * HIDDEN + unit]!);
      return (1 - update) * candidate + update * before;
    });
    return h;
  });
}

describe.each(['rnn', 'lstm', 'gru'] as const)('%s in both directions', (cell) => {
  const [time, lengths] = [4, [0, 3, 0, 2]];
  const recurrent = new Recurrent(cell, { inputSize: INPUT, hiddenSize: HIDDEN, bidirectional: true });
  const parameters = parametersOf(recurrent);
  const x = input('x', 'float32', ['time', 'batch', INPUT]);
  const { output, states } = recurrent.forward(x, { lengths: input('lengths', 'int32', ['batch']) });
  const loss = [output, ...states.flat()].map((each) => sum(square(each))).reduce((a, b) => add(a, b));
  const found = gradients(loss, [x, ...parameters.values()]);

  it.each([1, 1e4, 1e12])(
    'gives zeros for an empty sequence and runs over the others, with inputs of size %d',
    async (scale) => {
      const weights = initialValues(parameters);
      const batch = lengths.length;
      // Padding holds the largest values.
      const value = (t: number, b: number, i: number) =>
        Math.fround(scale * (t < lengths[b]! ? Math.sin(1 + t + 5 * b + 11 * i) : 7));
      const values = Array.from({ length: time * batch * INPUT }, (_, at) =>
        value(Math.floor(at / (batch * INPUT)), Math.floor(at / INPUT) % batch, at % INPUT),
      );
      const results = await evaluate(
        {
          output,
          h: states[0]![0]!,
          ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])),
        },
        {
          ...weights,
          x: { shape: [time, batch, INPUT], values },
          lengths: { shape: [batch], values: lengths },
        },
      );
      const zeros = new Array<number>(HIDDEN).fill(0);
      lengths.forEach((length, b) => {
        const sequence = Array.from({ length }, (_, t) =>
          Array.from({ length: INPUT }, (__, i) => value(t, b, i)),
        );
        const forward = plainSteps(cell, weights, 0, sequence);
        const backward = plainSteps(cell, weights, 1, sequence.toReversed()).toReversed();
        const expected = Array.from({ length: time }, (_, t) => [
          ...(forward[t] ?? zeros),
          ...(backward[t] ?? zeros),
        ]).flat();
        const rows = Array.from({ length: time }, (_, t) =>
          results['output']!.values.slice((t * batch + b) * 2 * HIDDEN, (t * batch + b + 1) * 2 * HIDDEN),
        ).flat();
        expect(largestError(rows, expected), `output of sequence ${b}`).toBeLessThanOrEqual(1e-5);
        const last = [...(forward.at(-1) ?? zeros), ...(backward[0] ?? zeros)];
        const state = results['h']!.values.slice(b * 2 * HIDDEN, (b + 1) * 2 * HIDDEN);
        expect(largestError(state, last), `state of sequence ${b}`).toBeLessThanOrEqual(1e-5);
      });
      for (const [name, result] of Object.entries(results))
        expect(result.values.every(Number.isFinite), name).toBe(true);
      results['gradient0']!.values.forEach((gradient, at) => {
        if (Math.floor(at / (batch * INPUT)) >= lengths[Math.floor(at / INPUT) % batch]!)
          expect(Math.abs(gradient)).toBe(0);
      });
    },
  );
});

describe('recurrent layers', () => {
  it('take an initial state for each layer', () => {
    const gru = new Recurrent('gru', { inputSize: 2, hiddenSize: 3, layers: 2 });
    const x = input('x', 'float32', ['time', 'batch', 2]);
    const state = input('state', 'float32', ['batch', 3]);
    expect(() => gru.forward(x, { initial: [[state]] })).toThrow('for each of 2 layers, got 1');
  });

  it('do not run step by step in two directions', () => {
    const gru = new Recurrent('gru', { inputSize: 2, hiddenSize: 3, bidirectional: true });
    expect(() => gru.step(input('x', 'float32', ['batch', 2]), [])).toThrow('cannot run step by step');
  });

  it('have a choice of activation with Elman cells alone', () => {
    const sizes = { inputSize: 2, hiddenSize: 3, activation: 'relu' } as const;
    expect(() => new LSTM(sizes)).toThrow(
      new UserError(
        "LSTM: activation is 'relu', but that of 'lstm' is fixed; leave it out, or make the cell 'rnn'.",
      ),
    );
    expect(() => new GRU(sizes)).toThrow("GRU: activation is 'relu', but that of 'gru' is fixed");
    expect(() => createCell('gru', 2, 3, { activation: 'tanh' })).toThrow("createCell: activation is 'tanh'");
    expect(() => new RNN({ ...sizes, activation: 'gelu' as 'relu' })).toThrow(
      "RNN: activation is 'gelu'; it must be 'tanh' or 'relu'.",
    );
  });
});
