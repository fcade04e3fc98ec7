import type { EvaluationData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { ConfusionMatrix } from '../metrics/classification.js';
import { confusionOf, type ClassifiedExample } from '../metrics/probabilities.js';
import type { Classifier } from '../models/classifier.js';
import { UserError } from '../tensor/errors.js';
import { BatchProgram, rowOf } from './batchProgram.js';

/** What a classifier says of an example. */
export interface Classification {
  /** The likeliest class; the first of equals. */
  readonly class: number;
  /** p of each class. */
  readonly probabilities: Float32Array;
}

export interface ClassifierEvaluation {
  /** Nats per example, each counting the weight of its class. */
  readonly loss: number;
  /** Examples that the loss is the mean of, each with the weight of its class. */
  readonly count: number;
  /** What the classification metrics are computed from. */
  readonly confusion: ConfusionMatrix;
  /** The examples that have a class, in the order of the data: what the metrics of probabilities are computed from. */
  readonly examples: readonly ClassifiedExample[];
  /** In the order of the data. */
  readonly answers: readonly Classification[];
}

/** Measures a classifier, and classifies with it. Programs are compiled when first needed and kept. */
export class ClassifierEvaluator {
  private readonly scorer: BatchProgram<'loss' | 'count' | 'probabilities'>;
  private readonly predictor: BatchProgram<'probabilities'>;

  constructor(
    engine: Engine,
    private readonly model: Classifier,
    parameters: ReadonlyMap<string, HostTensor>,
  ) {
    this.scorer = new BatchProgram(engine, parameters, () => model.score());
    this.predictor = new BatchProgram(engine, parameters, () => ({ probabilities: model.probabilities() }));
  }

  /**
   * Loss and confusion over labelled examples; those of class −1 are left out of both.
   * @throws UserError without a labelled example.
   */
  async evaluate(data: EvaluationData, batchSize = 64): Promise<ClassifierEvaluation> {
    let [loss, count] = [0, 0];
    const labels: number[] = [];
    const answers: Classification[] = [];
    for await (const { indices, batch, outputs } of this.scorer.run(data, batchSize)) {
      loss += Number(outputs.loss.data[0]);
      count += Number(outputs.count.data[0]);
      const classes = batch[this.model.labels]!.data;
      indices.forEach((index, row) => {
        const answer = classificationOf(rowOf(outputs.probabilities, row));
        answers[index] = answer;
        labels[index] = Number(classes[row]);
      });
    }
    // Answers are sparse where not all examples were measured.
    const examples = answers
      .map(({ class: prediction, probabilities }, i) => ({ label: labels[i]!, prediction, probabilities }))
      .filter(({ label }) => label >= 0);
    if (examples.length === 0)
      throw new UserError('The classifier cannot be measured: no example has a class.');
    const confusion = confusionOf(examples, this.model.classes);
    return { loss: loss / count, count, confusion, examples, answers };
  }

  /** What the model says of each example, in the order of the data, which need no labels. */
  async predict(data: EvaluationData, batchSize = 64): Promise<Classification[]> {
    const answers: Classification[] = [];
    for await (const { indices, outputs } of this.predictor.run(data, batchSize))
      indices.forEach((index, row) => {
        answers[index] = classificationOf(rowOf(outputs.probabilities, row));
      });
    return answers;
  }
}

function classificationOf(probabilities: Float32Array): Classification {
  return { class: probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b))), probabilities };
}
