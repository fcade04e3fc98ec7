import { scan } from '../../ops/scan.js';
import { concat, fill, reshape, transpose } from '../../ops/shape.js';
import { product } from '../../tensor/dim.js';
import { UserError } from '../../tensor/errors.js';
import { requireOneOf } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../../nn/module.js';
import {
  attentionTypes,
  createAttention,
  type Attention,
  type AttentionMemory,
  type AttentionType,
} from '../../nn/layers/attention.js';
import type { CellType } from '../../nn/layers/cells.js';
import { Dropout, VariationalDropout } from '../../nn/layers/dropout.js';
import { Embedding } from '../../nn/layers/embedding.js';
import { FeatureLayer } from '../../nn/layers/feature.js';
import { Linear } from '../../nn/layers/linear.js';
import { Recurrent, requireRecurrent } from '../../nn/layers/recurrent.js';
import type { Encoded, Encoder } from '../encoders/encoder.js';
import { RecurrentEncoder } from '../encoders/recurrentEncoder.js';
import type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './decoder.js';

export interface RecurrentDecoderOptions {
  readonly cell: CellType;
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layers?: number;
  /** How it looks back at the source; without it the source reaches the decoder through its first state alone. */
  readonly attention?: AttentionType;
  /** Feed the previous attentional vector back in (Luong et al. 2015, §3.3). Needs attention; false by default. */
  readonly inputFeeding?: boolean;
  readonly dropout?: number;
  readonly variational?: boolean;
}

/** What it carries from step to step: per layer its states, and the attentional vector with input feeding. */
interface RecurrentState {
  readonly states: readonly (readonly Tensor[])[];
  readonly feedback?: Tensor;
}

/**
 * The state of the encoder's last layers as the decoder's first state: as it is where the sizes agree, else through
 * tanh(W s + b), one W per part of the state.
 */
class Bridge extends Module {
  readonly layers: FeatureLayer[][];

  constructor(encoderSize: number, decoderSize: number, layers: number, parts: number) {
    super();
    this.layers = Array.from({ length: layers }, () =>
      Array.from({ length: parts }, () => new FeatureLayer(encoderSize, decoderSize)),
    );
  }

  forward(states: readonly (readonly Tensor[])[]): Tensor[][] {
    return this.layers.map((parts, layer) => parts.map((part, i) => part.forward(states[layer]![i]!)));
  }
}

/** Recurrent decoder with attention (Luong et al. 2015): h̃ = tanh(W_c [context; h]), logits = W_o h̃ + b. */
export class RecurrentDecoder extends Module implements Decoder {
  readonly embedding: Embedding;
  readonly recurrent: Recurrent;
  readonly output: Linear;
  bridge: Bridge | undefined;
  attention: Attention | undefined;
  combine: FeatureLayer | undefined;
  private readonly inputDropout: Dropout;
  private readonly outputDropout: Dropout;
  private memorySize = 0;

  /**
   * @throws UserError unless cell and attention are known, sizes and layers are whole numbers from 1, and
   * 0 ≤ dropout < 1; and when input feeding is asked for without attention.
   */
  constructor(readonly options: RecurrentDecoderOptions) {
    super();
    const { cell, vocabularySize, embeddingSize, hiddenSize, attention, inputFeeding = false } = options;
    const { dropout = 0, variational = false, layers = 1 } = options;
    const sizes = { vocabularySize, embeddingSize, hiddenSize, layers };
    requireRecurrent(this, { cell, dropout, sizes });
    if (attention !== undefined) requireOneOf(this, attentionTypes, { attention });
    if (inputFeeding && !attention)
      throw new UserError('Input feeding feeds the attentional vector back: set an attention.');
    this.embedding = new Embedding(vocabularySize, embeddingSize);
    this.recurrent = new Recurrent(cell, {
      inputSize: embeddingSize + (inputFeeding ? hiddenSize : 0),
      hiddenSize,
      layers,
      dropout,
      variational,
    });
    this.inputDropout = variational ? new VariationalDropout(dropout) : new Dropout(dropout);
    this.outputDropout = new Dropout(dropout);
    this.output = new Linear(hiddenSize, vocabularySize);
  }

  /** A recurrent decoder carries all it needs in its state. */
  readonly caches = {};
  readonly maxLength = Infinity;

  /** Makes the parts that depend on the encoder: the bridge, attention and the attentional layer. */
  connect(encoder: Encoder): void {
    const { hiddenSize, attention } = this.options;
    const { layers, stateCount } = this.recurrent;
    if (!(encoder instanceof RecurrentEncoder))
      throw new UserError(
        `A recurrent decoder starts from the state of a recurrent encoder, which ${encoder.constructor.name} has not; use a TransformerDecoder.`,
      );
    if (encoder.recurrent.layers < layers || encoder.recurrent.stateCount !== stateCount)
      throw new UserError(
        `A decoder of ${layers} ${this.options.cell} layer(s) cannot start from ${encoder.recurrent.layers} encoder layer(s) of type ${encoder.recurrent.cell}; use the same cell and at most as many layers.`,
      );
    this.memorySize = encoder.outputSize;
    if (encoder.outputSize !== hiddenSize)
      this.bridge = new Bridge(encoder.outputSize, hiddenSize, layers, stateCount);
    if (attention) {
      this.attention = createAttention(attention, hiddenSize, this.memorySize);
      this.combine = new FeatureLayer(this.memorySize + hiddenSize, hiddenSize, { bias: false });
    }
  }

  /** The first state, and the memory that attention reads. */
  start(encoded: Encoded): { state: Tensors; memory: Tensors } {
    const { state, memory } = this.begin(encoded);
    return { state: flatten(state), memory: { ...memory } };
  }

  private begin(encoded: Encoded): { state: RecurrentState; memory: AttentionMemory | undefined } {
    const last = encoded.states.slice(-this.recurrent.layers);
    const states = this.bridge ? this.bridge.forward(last) : last;
    const memory = this.attention?.prepare(encoded.output, encoded.mask);
    if (!this.options.inputFeeding) return { state: { states }, memory };
    return {
      state: { states, feedback: fill(0, [encoded.output.shape[0]!, this.options.hiddenSize]) },
      memory,
    };
  }

  forward(ids: Tensor, encoded: Encoded): { features: Tensor; weights: Tensor | undefined } {
    const { state, memory } = this.begin(encoded);
    const x = this.inputDropout.forward(this.embedding.forward(transpose(ids, [1, 0])));
    if (this.options.inputFeeding) return this.forwardFeeding(x, state, memory!);
    const { output } = this.recurrent.forward(x, { initial: state.states });
    const h = transpose(output, [1, 0, 2]);
    if (!this.attention) return { features: this.outputDropout.forward(h), weights: undefined };
    const { context, weights } = this.attention.forward(h, memory!);
    return { features: this.outputDropout.forward(concat([context, h])), weights };
  }

  private forwardFeeding(
    x: Tensor,
    start: RecurrentState,
    memory: AttentionMemory,
  ): { features: Tensor; weights: Tensor } {
    const { layers, stateCount } = this.recurrent;
    const masks = this.recurrent.stepMasks(x.shape[0]!, x.shape[1]!);
    const { outputs } = scan(
      { initial: [start.feedback!, ...start.states.flat()], sequences: [x, ...masks] },
      ([feedback, ...flat], [slice, ...maskSlices]) => {
        const states = Array.from({ length: layers }, (_, i) =>
          flat.slice(i * stateCount, (i + 1) * stateCount),
        );
        const result = this.stepVector(slice!, { states, feedback }, memory, 1, maskSlices);
        return {
          carries: [result.features, ...result.state.states.flat()],
          outputs: [result.features, result.weights!],
        };
      },
    );
    const [features, weights] = outputs as [Tensor, Tensor];
    const [time, batch] = features.shape;
    const flatWeights = reshape(weights, [time!, batch!, memory.mask.shape[1]!]);
    return {
      features: this.outputDropout.forward(transpose(features, [1, 0, 2])),
      weights: transpose(flatWeights, [1, 0, 2]),
    };
  }

  /** One step from an embedded input [rows, E], rows = batch · beam; what comes out is what `readout` takes. */
  private stepVector(
    x: Tensor,
    state: RecurrentState,
    memory: AttentionMemory | undefined,
    beam: number | string,
    masks: readonly Tensor[] = [],
  ): { features: Tensor; state: RecurrentState; weights: Tensor | undefined } {
    const { output: h, states } = this.recurrent.step(
      state.feedback ? concat([x, state.feedback]) : x,
      state.states,
      masks,
    );
    if (!this.attention || !memory) return { features: h, state: { states }, weights: undefined };
    const batch = memory.mask.shape[0]!;
    const queries = reshape(h, [batch, beam, this.options.hiddenSize]);
    const { context, weights } = this.attention.forward(queries, memory);
    const joined = concat([reshape(context, [product([batch, beam]), this.memorySize]), h]);
    if (!this.options.inputFeeding) return { features: joined, state: { states }, weights };
    const feedback = this.combine!.forward(joined);
    return { features: feedback, state: { states, feedback }, weights };
  }

  step({ ids, state, memory }: DecoderStepInput): DecoderStep {
    const [batch, beam] = ids.shape;
    const x = this.embedding.forward(reshape(ids, [product([batch!, beam!])]));
    const read = this.attention ? (memory as unknown as AttentionMemory) : undefined;
    const result = this.stepVector(x, this.unflatten(state), read, beam!);
    return {
      logits: this.readout(result.features),
      state: flatten(result.state),
      appended: {},
      weights: result.weights,
    };
  }

  private unflatten(state: Tensors): RecurrentState {
    const { layers, stateCount } = this.recurrent;
    const states = Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: stateCount }, (__, part) => state[stateName(layer, part)]!),
    );
    return this.options.inputFeeding ? { states, feedback: state['feedback'] } : { states };
  }

  readout(features: Tensor): Tensor {
    const h = this.combine && !this.options.inputFeeding ? this.combine.forward(features) : features;
    return this.output.forward(h);
  }
}

function stateName(layer: number, part: number): string {
  return `state.${layer}.${part}`;
}

function flatten({ states, feedback }: RecurrentState): Record<string, Tensor> {
  const named = Object.fromEntries(
    states.flatMap((parts, layer) => parts.map((part, i) => [stateName(layer, i), part] as const)),
  );
  return feedback ? { ...named, feedback } : named;
}
