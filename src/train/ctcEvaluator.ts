import { ctcBatch, sourceBatch } from '../data/batching.js';
import type { PairDataset } from '../data/dataset.js';
import { planEvaluation, planSources } from '../data/epochPlan.js';
import type { TokenSequences } from '../data/sequences.js';
import { createCtcSearch } from '../decode/ctcSearch.js';
import type { Hypothesis } from '../decode/hypotheses.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { TextMetricOptions } from '../metrics/decodedMetrics.js';
import { isDecodedMetric, type CtcMetricName } from '../metrics/metrics.js';
import { requireAlignable } from '../models/alignable.js';
import { ctcInputs, type CtcModel } from '../models/ctcModel.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { BatchProgram } from './batchProgram.js';
import { measureAnswers } from './decodedAnswers.js';
import type { Evaluation } from './evaluator.js';

/** Sources searched or scored together. */
const BATCH = 64;

/** Measures a CTC model, and answers with it. Programs are compiled when first needed and kept. */
export class CtcEvaluator {
  private readonly scorer: BatchProgram<'loss'>;
  private readonly searches = new Map<number, ReturnType<typeof createCtcSearch>>();

  constructor(
    private readonly engine: Engine,
    private readonly model: CtcModel,
    private readonly parameters: ReadonlyMap<string, HostTensor>,
    private readonly target: TextEncoding,
  ) {
    this.scorer = new BatchProgram(engine, parameters, () => ({ loss: model.score(ctcInputs()).loss }));
  }

  /**
   * Loss in nats per target token, and figures of the model's own answers: the best path, or those of a beam.
   * @throws UserError naming an example that CTC cannot align.
   */
  async evaluate(
    dataset: PairDataset,
    options: {
      readonly metrics: readonly CtcMetricName[];
      readonly beam?: number;
      readonly textMetrics?: TextMetricOptions;
    },
  ): Promise<Evaluation> {
    const { metrics, beam = 1 } = options;
    const values: Partial<Record<CtcMetricName, number>> = {};
    if (metrics.includes('loss')) values.loss = await this.loss(dataset);
    const decoding = beam === 1 ? 'best path' : `beam ${beam}`;
    if (!metrics.some(isDecodedMetric)) return { metrics: values, decoding, answers: [], measurables: {} };
    const hypotheses = await this.answer(dataset.sources, beam);
    const { values: measured, ...rest } = measureAnswers(dataset, hypotheses, this.target, options);
    return { metrics: { ...values, ...measured }, decoding, ...rest };
  }

  /** Per source its answers, best first; one with the best path. @throws UserError unless `beam` is a whole number from 1. */
  async answer(sources: TokenSequences, beam = 1): Promise<Hypothesis[][]> {
    let search = this.searches.get(beam);
    if (!search)
      this.searches.set(beam, (search = createCtcSearch(this.engine, this.model, this.parameters, beam)));
    const run = await search;
    const answers: Hypothesis[][] = [];
    for (const indices of planSources(sources, BATCH)) {
      const found = await run(sourceBatch(sources, indices));
      indices.forEach((index, i) => (answers[index] = found[i]!));
    }
    return answers;
  }

  private async loss(dataset: PairDataset): Promise<number> {
    requireAlignable(dataset);
    const data = {
      planEvaluation: (batchSize: number) => planEvaluation(dataset, { batchSize }),
      batch: (pairs: Int32Array) => ({ ...ctcBatch(dataset, pairs) }),
    };
    let total = 0;
    for await (const { outputs } of this.scorer.run(data, BATCH)) total += Number(outputs.loss.data[0]);
    return total / dataset.targets.ids.length;
  }
}
