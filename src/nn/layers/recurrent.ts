import { cast, equal, less, mul, sub } from '../../ops/elementwise.js';
import { reverseSequence } from '../../ops/gather.js';
import { sum } from '../../ops/reduce.js';
import { scan } from '../../ops/scan.js';
import { concat, expand, fill, positions, reshape, split } from '../../ops/shape.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import type { Dim } from '../../tensor/dim.js';
import { Module } from '../module.js';
import {
  cellTypes,
  createCell,
  requireActivation,
  type CellType,
  type RecurrentActivation,
  type RecurrentCell,
} from './cells.js';
import { Dropout, VariationalDropout } from './dropout.js';

export interface RecurrentOptions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** φ of an 'rnn' cell; 'tanh' by default. An 'lstm' or a 'gru' takes none. */
  readonly activation?: RecurrentActivation;
  /** Layers on top of each other; 1 by default. */
  readonly layers?: number;
  /** A second recurrence from the end to the start; outputs and states are joined. False by default. */
  readonly bidirectional?: boolean;
  /** Dropout between the layers; 0 by default. */
  readonly dropout?: number;
  /** One dropout mask per sequence instead of one per step; false by default. */
  readonly variational?: boolean;
}

/**
 * Checks what recurrent layers, and the encoders and decoders made of them, are given.
 * @throws UserError naming the owner, the option and its value.
 */
export function requireRecurrent(
  owner: object,
  options: {
    readonly cell: CellType;
    readonly activation: RecurrentActivation | undefined;
    readonly dropout: number;
    readonly sizes: Readonly<Record<string, number>>;
  },
): void {
  requireOneOf(owner, cellTypes, { cell: options.cell });
  requireActivation(owner, options.cell, options.activation);
  requireOptions(owner, 'a whole number from 1', options.sizes);
  requireOptions(owner, 'at least 0 and below 1', { dropout: options.dropout });
}

/** [time, batch, 1]: 1 at the real positions of each sequence, 0 at padding. */
export function realPositions(time: Dim, lengths: Tensor): Tensor {
  const mask = less(reshape(positions(time), [time, 1]), reshape(lengths, [1, lengths.shape[0]!]));
  return cast(reshape(mask, [time, lengths.shape[0]!, 1]), 'float32');
}

/** The last real entry of each sequence.  x [time, batch, D], lengths [batch] → [batch, D]; zeros for an empty sequence. */
export function takeLast(x: Tensor, lengths: Tensor): Tensor {
  const [time, batch] = x.shape as [Dim, Dim, Dim];
  const isLast = equal(reshape(positions(time), [time, 1]), reshape(sub(lengths, 1), [1, batch]));
  return sum(mul(x, cast(reshape(isLast, [time, batch, 1]), 'float32')), [0]);
}

/**
 * A stack of recurrent layers over whole sequences. Time-major, as PyTorch's default: a recurrence walks over time, and
 * each step reads one block. Nothing inside the loop knows about padding: it stands at the end (the backward direction
 * reverses each sequence within its length), outputs there are zeroed and final states are taken at the last real
 * position, so no gradient enters from it.
 */
export class Recurrent extends Module {
  /** cells[layer][direction]: forward, then backward. */
  readonly cells: RecurrentCell[][];
  private readonly dropouts: Dropout[];
  readonly hiddenSize: number;
  readonly layers: number;
  readonly bidirectional: boolean;

  /**
   * @throws UserError unless the cell and its activation are known, sizes and layers are whole numbers from 1, and
   * 0 ≤ dropout < 1.
   */
  constructor(
    readonly cell: CellType,
    {
      inputSize,
      hiddenSize,
      activation,
      layers = 1,
      bidirectional = false,
      dropout = 0,
      variational = false,
    }: RecurrentOptions,
  ) {
    super();
    requireRecurrent(this, { cell, activation, dropout, sizes: { inputSize, hiddenSize, layers } });
    this.hiddenSize = hiddenSize;
    this.layers = layers;
    this.bidirectional = bidirectional;
    const directions = bidirectional ? 2 : 1;
    this.cells = Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: directions }, () =>
        createCell(cell, layer === 0 ? inputSize : hiddenSize * directions, hiddenSize, { activation }),
      ),
    );
    const Mask = variational ? VariationalDropout : Dropout;
    this.dropouts = Array.from({ length: layers - 1 }, () => new Mask(dropout));
  }

  /** Features of the output: hidden, or twice that with two directions. */
  get outputSize(): number {
    return this.hiddenSize * (this.bidirectional ? 2 : 1);
  }

  /** Tensors of one layer's state: 1 (h) or 2 (h, c). */
  get stateCount(): number {
    return this.cells[0]![0]!.stateCount;
  }

  /**
   * x [time, batch, input], lengths [batch] int32 (all steps are real without it), initial states per layer, each
   * [batch, outputSize] (zeros without it) → output [time, batch, outputSize], zero at padding, and per layer the final
   * states, each [batch, outputSize].
   */
  forward(
    x: Tensor,
    options: { lengths?: Tensor; initial?: readonly (readonly Tensor[])[] } = {},
  ): { output: Tensor; states: Tensor[][] } {
    if (options.initial && options.initial.length !== this.layers)
      throw traceError(
        'recurrent',
        `takes an initial state for each of ${this.layers} layers, got ${options.initial.length}.`,
      );
    let output = x;
    const states: Tensor[][] = [];
    this.cells.forEach((directions, layer) => {
      if (layer > 0) output = this.dropouts[layer - 1]!.forward(output);
      const initial = options.initial?.[layer];
      const results = directions.map((cell, direction) => {
        const sizes = directions.map(() => this.hiddenSize);
        const start = initial?.map((state) => split(state, sizes)[direction]!);
        return runCell(cell, output, direction === 1, options.lengths, start);
      });
      output = concat(results.map((result) => result.output));
      states.push(
        Array.from({ length: this.stateCount }, (_, i) => concat(results.map((result) => result.states[i]!))),
      );
    });
    return { output, states };
  }

  /** The dropout masks between the layers for a loop of steps: [time, batch, hidden] each; none where dropout does not act. */
  stepMasks(time: Dim, batch: Dim): Tensor[] {
    const shape = [time, batch, this.outputSize];
    const masks = this.dropouts.map((dropout) => dropout.mask(shape));
    return masks.flatMap((mask) => (mask ? [expand(mask, shape)] : []));
  }

  /**
   * One step of every layer (one direction): x [batch, input] and the states → output [batch, hidden] and new states.
   * `masks` are the slices of `stepMasks`.
   */
  step(
    x: Tensor,
    states: readonly (readonly Tensor[])[],
    masks: readonly Tensor[] = [],
  ): { output: Tensor; states: Tensor[][] } {
    if (this.bidirectional) throw traceError('recurrent', 'a bidirectional layer cannot run step by step.');
    let output = x;
    const next = this.cells.map(([cell], layer) => {
      const mask = masks[layer - 1];
      const state = cell!.step(cell!.project(mask ? mul(output, mask) : output), states[layer]!);
      output = state[0]!;
      return state;
    });
    return { output, states: next };
  }
}

function runCell(
  cell: RecurrentCell,
  x: Tensor,
  backward: boolean,
  lengths: Tensor | undefined,
  initial: readonly Tensor[] | undefined,
): { output: Tensor; states: Tensor[] } {
  const [time, batch] = x.shape as [Dim, Dim, Dim];
  const turn = (sequence: Tensor) => (backward && lengths ? reverseSequence(sequence, lengths) : sequence);
  const start = initial ?? Array.from({ length: cell.stateCount }, () => fill(0, [batch, cell.hiddenSize]));
  const { carries, outputs } = scan(
    { initial: start, sequences: cell.project(turn(x)), reverse: backward && !lengths },
    (state, projected) => {
      const next = cell.step(projected, state);
      // Final states are read from the stack when sequences end at different steps.
      return { carries: next, outputs: lengths ? next : next.slice(0, 1) };
    },
  );
  if (!lengths) return { output: outputs[0]!, states: carries };
  return {
    output: mul(turn(outputs[0]!), realPositions(time, lengths)),
    states: outputs.map((stack) => takeLast(stack, lengths)),
  };
}

/**
 * Elman layers (Elman 1990): hₜ = φ(W xₜ + b + U hₜ₋₁ + b′), φ = tanh or relu.
 * x [time, batch, input] → output [time, batch, hidden · directions] and h [batch, hidden · directions] per layer.
 */
export class RNN extends Recurrent {
  constructor(options: RecurrentOptions) {
    super('rnn', options);
  }
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 * i, f, o = σ(W xₜ + b + U hₜ₋₁ + b′) and g = tanh(the same), each with weights of its own,
 * cₜ = f ⊙ cₜ₋₁ + i ⊙ g, hₜ = o ⊙ tanh(cₜ).
 * x [time, batch, input] → output [time, batch, hidden · directions] and h, c [batch, hidden · directions] per layer.
 */
export class LSTM extends Recurrent {
  constructor(options: RecurrentOptions) {
    super('lstm', options);
  }
}

/**
 * Gated recurrent units (Cho et al. 2014, with the reset after the product as in cuDNN and PyTorch):
 * r, z = σ(W xₜ + b + U hₜ₋₁ + b′), n = tanh(W xₜ + b + r ⊙ (U hₜ₋₁ + b′)), each with weights of its own,
 * hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁.
 * x [time, batch, input] → output [time, batch, hidden · directions] and h [batch, hidden · directions] per layer.
 */
export class GRU extends Recurrent {
  constructor(options: RecurrentOptions) {
    super('gru', options);
  }
}
