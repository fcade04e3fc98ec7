import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { GenerationBatch } from '../data/batching.js';
import type { Tensors } from '../models/decoders/decoder.js';
import { unwritten, withoutUnwritten } from '../models/decoders/unwritten.js';
import type { Generative } from '../models/generative.js';
import { embedding, topK } from '../ops/gather.js';
import { logSoftmax } from '../ops/softmax.js';
import { typedArray } from '../tensor/dtype.js';
import { input, type Tensor } from '../tensor/tensor.js';
import type { Candidate } from './adjustments.js';
import { StepCaches } from './stepCaches.js';

/** Arrays by input name. */
type HostTensors = Readonly<Record<string, HostTensor>>;

/** The candidates of a row [batch · beam] of a step, likeliest first. */
export type StepCandidates = (row: number) => Candidate[];

/** A generation under way: what its steps carry and read. */
export class Generation {
  private position = 0;

  constructor(
    private state: HostTensors,
    private memory: HostTensors,
    private readonly caches: StepCaches,
  ) {}

  /** What the next step reads. `parents` [rows] says which row of the last step each row continues. */
  inputs(parents: Int32Array): HostTensors {
    this.caches.select(parents);
    return {
      ...this.state,
      ...this.memory,
      ...this.caches.feeds(),
      parents: { dtype: 'int32', shape: [parents.length], data: parents },
      position: { dtype: 'int32', shape: [1], data: Int32Array.of(this.position) },
    };
  }

  /** Takes over what a step has left. */
  advance(state: HostTensors, appended: HostTensors): void {
    this.state = state;
    this.caches.append(appended);
    this.position++;
  }

  /** Goes on with some of the examples only. */
  keep(examples: readonly number[]): void {
    this.memory = Object.fromEntries(
      Object.entries(this.memory).map(([name, { dtype, shape, data }]) => {
        const stride = data.length / shape[0]!;
        const kept = typedArray(dtype, examples.length * stride);
        examples.forEach((from, to) => {
          kept.set(data.subarray(from * stride, (from + 1) * stride) as never, to * stride);
        });
        return [name, { dtype, shape: [examples.length, ...shape.slice(1)], data: kept }];
      }),
    );
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
    return new DecoderPrograms(starter, stepper, names, caches, width, maxLength);
  }

  /** Starts a batch: encodes its sources, where there are any. */
  async begin(batch: GenerationBatch): Promise<Generation> {
    const outputs = this.starter ? await this.starter.run(this.starter.pick({ ...batch })) : {};
    const caches = new StepCaches(this.caches, batch.sourceLengths.shape[0]!);
    return new Generation(pick(outputs, this.names.state), pick(outputs, this.names.memory), caches);
  }

  /** One step of `beam` hypotheses per example. `parents` [batch·beam] are rows of the step before. */
  async step(
    generation: Generation,
    options: { batch: number; beam: number; ids: Int32Array; parents: Int32Array },
  ): Promise<StepCandidates> {
    const { batch, beam, ids, parents } = options;
    const outputs = await this.stepper.run(
      this.stepper.pick({
        ...generation.inputs(parents),
        ids: { dtype: 'int32', shape: [batch, beam], data: ids },
      }),
    );
    generation.advance(
      pick(outputs, this.names.state, 'next.'),
      pick(outputs, Object.keys(this.caches), 'appended.'),
    );
    const logProbabilities = outputs['candidateLogProbabilities']!.data as Float32Array;
    const tokens = outputs['candidateTokens']!.data as Int32Array;
    const { k } = this;
    return (row) =>
      Array.from({ length: k }, (_, i) => {
        const at = row * k + i;
        const logProbability = logProbabilities[at]!;
        return { token: tokens[at]!, logProbability, weight: logProbability };
      });
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

function pick(from: HostTensors, names: readonly string[], prefix = ''): HostTensors {
  return Object.fromEntries(names.map((name) => [name, from[prefix + name]!]));
}
