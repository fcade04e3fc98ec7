import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { planAll, planByLength, type EpochOptions } from './epochPlan.js';
import { feedLabels, requireLabelled, takeRows, type Labels } from './labels.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

export interface TensorExamplesOptions {
  /** Name of the graph input: 'vector', 'image'. */
  readonly input: string;
  /** Of one example: [size] of a vector, [channels, height, width] of an image. */
  readonly shape: readonly number[];
  /** All examples end to end, row-major. */
  readonly values: Float32Array;
  /** None where examples are only to be predicted; several for tasks that share an encoder; contexts among them. */
  readonly labels?: readonly Labels[];
}

/** Examples that are one tensor each, all of one shape: vectors, images. */
export class TensorExamples implements TrainingData, EvaluationData {
  /** Number of examples. */
  readonly count: number;
  private readonly size: number;
  private readonly labels: readonly Labels[];

  /** @throws UserError unless the values are whole examples, each with a label (a context) of each kind. */
  constructor(private readonly options: TensorExamplesOptions) {
    const { shape, values, labels = [] } = options;
    this.size = shape.reduce((a, b) => a * b, 1);
    requireOptions(this, 'a whole number from 1', { size: this.size });
    this.count = values.length / this.size;
    if (!Number.isInteger(this.count) || this.count === 0)
      throw new UserError(
        `TensorExamples: ${values.length} values do not make up examples of ${this.size} each (${shape.join(' × ')}).`,
      );
    requireLabelled(this, this.count, labels);
    this.labels = labels;
  }

  /** Random batches; under `batchTokens` an example counts as one token. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const lengths = { source: new Int32Array(this.count).fill(1), target: new Int32Array(this.count) };
    const originOf = (index: number) => `example ${index + 1}`;
    return planByLength(lengths, limit, { ...options, bucketBy: 'none', originOf });
  }

  planEvaluation(batchSize: number): Int32Array[] {
    return planAll(this.count, batchSize);
  }

  /** The input [batch, ...shape], `exampleIndex` [batch], the labels and contexts. */
  batch(indices: Int32Array): Feeds {
    const { input, shape, values } = this.options;
    const data = takeRows(values, this.size, indices);
    return {
      [input]: { dtype: 'float32', shape: [indices.length, ...shape], data },
      exampleIndex: { dtype: 'int32', shape: [indices.length], data: indices.slice() },
      ...feedLabels(this.labels, indices),
    };
  }
}
