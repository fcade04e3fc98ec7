import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import type { Tensors } from '../models/decoders/decoder.js';
import { sourceInputs } from '../models/encoders/encoder.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { add } from '../ops/elementwise.js';
import { embedding, topK } from '../ops/gather.js';
import { reshape } from '../ops/shape.js';
import { logSoftmax } from '../ops/softmax.js';
import { typedArray } from '../tensor/dtype.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { StepCaches } from './stepCaches.js';

/** Arrays by input name. */
type HostTensors = Readonly<Record<string, HostTensor>>;

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
    private readonly encoder: CompiledGraph,
    private readonly stepper: CompiledGraph,
    private readonly names: { state: readonly string[]; memory: readonly string[] },
    private readonly caches: Seq2Seq['decoder']['caches'],
    private readonly k: number,
  ) {}

  /** @param k continuations per example that a step reports; Infinity for all. */
  static async create(
    engine: Engine,
    model: Seq2Seq,
    parameters: ReadonlyMap<string, HostTensor>,
    k: number,
  ): Promise<DecoderPrograms> {
    const { ids, lengths } = sourceInputs();
    const { state, memory } = model.decoder.start(model.encoder.forward(ids, lengths));
    const encoder = await compileGraph(engine, { ...state, ...memory }, parameters);
    const { caches } = model.decoder;
    const { outputs, width } = traceStep(model, state, memory, k);
    const stepper = await compileGraph(engine, outputs, parameters);
    const names = { state: Object.keys(state), memory: Object.keys(memory) };
    return new DecoderPrograms(encoder, stepper, names, caches, width);
  }

  /** Encodes a batch of sources. */
  async begin(batch: Feeds): Promise<Generation> {
    const outputs = await this.encoder.run(this.encoder.pick(batch));
    const rows = Object.values(outputs)[0]!.shape[0]!;
    const caches = new StepCaches(this.caches, rows);
    return new Generation(pick(outputs, this.names.state), pick(outputs, this.names.memory), caches);
  }

  /** One step of `beam` hypotheses per example. `parents` [batch·beam] are rows of the step before. */
  async step(
    generation: Generation,
    options: { batch: number; beam: number; ids: Int32Array; parents: Int32Array; scores: Float32Array },
  ): Promise<{ scores: Float32Array; tokens: Int32Array; width: number }> {
    const { batch, beam, ids, parents, scores } = options;
    const outputs = await this.stepper.run(
      this.stepper.pick({
        ...generation.inputs(parents),
        ids: { dtype: 'int32', shape: [batch, beam], data: ids },
        scores: { dtype: 'float32', shape: [batch, beam], data: scores },
      }),
    );
    generation.advance(
      pick(outputs, this.names.state, 'next.'),
      pick(outputs, Object.keys(this.caches), 'appended.'),
    );
    return {
      scores: outputs['candidateScores']!.data as Float32Array,
      tokens: outputs['candidateTokens']!.data as Int32Array,
      width: this.k,
    };
  }
}

/** A step as a graph: its inputs by the names of what it reads, its outputs, and how many candidates it reports. */
function traceStep(
  { decoder }: Seq2Seq,
  state: Tensors,
  memory: Tensors,
  k: number,
): { outputs: Record<string, Tensor>; width: number } {
  const rows = 'batch*beam';
  const parents = input('parents', 'int32', [rows]);
  const scores = input('scores', 'float32', ['batch', 'beam']);
  const result = decoder.step({
    ids: input('ids', 'int32', ['batch', 'beam']),
    position: input('position', 'int32', [1]),
    state: mapTensors(state, (x, name) =>
      embedding(input(name, x.dtype, ['rows', ...x.shape.slice(1)]), parents),
    ),
    caches: Object.fromEntries(
      Object.entries(decoder.caches).map(([name, [heads, size]]) => [
        name,
        input(name, 'float32', [rows, heads, 'capacity', size]),
      ]),
    ),
    memory: mapTensors(memory, (x, name) => input(name, x.dtype, x.shape)),
  });
  const vocabulary = result.logits.shape[1] as number;
  const logProbabilities = reshape(logSoftmax(result.logits), ['batch', 'beam', vocabulary]);
  const totals = add(logProbabilities, reshape(scores, ['batch', 'beam', 1]));
  const width = Math.min(k, vocabulary);
  // Within a hypothesis first, then among them: the number of beams may change from step to step.
  const best = topK(totals, width);
  const outputs = {
    candidateScores: best.values,
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
