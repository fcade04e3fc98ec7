import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { GenerationBatch } from '../data/batching.js';
import type { Tensors } from '../models/decoders/decoder.js';
import { unwritten, withoutUnwritten } from '../models/decoders/unwritten.js';
import type { Generative } from '../models/generative.js';
import { embedding, topK } from '../ops/gather.js';
import { logSoftmax } from '../ops/softmax.js';
import { input, type Tensor } from '../tensor/tensor.js';
import type { Candidate } from './adjustments.js';
import { Generation, type HostTensors } from './generation.js';

/** The candidates of a step, by row [batch · beam], likeliest first. They are there until the next step. */
export class StepCandidates {
  constructor(
    private readonly scores: Float32Array,
    private readonly tokens: Int32Array,
    private readonly k: number,
  ) {}

  of(row: number): Candidate[] {
    return Array.from({ length: this.k }, (_, i) => this.at(row, i));
  }

  /** One of them: where there is a whole vocabulary, making all takes longer than the step of a small model. */
  at(row: number, i: number): Candidate {
    const place = row * this.k + i;
    const logProbability = this.scores[place]!;
    return { token: this.tokens[place]!, logProbability, weight: logProbability };
  }

  logProbabilities(row: number): Float32Array {
    return this.scores.subarray(row * this.k, (row + 1) * this.k);
  }
}

/**
 * The modules of training, traced as two programs: one encodes the source and prepares the first state, one makes a
 * step. Equal to teacher forcing.
 */
export class DecoderPrograms {
  private constructor(
    /** Undefined where steps read nothing but what they have written. */
    private readonly starter: CompiledGraph | undefined,
    private readonly engine: Engine,
    private readonly stepper: CompiledGraph,
    private readonly names: { state: readonly string[]; memory: readonly string[] },
    private readonly caches: Generative['caches'],
    private readonly k: number,
    /** Tokens that an answer may have, END included. */
    readonly maxLength: number,
  ) {}

  /** @param k continuations per example that a step reports; Infinity for all. */
  static async create(
    engine: Engine,
    model: Generative,
    parameters: ReadonlyMap<string, HostTensor>,
    k: number,
  ): Promise<DecoderPrograms> {
    const { state, memory } = model.start();
    const started = { ...state, ...memory };
    const starter =
      Object.keys(started).length > 0 ? await compileGraph(engine, started, parameters) : undefined;
    const { caches, maxLength } = model;
    const { outputs, width } = traceStep(model, state, memory, k);
    const stepper = await compileGraph(engine, outputs, parameters);
    const names = { state: Object.keys(state), memory: Object.keys(memory) };
    return new DecoderPrograms(starter, engine, stepper, names, caches, width, maxLength);
  }

  /** Starts a batch: encodes its sources, where there are any. */
  async begin(batch: GenerationBatch): Promise<Generation> {
    const outputs = this.starter ? await this.starter.run(this.starter.pick({ ...batch })) : {};
    return new Generation(this.engine, {
      rows: batch.sourceLengths.shape[0]!,
      state: pick(outputs, this.names.state),
      memory: pick(outputs, this.names.memory),
      caches: this.caches,
      candidates: this.k,
    });
  }

  /** One step of `beam` hypotheses per example. `parents` [batch·beam] are rows of the step before. */
  async step(
    generation: Generation,
    options: { batch: number; beam: number; ids: Int32Array; parents: Int32Array },
  ): Promise<StepCandidates> {
    const { batch, beam, ids, parents } = options;
    const outputs = generation.outputs(ids.length);
    await this.stepper.run(
      this.stepper.pick({
        ...generation.inputs(parents),
        ids: { dtype: 'int32', shape: [batch, beam], data: ids },
      }),
      outputs,
    );
    generation.advance(outputs);
    return new StepCandidates(
      outputs['candidateLogProbabilities']!.data as Float32Array,
      outputs['candidateTokens']!.data as Int32Array,
      this.k,
    );
  }
}

/** A step as a graph: its inputs by the names of what it reads, its outputs, and how many candidates it reports. */
function traceStep(
  model: Generative,
  state: Tensors,
  memory: Tensors,
  k: number,
): { outputs: Record<string, Tensor>; width: number } {
  const rows = 'batch*beam';
  const parents = input('parents', 'int32', [rows]);
  const result = model.step({
    ids: input('ids', 'int32', ['batch', 'beam']),
    position: input('position', 'int32', [1]),
    state: mapTensors(state, (x, name) =>
      embedding(input(name, x.dtype, ['rows', ...x.shape.slice(1)]), parents),
    ),
    caches: Object.fromEntries(
      Object.entries(model.caches).map(([name, [heads, size]]) => [
        name,
        input(name, 'float32', [rows, heads, 'capacity', size]),
      ]),
    ),
    memory: mapTensors(memory, (x, name) => input(name, x.dtype, x.shape)),
  });
  const vocabulary = result.logits.shape[1] as number;
  const width = Math.min(k, vocabulary - unwritten.length);
  // Within a hypothesis first, then among them: the number of beams may change from step to step.
  const best = topK(withoutUnwritten(logSoftmax(result.logits)), width);
  const outputs = {
    candidateLogProbabilities: best.values,
    candidateTokens: best.indices,
    ...prefixed(result.state, 'next.'),
    ...prefixed(result.appended, 'appended.'),
  };
  return { outputs, width };
}

function mapTensors(tensors: Tensors, map: (x: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, map(x, name)]));
}

function prefixed(tensors: Tensors, prefix: string): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [prefix + name, x]));
}

function pick(from: HostTensors, names: readonly string[]): HostTensors {
  return Object.fromEntries(names.map((name) => [name, from[name]!]));
}
