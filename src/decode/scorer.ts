import type { Batch } from '../data/batching.js';
import { compileGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { seq2seqInputs, type Seq2Seq } from '../models/seq2seq.js';

/** What a model says of given targets. */
export interface BatchScore {
  /** Σ nats over the real tokens. */
  readonly loss: number;
  /** Tokens whose likeliest label is right. */
  readonly correct: number;
  readonly tokens: number;
  /** Log-probability of each target, END included. [batch] */
  readonly logProbabilities: Float64Array;
}

/** Forced scoring: the log-probability a model gives to given targets. */
export async function createScorer(
  engine: Engine,
  model: Seq2Seq,
  parameters: ReadonlyMap<string, HostTensor>,
): Promise<(batch: Batch) => Promise<BatchScore>> {
  const program = await compileGraph(engine, { ...model.score(seq2seqInputs()) }, parameters);
  return async (batch) => {
    const outputs = await program.run(program.pick({ ...batch }));
    const losses = outputs['tokenLosses']!.data as Float32Array;
    const logProbabilities = new Float64Array(batch.targetLengths.data.length);
    let token = 0;
    batch.targetLengths.data.forEach((length, b) => {
      for (let i = 0; i < length; i++) logProbabilities[b]! -= losses[token++]!;
    });
    return {
      loss: Number(outputs['loss']!.data[0]),
      correct: Number(outputs['correct']!.data[0]),
      tokens: losses.length,
      logProbabilities,
    };
  };
}

/** Attention of each target token over the source: weights [batch, time, source]. @throws Error for a model without attention. */
export async function createAttentionReader(
  engine: Engine,
  model: Seq2Seq,
  parameters: ReadonlyMap<string, HostTensor>,
): Promise<(batch: Batch) => Promise<HostTensor>> {
  const { ids, lengths, target } = seq2seqInputs();
  const { weights } = model.decoder.forward(target, model.encoder.forward(ids, lengths));
  if (!weights) throw new Error('This model has no attention to show.');
  const program = await compileGraph(engine, { weights }, parameters);
  return async (batch) => (await program.run(program.pick({ ...batch })))['weights']!;
}
