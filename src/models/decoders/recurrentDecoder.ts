import { add, greater, mul, where } from '../../ops/elementwise.js';
import { argMax } from '../../ops/reduce.js';
import { scan } from '../../ops/scan.js';
import { concat, expand, fill, randomMask, reshape, transpose } from '../../ops/shape.js';
import { teacherForcingProbability, type SamplingSchedule } from '../../schedules/samplingSchedule.js';
import { product } from '../../tensor/dim.js';
import { UserError } from '../../tensor/errors.js';
import { requireOneOf } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { START } from '../../text/vocabulary.js';
import { isTraining } from '../../nn/mode.js';
import { Module } from '../../nn/module.js';
import {
  attentionTypes,
  createAttention,
  type Attention,
  type AttentionMemory,
  type AttentionType,
} from '../../nn/layers/attention.js';
import type { CellType, RecurrentActivation } from '../../nn/layers/cells.js';
import { Dropout, VariationalDropout } from '../../nn/layers/dropout.js';
import { Embedding } from '../../nn/layers/embedding.js';
import { FeatureLayer } from '../../nn/layers/feature.js';
import { Linear } from '../../nn/layers/linear.js';
import { MeanPooling } from '../../nn/layers/pooling.js';
import { Recurrent, requireRecurrent } from '../../nn/layers/recurrent.js';
import type { Encoded, Encoder } from '../encoders/encoder.js';
import { Bridge } from './bridge.js';
import type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './decoder.js';
import { flattenState, unflattenState, type RecurrentState } from './recurrentState.js';
import { withoutUnwritten } from './unwritten.js';

export interface RecurrentDecoderOptions {
  readonly cell: CellType;
  /** φ of an 'rnn' cell; 'tanh' by default. An 'lstm' or a 'gru' takes none. */
  readonly activation?: RecurrentActivation;
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  /** On top of each other, at most as many as a recurrent encoder has; 1 by default. */
  readonly layers?: number;
  /**
   * How it looks back at the source; none by default (a configuration says general): the source reaches the decoder through its
   * first state alone.
   */
  readonly attention?: AttentionType;
  /** Feed the previous attentional vector back in (Luong et al. 2015, §3.3). Needs attention; false by default. */
  readonly inputFeeding?: boolean;
  /** The attention is told what it looked at before (See et al. 2017). Needs additive attention; false by default. */
  readonly coverage?: boolean;
  /** Of the embeddings, between the layers and of what the output layer reads; 0 by default. */
  readonly dropout?: number;
  /** One dropout mask per sequence instead of one per step, but for the output layer; false by default. */
  readonly variational?: boolean;
  /**
   * Training reads the decoder's own likeliest token in place of the true one, with a probability that rises by this
   * schedule (Bengio et al. 2015); the true ones alone by default. It is chosen without dropout of the output, and never
   * one of those that generation does not write.
   */
  readonly scheduledSampling?: SamplingSchedule;
}

/** What a loop over steps reads of the targets, and how a step makes its input [batch, E] of that. */
interface StepReader {
  readonly sequences: readonly Tensor[];
  /** Whether steps predict at all. */
  readonly predicts: boolean;
  /** `predicted` [batch] is what the step before would have written. */
  readonly read: (slices: readonly Tensor[], predicted: Tensor | undefined) => Tensor;
}

/**
 * Recurrent decoder with attention (Luong et al. 2015): h̃ = tanh(W_c [context; h]), logits = W_o h̃ + b. It starts from the
 * final states of a recurrent encoder, of any other from tanh(W m + b), where m is the mean of the encoder's output over the
 * real positions (Xu et al. 2015), with a W for each part of the state of each layer.
 */
export class RecurrentDecoder extends Module implements Decoder {
  readonly embedding: Embedding;
  readonly recurrent: Recurrent;
  readonly output: Linear;
  bridge: Bridge | undefined;
  attention: Attention | undefined;
  combine: FeatureLayer | undefined;
  /** Stands for the final states of an encoder that has none. */
  private mean: MeanPooling | undefined;
  private readonly inputDropout: Dropout;
  private readonly outputDropout: Dropout;
  private readonly teacherForcing: ((step: number) => number) | undefined;
  private memorySize = 0;

  /**
   * @throws UserError unless cell, activation, attention and schedule are known, sizes and layers are whole numbers from 1, and
   * 0 ≤ dropout < 1; and when input feeding is asked for without attention, or coverage without additive attention.
   */
  constructor(readonly options: RecurrentDecoderOptions) {
    super();
    const { cell, activation, vocabularySize, embeddingSize, hiddenSize } = options;
    const { attention, inputFeeding = false, coverage = false, scheduledSampling } = options;
    const { dropout = 0, variational = false, layers = 1 } = options;
    const sizes = { vocabularySize, embeddingSize, hiddenSize, layers };
    requireRecurrent(this, { cell, activation, dropout, sizes });
    if (attention !== undefined) requireOneOf(this, attentionTypes, { attention });
    if (inputFeeding && !attention)
      throw new UserError('Input feeding feeds the attentional vector back: set an attention.');
    if (coverage && attention !== 'additive')
      throw new UserError("Coverage enters the score of additive attention: set attention to 'additive'.");
    this.teacherForcing = scheduledSampling && teacherForcingProbability(scheduledSampling);
    this.embedding = new Embedding(vocabularySize, embeddingSize);
    this.recurrent = new Recurrent(cell, {
      inputSize: embeddingSize + (inputFeeding ? hiddenSize : 0),
      hiddenSize,
      activation,
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

  /**
   * Makes the parts that depend on the encoder: the bridge, attention and the attentional layer.
   * @throws UserError where a recurrent encoder has another kind of state or fewer layers.
   */
  connect(encoder: Encoder): void {
    const { hiddenSize, attention, coverage } = this.options;
    const { layers, stateCount } = this.recurrent;
    const read = encoder.recurrent;
    if (read && (read.layers < layers || read.stateCount !== stateCount))
      throw new UserError(
        `A decoder of ${layers} ${this.options.cell} layer(s) cannot start from ${read.layers} encoder layer(s) of type ${read.cell}; use the same cell and at most as many layers.`,
      );
    this.memorySize = encoder.outputSize;
    this.mean = read ? undefined : new MeanPooling();
    const stateSize = read?.outputSize ?? this.memorySize;
    // A mean is no state, whatever its size.
    if (this.mean || stateSize !== hiddenSize)
      this.bridge = new Bridge(stateSize, hiddenSize, layers, stateCount);
    if (attention) {
      this.attention = createAttention(attention, hiddenSize, this.memorySize, { coverage });
      this.combine = new FeatureLayer(this.memorySize + hiddenSize, hiddenSize, { bias: false });
    }
  }

  /** The first state, and the memory that attention reads. */
  start(encoded: Encoded): { state: Tensors; memory: Tensors } {
    const { state, memory } = this.begin(encoded);
    return { state: flattenState(state), memory: { ...memory } };
  }

  private begin(encoded: Encoded): { state: RecurrentState; memory: AttentionMemory | undefined } {
    const { inputFeeding, coverage, hiddenSize } = this.options;
    const [batch, source] = encoded.mask.shape;
    const last = this.finalStates(encoded);
    const state: RecurrentState = {
      states: this.bridge ? this.bridge.forward(last) : last,
      ...(inputFeeding && { feedback: fill(0, [batch!, hiddenSize]) }),
      ...(coverage && { coverage: fill(0, [batch!, source!]) }),
    };
    return { state, memory: this.attention?.prepare(encoded.output, encoded.mask) };
  }

  /** What the first state is made of, per layer, each [batch, D]: see the class. */
  private finalStates({ output, mask, states }: Encoded): readonly (readonly Tensor[])[] {
    const { layers, stateCount } = this.recurrent;
    if (!this.mean) return states.slice(-layers);
    const mean = this.mean.forward(output, mask);
    return Array.from({ length: layers }, () => Array.from({ length: stateCount }, () => mean));
  }

  forward(ids: Tensor, encoded: Encoded): { features: Tensor; weights: Tensor | undefined } {
    const { state, memory } = this.begin(encoded);
    const targets = transpose(ids, [1, 0]);
    if (this.teacherForcing && isTraining())
      return this.forwardStepwise(targets, this.samplingReader(targets, this.teacherForcing), state, memory);
    const x = this.inputDropout.forward(this.embedding.forward(targets));
    if (state.feedback ?? state.coverage) {
      const reader: StepReader = { sequences: [x], predicts: false, read: ([slice]) => slice! };
      return this.forwardStepwise(targets, reader, state, memory);
    }
    const { output } = this.recurrent.forward(x, { initial: state.states });
    const h = transpose(output, [1, 0, 2]);
    if (!this.attention) return { features: this.outputDropout.forward(h), weights: undefined };
    const { context, weights } = this.attention.forward(h, memory!);
    return { features: this.outputDropout.forward(concat([context, h])), weights };
  }

  /** Scheduled sampling: a coin for each example and step says whether the true token is read or the predicted one. */
  private samplingReader(targets: Tensor, teacherForcing: (step: number) => number): StepReader {
    const [time, batch] = targets.shape;
    const site = `${this.path || 'decoder'}.scheduledSampling`;
    const coins = randomMask([time!, batch!, 1], (step) => 1 - teacherForcing(step), site);
    const shape = [time!, batch!, this.options.embeddingSize];
    const mask = this.inputDropout.mask(shape);
    return {
      sequences: [targets, coins, ...(mask ? [expand(mask, shape)] : [])],
      predicts: true,
      read: ([truth, coin, dropout], predicted) => {
        const x = this.embedding.forward(where(greater(reshape(coin!, [batch!]), 0), truth!, predicted!));
        return dropout ? mul(x, dropout) : x;
      },
    };
  }

  /** As `forward`, where a step needs what the one before has made of its attention, or what it would have written. */
  private forwardStepwise(
    targets: Tensor,
    { sequences, predicts, read }: StepReader,
    start: RecurrentState,
    memory: AttentionMemory | undefined,
  ): { features: Tensor; weights: Tensor | undefined } {
    const [time, batch] = targets.shape;
    const initial = Object.entries(flattenState(start));
    const { outputs } = scan(
      {
        initial: [
          ...initial.map(([, value]) => value),
          ...(predicts ? [fill(START, [batch!], 'int32')] : []),
        ],
        sequences: [...sequences, ...this.recurrent.stepMasks(time!, batch!)],
      },
      (carries, slices) => {
        const named = Object.fromEntries(initial.map(([name], i) => [name, carries[i]!]));
        const x = read(slices.slice(0, sequences.length), carries[initial.length]);
        const masks = slices.slice(sequences.length);
        const result = this.stepVector(x, unflattenState(named, this.recurrent), memory, 1, masks);
        const next: Tensors = flattenState(result.state);
        return {
          carries: [
            ...initial.map(([name]) => next[name]!),
            ...(predicts ? [argMax(withoutUnwritten(this.readout(result.features)))] : []),
          ],
          outputs: [result.features, ...(result.weights ? [result.weights] : [])],
        };
      },
    );
    const [features, weights] = outputs as [Tensor, Tensor | undefined];
    return {
      features: this.outputDropout.forward(transpose(features, [1, 0, 2])),
      weights: weights && transpose(reshape(weights, [time!, batch!, weights.shape[3]!]), [1, 0, 2]),
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
    const [batch, source] = memory.mask.shape;
    const rows = product([batch!, beam]);
    const queries = reshape(h, [batch!, beam, this.options.hiddenSize]);
    const covered = state.coverage && reshape(state.coverage, [batch!, beam, source!]);
    const { context, weights } = this.attention.forward(queries, memory, covered);
    const joined = concat([reshape(context, [rows, this.memorySize]), h]);
    const features = this.options.inputFeeding ? this.combine!.forward(joined) : joined;
    const next: RecurrentState = {
      states,
      ...(state.feedback && { feedback: features }),
      ...(state.coverage && { coverage: add(state.coverage, reshape(weights, [rows, source!])) }),
    };
    return { features, state: next, weights };
  }

  step({ ids, state, memory }: DecoderStepInput): DecoderStep {
    const [batch, beam] = ids.shape;
    const x = this.embedding.forward(reshape(ids, [product([batch!, beam!])]));
    const read = this.attention ? (memory as unknown as AttentionMemory) : undefined;
    const result = this.stepVector(x, unflattenState(state, this.recurrent), read, beam!);
    return {
      logits: this.readout(result.features),
      state: flattenState(result.state),
      appended: {},
      weights: result.weights,
    };
  }

  readout(features: Tensor): Tensor {
    const h = this.combine && !this.options.inputFeeding ? this.combine.forward(features) : features;
    return this.output.forward(h);
  }
}
