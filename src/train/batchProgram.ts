import type { EvaluationData } from '../data/trainingData.js';
import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import type { Tensor } from '../tensor/tensor.js';

/** What came out of a batch, and what went in. */
export interface BatchResult<Name extends string> {
  readonly indices: Int32Array;
  readonly batch: Feeds;
  readonly outputs: Readonly<Record<Name, HostTensor>>;
}

/** A graph that is compiled when it is first needed, and runs over data in batches. */
export class BatchProgram<Name extends string> {
  private program: Promise<CompiledGraph> | undefined;

  /** @param trace the named outputs, from named inputs that the data supply. */
  constructor(
    private readonly engine: Engine,
    private readonly parameters: ReadonlyMap<string, HostTensor>,
    private readonly trace: () => Readonly<Record<Name, Tensor>>,
  ) {}

  /** The batches of all data, in the order of their plan. */
  async *run(data: EvaluationData, batchSize: number): AsyncGenerator<BatchResult<Name>, void> {
    this.program ??= compileGraph(this.engine, this.trace(), this.parameters);
    const program = await this.program;
    for (const indices of data.planEvaluation(batchSize)) {
      const batch = data.batch(indices);
      const outputs = await program.run(program.pick(batch));
      yield { indices, batch, outputs: outputs as Readonly<Record<Name, HostTensor>> };
    }
  }
}

/** Row i of a [rows, ...] float32 tensor, flat; a copy. */
export function rowOf({ shape, data }: HostTensor, i: number): Float32Array {
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  return (data as Float32Array).slice(i * width, (i + 1) * width);
}
