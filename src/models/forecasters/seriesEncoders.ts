import { add } from '../../ops/elementwise.js';
import { transpose } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { causalMask } from '../../nn/layers/causalMask.js';
import type { CellType } from '../../nn/layers/cells.js';
import { Dropout } from '../../nn/layers/dropout.js';
import { LayerNorm } from '../../nn/layers/layerNorm.js';
import { Linear } from '../../nn/layers/linear.js';
import { createPositions, type Positions } from '../../nn/layers/positions.js';
import { Recurrent, type RecurrentOptions } from '../../nn/layers/recurrent.js';
import { throughBlocks } from '../../nn/layers/throughBlocks.js';
import { TransformerEncoderLayer, type TransformerLayerOptions } from '../../nn/layers/transformer.js';
import { Module } from '../../nn/module.js';
import { lastStep } from './lastStep.js';

/**
 * A window as the last state of a recurrence over it (Elman 1990; see {@link Recurrent}): h_T with hₜ = cell(xₜ, hₜ₋₁).
 * [batch, time, variables] → [batch, outputSize].
 */
export class RecurrentSeriesEncoder extends Module {
  readonly recurrent: Recurrent;

  /**
   * @throws UserError unless the cell and its activation are known, sizes and layers are whole numbers from 1, and
   * 0 ≤ dropout < 1.
   */
  constructor(options: Omit<RecurrentOptions, 'inputSize'> & { cell: CellType; variables?: number }) {
    super();
    this.recurrent = new Recurrent(options.cell, { ...options, inputSize: options.variables ?? 1 });
  }

  get outputSize(): number {
    return this.recurrent.outputSize;
  }

  forward(series: Tensor): Tensor {
    // The output h is the first part of a state.
    return this.recurrent.forward(transpose(series, [1, 0, 2])).states.at(-1)![0]!;
  }
}

export interface TransformerSeriesOptions extends TransformerLayerOptions {
  /** Values per step; 1 by default. */
  readonly variables?: number;
  readonly layers: number;
  /** Longest window, for learned positions; 512 by default. */
  readonly maxLength?: number;
  /** Computes each block twice in training, for a fraction of the memory; see `checkpoint`. False by default. */
  readonly gradientCheckpointing?: boolean;
}

/**
 * A window as what a Transformer with causal self-attention (Vaswani et al. 2017) makes of its last step:
 * [batch, time, variables] → [batch, size]. A step is W x + b and its position ('sinusoidal' by default).
 */
export class TransformerSeriesEncoder extends Module {
  readonly outputSize: number;
  private readonly input: Linear;
  private readonly positions: Positions | undefined;
  private readonly dropout: Dropout;
  private readonly layers: TransformerEncoderLayer[];
  private readonly norm: LayerNorm | undefined;
  private readonly gradientCheckpointing: boolean;

  /** @throws UserError for sizes, heads, dropout or names that cannot be. */
  constructor(options: TransformerSeriesOptions) {
    super();
    const {
      variables = 1,
      size,
      layers,
      positions = 'sinusoidal',
      maxLength,
      norm = 'pre',
      dropout = 0,
    } = options;
    requireOptions(this, 'a whole number from 1', { layers });
    this.outputSize = size;
    this.input = new Linear(variables, size);
    this.positions = createPositions(positions, size, maxLength);
    this.dropout = new Dropout(dropout);
    this.layers = Array.from({ length: layers }, () => new TransformerEncoderLayer(options));
    this.norm = norm === 'pre' ? new LayerNorm(size) : undefined;
    this.gradientCheckpointing = options.gradientCheckpointing ?? false;
  }

  forward(series: Tensor): Tensor {
    const time = series.shape[1]!;
    const values = this.input.forward(series);
    const steps = this.dropout.forward(this.positions ? add(values, this.positions.along(time)) : values);
    const { gradientCheckpointing } = this;
    const last = lastStep(
      throughBlocks(steps, this.layers, { mask: causalMask(time), gradientCheckpointing }),
    );
    return this.norm ? this.norm.forward(last) : last;
  }
}
