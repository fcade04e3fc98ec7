import { describe, expect, it } from 'vitest';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { recurrentName } from '../../../test/support/pytorchNames.js';
import { concat, reshape, split } from '../../ops/shape.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import type { CellType } from './cells.js';
import { Recurrent } from './recurrent.js';

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

function check(
  cell: CellType,
  layers: number,
  bidirectional: boolean,
  precision: 'float32' | 'float64',
  initialState = false,
): Promise<void> {
  const direction = bidirectional ? 'bidirectional' : 'unidirectional';
  const fixture = readFixture(
    `recurrent/${cell}-layers${layers}-${direction}${initialState ? '-initial-state' : ''}-${precision}`,
  );
  const directions = bidirectional ? 2 : 1;
  const parts = cell === 'lstm' ? ['h', 'c'] : ['h'];
  const recurrent = new Recurrent(cell, { inputSize: INPUT, hiddenSize: HIDDEN, layers, bidirectional });
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

describe.each(['rnn', 'lstm', 'gru'] as const)('%s over ragged sequences, as PyTorch', (cell) => {
  describe.each([false, true])('bidirectional: %s', (bidirectional) => {
    it.each([1, 2])('%i layer(s), float64', (layers) => check(cell, layers, bidirectional, 'float64'));
    it('1 layer, float32', () => check(cell, 1, bidirectional, 'float32'));
  });
  it('2 layers, bidirectional, from given states', () => check(cell, 2, true, 'float64', true));
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
});
