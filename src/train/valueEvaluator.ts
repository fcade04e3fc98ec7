import type { ColumnScaler } from '../data/columnScaler.js';
import type { EvaluationData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { ValuePairs } from '../metrics/values.js';
import type { Module } from '../nn/module.js';
import { UserError } from '../tensor/errors.js';
import type { Tensor } from '../tensor/tensor.js';
import { BatchProgram, rowOf } from './batchProgram.js';

/** A model that says values of an example: a `Regressor`, a `Forecaster`. */
export interface ValueModel extends Module {
  /** Name of the input with the true values. */
  readonly labels: string;
  /** Sums over the known values, and the predictions [batch, ..., variables]. */
  score(): { loss: Tensor; count: Tensor; predictions: Tensor };
  /** Without true values: [batch, ..., variables]. */
  predictions(): Tensor;
}

export interface ValueEvaluation {
  /** Mean over the known values, as the model takes them (scaled). */
  readonly loss: number;
  /** Number of known values. */
  readonly count: number;
  /** All values in the order of the data, in their own unit: what the value metrics are computed from. */
  readonly pairs: ValuePairs;
}

/** Measures a model that says values, and predicts with it. Programs are compiled when first needed and kept. */
export class ValueEvaluator {
  private readonly scorer: BatchProgram<'loss' | 'count' | 'predictions'>;
  private readonly predictor: BatchProgram<'predictions'>;

  /** @param scaler by which the data were scaled: what comes out is in their own unit. */
  constructor(
    engine: Engine,
    private readonly model: ValueModel,
    parameters: ReadonlyMap<string, HostTensor>,
    private readonly scaler?: ColumnScaler,
  ) {
    this.scorer = new BatchProgram(engine, parameters, () => model.score());
    this.predictor = new BatchProgram(engine, parameters, () => ({ predictions: model.predictions() }));
  }

  /** @throws UserError without a known value. */
  async evaluate(data: EvaluationData, batchSize = 64): Promise<ValueEvaluation> {
    let [loss, count, variables] = [0, 0, 1];
    const predictions: Float32Array[] = [];
    const targets: Float32Array[] = [];
    for await (const { indices, batch, outputs } of this.scorer.run(data, batchSize)) {
      loss += Number(outputs.loss.data[0]);
      count += Number(outputs.count.data[0]);
      variables = outputs.predictions.shape.at(-1)!;
      indices.forEach((index, row) => {
        predictions[index] = this.unscaled(rowOf(outputs.predictions, row));
        targets[index] = this.unscaled(rowOf(batch[this.model.labels]!, row));
      });
    }
    if (count === 0) throw new UserError('The model cannot be measured: no value is known.');
    const pairs = { targets: joined(targets), predictions: joined(predictions), variables };
    return { loss: loss / count, count, pairs };
  }

  /** What the model says of each example, in the order of the data, which need no true values. */
  async predict(data: EvaluationData, batchSize = 64): Promise<Float32Array[]> {
    const predictions: Float32Array[] = [];
    for await (const { indices, outputs } of this.predictor.run(data, batchSize))
      indices.forEach((index, row) => {
        predictions[index] = this.unscaled(rowOf(outputs.predictions, row));
      });
    return predictions;
  }

  private unscaled(values: Float32Array): Float32Array {
    return this.scaler?.invert(values) ?? values;
  }
}

/** Rows end to end; those that were not asked for are missing among them. */
function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((total, { length }) => total + length, 0));
  let start = 0;
  rows.forEach((row) => {
    all.set(row, start);
    start += row.length;
  });
  return all;
}
