import type { PairDataset } from '../data/dataset.js';
import { planEvaluation } from '../data/epochPlan.js';
import type { EvaluationData } from '../data/trainingData.js';
import {
  searchWords,
  withDefaults,
  type DecodingOptions,
  type SearchOptions,
} from '../decode/decodingOptions.js';
import { Predictor, type PredictorEncoding } from '../decode/predictor.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { TextMetricOptions } from '../metrics/decodedMetrics.js';
import {
  isDecodedMetric,
  measurableLoss,
  pairMetricNames,
  tokenMetrics,
  type Measurables,
  type MetricName,
  type PairMetricName,
} from '../metrics/metrics.js';
import { requireMetrics } from '../metrics/requireMetrics.js';
import { requireLengths } from '../models/lengths.js';
import { seq2seqInputs, type Seq2Seq } from '../models/seq2seq.js';
import { BatchProgram } from './batchProgram.js';
import { measureAnswers, type AnsweredExample } from './decodedAnswers.js';
import { sumTokens, type TextSums } from './tokenSums.js';
import type { Metrics } from './trainer.js';

export interface EvaluationOptions extends SearchOptions {
  readonly metrics: readonly PairMetricName[];
  /** Settings of the metrics that compare texts. */
  readonly textMetrics?: TextMetricOptions;
  /** Rows decoded or scored together; 256 by default. */
  readonly batchSize?: number;
}

export interface Evaluation {
  readonly metrics: Metrics;
  /** Words on how the answers were made: 'greedy', 'beam 5, no 3-gram twice'. */
  readonly decoding: string;
  /** In the data set's order; empty when no metric needed answers. */
  readonly answers: readonly AnsweredExample[];
  /** Those of the metrics that are functions of examples, for intervals and comparisons. */
  readonly measurables: Measurables;
  /** How figures were got, as sacreBLEU says it, where a metric has settings. */
  readonly signatures?: Readonly<Partial<Record<MetricName, string>>>;
}

/** Measures a model on data. Programs are compiled when first needed and kept. */
export class Evaluator {
  /** Answers with the same model. */
  readonly predictor: Predictor;
  private readonly scorer: BatchProgram<'loss' | 'correct' | 'tokenLosses'>;

  /** @param decoding how answers are made where a call does not say; greedily by default. */
  constructor(
    engine: Engine,
    private readonly model: Seq2Seq,
    parameters: ReadonlyMap<string, HostTensor>,
    private readonly encoding: PredictorEncoding,
    private readonly decoding: DecodingOptions = {},
  ) {
    this.scorer = new BatchProgram(engine, parameters, () => ({ ...model.score(seq2seqInputs()) }));
    this.predictor = new Predictor(engine, model, parameters, encoding, decoding);
  }

  /**
   * Metrics of the model as it stands: token metrics under teacher forcing, the others on its own answers.
   * @throws UserError for another metric, and naming an example that is longer than the model has positions for.
   */
  async evaluate(dataset: PairDataset, options: EvaluationOptions): Promise<Evaluation> {
    const { metrics, batchSize = 256 } = options;
    requireMetrics('Evaluator', pairMetricNames, metrics);
    requireLengths(dataset, this.model);
    const values: Partial<Record<PairMetricName, number>> = {};
    let measurables: Measurables = {};
    if (metrics.some((name) => !isDecodedMetric(name))) {
      const plan = planEvaluation(dataset, { batchSize });
      const pairs: EvaluationData = {
        planEvaluation: () => plan,
        batch: (indices) => dataset.batch(indices),
      };
      const sums = await this.sums(pairs, batchSize);
      measurables = measurableLoss(byExample(sums.rows, plan, dataset));
      for (const name of metrics) if (!isDecodedMetric(name)) values[name] = tokenMetrics[name].compute(sums);
    }
    const decoding = searchWords(withDefaults(this.decoding, options));
    if (!metrics.some(isDecodedMetric)) return { metrics: values, decoding, answers: [], measurables };

    const hypotheses = await this.predictor.search(dataset.sources, options);
    const { answers, ...measured } = measureAnswers(dataset, hypotheses, this.encoding.target, options);
    return {
      metrics: { ...values, ...measured.values },
      decoding,
      answers,
      measurables: { ...measurables, ...measured.measurables },
      signatures: measured.signatures,
    };
  }

  /** Sums over all target tokens of batches of pairs, given the true tokens before, which the token metrics make figures of. */
  sums(data: EvaluationData, batchSize = 64): Promise<TextSums> {
    const inputs = { texts: 'targetInput', labels: 'labels', rows: 'targetRows' };
    return sumTokens(this.scorer, data, batchSize, inputs);
  }
}

/** Sums of pairs in the order of a plan, added up for the pairs of each example. */
function byExample(
  rows: TextSums['rows'],
  plan: readonly Int32Array[],
  { examples, exampleOfPair }: PairDataset,
): number[][] {
  const sums = examples.map(() => [0, 0]);
  let at = 0;
  for (const pairs of plan)
    for (const pair of pairs) {
      const sum = sums[exampleOfPair[pair]!]!;
      rows[at++]!.forEach((value, i) => (sum[i]! += value));
    }
  return sums;
}
