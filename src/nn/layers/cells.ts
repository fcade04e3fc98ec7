import { add, lerp, mul, relu, sigmoid, tanh } from '../../ops/elementwise.js';
import { linear, matmul } from '../../ops/matmul.js';
import { split } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { fanUniform } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/**
 * One step of a recurrence. The part that depends on the input alone is split off (`project`): it runs for all steps at
 * once, as one large product, before the loop. Weights follow PyTorch: [gates·hidden, input], [gates·hidden, hidden],
 * two biases, all uniform in ±1/√hidden at the start.
 */
export abstract class RecurrentCell extends Module {
  readonly inputWeight: Parameter;
  readonly hiddenWeight: Parameter;
  readonly inputBias: Parameter;
  readonly hiddenBias: Parameter;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(
    readonly inputSize: number,
    readonly hiddenSize: number,
    gates: number,
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, hiddenSize });
    const draw = fanUniform(hiddenSize);
    this.inputWeight = new Parameter([gates * hiddenSize, inputSize], draw);
    this.hiddenWeight = new Parameter([gates * hiddenSize, hiddenSize], draw);
    this.inputBias = new Parameter([gates * hiddenSize], draw);
    this.hiddenBias = new Parameter([gates * hiddenSize], draw);
  }

  /** Tensors that make up the state: 1 (h) or 2 (h, c), each [batch, hidden]. */
  abstract readonly stateCount: number;

  /** x [..., input] → what `step` takes of it, each [..., ·]. */
  abstract project(x: Tensor): Tensor[];

  /** One step: projected input and state, each [batch, ·] → the new state, the output h first. */
  abstract step(projected: readonly Tensor[], state: readonly Tensor[]): Tensor[];
}

/** φ of Elman networks by name. */
const activations = { tanh, relu };
export const recurrentActivations = ['tanh', 'relu'] as const;
/** φ of an Elman network: tanh, or relu, which keeps gradients longer but may grow without bound (Le et al. 2015). */
export type RecurrentActivation = (typeof recurrentActivations)[number];

/**
 * Checks the activation of a cell, where one is given.
 * @throws UserError naming the owner, for an unknown one and for a cell that has no choice.
 */
export function requireActivation(
  owner: object | string,
  cell: CellType,
  activation: RecurrentActivation | undefined,
): void {
  if (activation === undefined) return;
  requireOneOf(owner, recurrentActivations, { activation });
  if (cell === 'rnn') return;
  const who = typeof owner === 'string' ? owner : owner.constructor.name;
  throw new UserError(
    `${who}: activation is '${activation}', but that of '${cell}' is fixed; leave it out, or make the cell 'rnn'.`,
  );
}

/**
 * Elman network (Elman 1990): h′ = φ(W x + b + U h + b′), φ = tanh or relu.
 * x [batch, input], h [batch, hidden] → h′ [batch, hidden].
 */
export class RNNCell extends RecurrentCell {
  readonly stateCount = 1;

  /** @throws UserError unless both sizes are whole numbers from 1 and the activation is known. */
  constructor(
    inputSize: number,
    hiddenSize: number,
    readonly activation: RecurrentActivation = 'tanh',
  ) {
    super(inputSize, hiddenSize, 1);
    requireOneOf(this, recurrentActivations, { activation });
  }

  project(x: Tensor): Tensor[] {
    return [linear(x, this.inputWeight, add(this.inputBias, this.hiddenBias))];
  }

  step([x]: readonly Tensor[], [h]: readonly Tensor[]): Tensor[] {
    const sum = matmul(h!, this.hiddenWeight, { transposeB: true, plus: x! });
    return [activations[this.activation](sum)];
  }
}

/** LSTM (Hochreiter & Schmidhuber 1997; gates i, f, g, o): c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′). */
export class LSTMCell extends RecurrentCell {
  readonly stateCount = 2;

  constructor(inputSize: number, hiddenSize: number) {
    super(inputSize, hiddenSize, 4);
  }

  project(x: Tensor): Tensor[] {
    return [linear(x, this.inputWeight, add(this.inputBias, this.hiddenBias))];
  }

  step([x]: readonly Tensor[], [h, c]: readonly Tensor[]): Tensor[] {
    const gates = matmul(h!, this.hiddenWeight, { transposeB: true, plus: x! });
    const size = this.hiddenSize;
    const [input, forget, candidate, output] = split(gates, [size, size, size, size]);
    const next = add(mul(sigmoid(forget!), c!), mul(sigmoid(input!), tanh(candidate!)));
    return [mul(sigmoid(output!), tanh(next)), next];
  }
}

/** GRU (Cho et al. 2014; gates r, z, n, the reset after the product): n = tanh(W x + b + r·(U h + b′)), h′ = (1 − z)·n + z·h. */
export class GRUCell extends RecurrentCell {
  readonly stateCount = 1;

  constructor(inputSize: number, hiddenSize: number) {
    super(inputSize, hiddenSize, 3);
  }

  project(x: Tensor): Tensor[] {
    return split(linear(x, this.inputWeight, this.inputBias), [2 * this.hiddenSize, this.hiddenSize]);
  }

  step([xGates, xCandidate]: readonly Tensor[], [h]: readonly Tensor[]): Tensor[] {
    const size = this.hiddenSize;
    const product = matmul(h!, this.hiddenWeight, { transposeB: true, plus: this.hiddenBias });
    const [hGates, hCandidate] = split(product, [2 * size, size]);
    const [reset, update] = split(sigmoid(add(xGates!, hGates!)), [size, size]);
    const candidate = tanh(add(xCandidate!, mul(reset!, hCandidate!)));
    return [lerp(candidate, h!, update!)];
  }
}

export const cellTypes = ['rnn', 'lstm', 'gru'] as const;
export type CellType = (typeof cellTypes)[number];

/**
 * A cell by its name.
 * @param options `activation`: φ of an 'rnn', 'tanh' by default.
 * @throws UserError for another name, sizes that cannot be, and an activation of a cell that has its own.
 */
export function createCell(
  type: CellType,
  inputSize: number,
  hiddenSize: number,
  { activation }: { activation?: RecurrentActivation } = {},
): RecurrentCell {
  requireOneOf('createCell', cellTypes, { type });
  requireActivation('createCell', type, activation);
  switch (type) {
    case 'rnn':
      return new RNNCell(inputSize, hiddenSize, activation);
    case 'lstm':
      return new LSTMCell(inputSize, hiddenSize);
    case 'gru':
      return new GRUCell(inputSize, hiddenSize);
  }
}
