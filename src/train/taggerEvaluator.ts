import type { EvaluationData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import type { Tagger } from '../models/tagger.js';
import { UserError } from '../tensor/errors.js';
import { BatchProgram } from './batchProgram.js';

/** The tags of one text by their ids. */
export interface TagAnswer {
  /** The likeliest tag of each token. */
  readonly predictions: Int32Array;
  /** The tag in the data, −1 where there is none. */
  readonly labels: Int32Array;
}

/** Measures a tagger, and tags with it. Programs are compiled when first needed and kept. */
export class TaggerEvaluator {
  private readonly scorer: BatchProgram<'loss' | 'count' | 'predictions'>;
  private readonly predictor: BatchProgram<'predictions'>;

  constructor(
    engine: Engine,
    private readonly model: Tagger,
    parameters: ReadonlyMap<string, HostTensor>,
  ) {
    this.scorer = new BatchProgram(engine, parameters, () => model.score());
    this.predictor = new BatchProgram(engine, parameters, () => ({ predictions: model.predictions() }));
  }

  /**
   * Nats per tagged token, the number of these, and both kinds of tags of each text, in the order of the data.
   * @throws UserError without a tagged token.
   */
  async evaluate(
    data: EvaluationData,
    batchSize = 64,
  ): Promise<{ loss: number; count: number; answers: readonly TagAnswer[] }> {
    let [loss, count] = [0, 0];
    const answers: TagAnswer[] = [];
    for await (const { indices, batch, outputs } of this.scorer.run(data, batchSize)) {
      loss += Number(outputs.loss.data[0]);
      count += Number(outputs.count.data[0]);
      const labels = this.labelsOf(batch, outputs.predictions);
      indices.forEach((index, row) => {
        const predictions = realRow(outputs.predictions, batch, row);
        answers[index] = { predictions, labels: realRow(labels, batch, row) };
      });
    }
    if (count === 0) throw new UserError('The tagger cannot be measured: no token has a tag.');
    return { loss: loss / count, count, answers };
  }

  /** The likeliest tags of each text, in the order of the data, which need no tags. */
  async predict(data: EvaluationData, batchSize = 64): Promise<Int32Array[]> {
    const answers: Int32Array[] = [];
    for await (const { indices, batch, outputs } of this.predictor.run(data, batchSize))
      indices.forEach((index, row) => {
        answers[index] = realRow(outputs.predictions, batch, row);
      });
    return answers;
  }

  /** The packed tags of a batch, spread over [batch, source]. */
  private labelsOf(batch: Feeds, { shape }: HostTensor): HostTensor {
    const data = new Int32Array(shape[0]! * shape[1]!).fill(-1);
    const tags = batch[this.model.labels]!.data as Int32Array;
    (batch[`${this.model.labels}Rows`]!.data as Int32Array).forEach((place, i) => (data[place] = tags[i]!));
    return { dtype: 'int32', shape, data };
  }
}

/** What a [batch, source] tensor says of the real tokens of a text. */
function realRow({ shape, data }: HostTensor, batch: Feeds, row: number): Int32Array {
  const start = row * shape[1]!;
  return (data as Int32Array).slice(start, start + Number(batch['sourceLengths']!.data[row]));
}
