import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import { sourceInputs } from '../models/encoders/recurrentEncoder.js';
import type { DecoderState } from '../models/decoders/recurrentDecoder.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { add } from '../ops/elementwise.js';
import { embedding, topK } from '../ops/gather.js';
import { reshape } from '../ops/shape.js';
import { logSoftmax } from '../ops/softmax.js';
import { input, type Tensor } from '../tensor/tensor.js';

/** Arrays that generation carries from step to step, by input name. */
export type HostState = Record<string, HostTensor>;

/**
 * The modules of training, traced as two programs: one encodes the source and prepares the first state, one makes a
 * step. States stay as they are; `parents` says which row each hypothesis continues.
 */
export class DecoderPrograms {
  private constructor(
    private readonly encoder: CompiledGraph,
    private readonly stepper: CompiledGraph,
    private readonly stateNames: readonly string[],
    private readonly k: number,
  ) {}

  /** @param k continuations per example that a step reports. */
  static async create(
    engine: Engine,
    model: Seq2Seq,
    parameters: ReadonlyMap<string, HostTensor>,
    k: number,
  ): Promise<DecoderPrograms> {
    const source = sourceInputs();
    const { state, memory } = model.decoder.start(model.encoder.forward(source.ids, source.lengths));
    const stateTensors = flatten(state);
    const encoder = await compileGraph(engine, { ...stateTensors, ...memory }, parameters);

    const parents = input('parents', 'int32', ['batch*beam']);
    const scores = input('scores', 'float32', ['batch', 'beam']);
    const ids = input('ids', 'int32', ['batch', 'beam']);
    const previous = Object.fromEntries(
      Object.entries(stateTensors).map(([name, x]) => [
        name,
        input(name, x.dtype, ['rows', ...x.shape.slice(1)]),
      ]),
    );
    const selected = mapState(state, previous, (x) => embedding(x, parents));
    const stepMemory = memory && {
      keys: input('keys', 'float32', memory.keys.shape),
      values: input('values', 'float32', memory.values.shape),
      mask: input('mask', 'bool', memory.mask.shape),
    };
    const result = model.decoder.step(ids, selected, stepMemory);
    const vocabulary = result.logits.shape[1]!;
    const logProbabilities = reshape(logSoftmax(result.logits), ['batch', 'beam', vocabulary]);
    const totals = add(logProbabilities, reshape(scores, ['batch', 'beam', 1]));
    const width = Math.min(k, vocabulary as number);
    // Within a hypothesis first, then among them: the number of beams may change from step to step.
    const best = topK(totals, width);
    const stepper = await compileGraph(
      engine,
      { candidateScores: best.values, candidateTokens: best.indices, ...flatten(result.state, 'next.') },
      parameters,
    );
    return new DecoderPrograms(encoder, stepper, Object.keys(stateTensors), width);
  }

  /** Encodes a batch of sources: the first state, and the memory that every step reads. */
  async encode(batch: Feeds): Promise<{ state: HostState; memory: HostState }> {
    const outputs = await this.encoder.run(this.encoder.pick(batch));
    const state: HostState = {};
    const memory: HostState = {};
    for (const [name, value] of Object.entries(outputs))
      (this.stateNames.includes(name) ? state : memory)[name] = value;
    return { state, memory };
  }

  /** One step of `beam` hypotheses per example. `parents` [batch·beam] are rows of `state`. */
  async step(options: {
    batch: number;
    beam: number;
    ids: Int32Array;
    parents: Int32Array;
    scores: Float32Array;
    state: HostState;
    memory: HostState;
  }): Promise<{ scores: Float32Array; tokens: Int32Array; width: number; state: HostState }> {
    const { batch, beam, ids, parents, scores, state, memory } = options;
    const outputs = await this.stepper.run({
      ...state,
      ...memory,
      ids: { dtype: 'int32', shape: [batch, beam], data: ids },
      parents: { dtype: 'int32', shape: [batch * beam], data: parents },
      scores: { dtype: 'float32', shape: [batch, beam], data: scores },
    });
    return {
      scores: outputs['candidateScores']!.data as Float32Array,
      tokens: outputs['candidateTokens']!.data as Int32Array,
      width: this.k,
      state: Object.fromEntries(this.stateNames.map((name) => [name, outputs[`next.${name}`]!])),
    };
  }
}

function flatten({ states, feedback }: DecoderState, prefix = ''): Record<string, Tensor> {
  const named: Record<string, Tensor> = {};
  states.forEach((parts, layer) =>
    parts.forEach((part, i) => (named[`${prefix}state.${layer}.${i}`] = part)),
  );
  if (feedback) named[`${prefix}feedback`] = feedback;
  return named;
}

function mapState(
  shape: DecoderState,
  values: Record<string, Tensor>,
  select: (x: Tensor) => Tensor,
): DecoderState {
  const states = shape.states.map((parts, layer) =>
    parts.map((_, i) => select(values[`state.${layer}.${i}`]!)),
  );
  return shape.feedback ? { states, feedback: select(values['feedback']!) } : { states };
}
