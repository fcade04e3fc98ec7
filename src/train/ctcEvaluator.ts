import type { EvaluationData } from '../data/trainingData.js';
import { createCtcSearch } from '../decode/ctcSearch.js';
import type { Hypothesis } from '../decode/hypotheses.js';
import type { Prediction } from '../decode/predictor.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { TextMetricOptions } from '../metrics/decodedMetrics.js';
import { ctcMetricNames, isDecodedMetric, type CtcMetricName } from '../metrics/metrics.js';
import { requireMetrics } from '../metrics/requireMetrics.js';
import { ctcInputs, type CtcModel } from '../models/ctcModel.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { BatchProgram } from './batchProgram.js';
import type { CtcExamples } from './ctcExamples.js';
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
    this.scorer = new BatchProgram(engine, parameters, () => ({
      loss: model.score(ctcInputs(model.encoder)).loss,
    }));
  }

  /**
   * Loss in nats per target token, and figures of the model's own answers: the best path, or those of a beam.
   * @param data `pairsForCtc` of texts, `recordingsForCtc` of recordings.
   * @throws UserError for another metric, and naming an example that CTC cannot align.
   */
  async evaluate(
    data: CtcExamples,
    options: {
      readonly metrics: readonly CtcMetricName[];
      readonly beam?: number;
      readonly textMetrics?: TextMetricOptions;
    },
  ): Promise<Evaluation> {
    const { metrics, beam = 1 } = options;
    requireMetrics('CtcEvaluator', ctcMetricNames, metrics);
    const values: Partial<Record<CtcMetricName, number>> = {};
    if (metrics.includes('loss')) values.loss = await this.loss(data);
    const decoding = beam === 1 ? 'best path' : `beam ${beam}`;
    if (!metrics.some(isDecodedMetric)) return { metrics: values, decoding, answers: [], measurables: {} };
    const hypotheses = await this.answer(data.sources, beam);
    const { values: measured, ...rest } = measureAnswers(data, hypotheses, this.target, options);
    return { metrics: { ...values, ...measured }, decoding, ...rest };
  }

  /**
   * Per source its answers, best first; one with the best path.
   * @param sources `textsForCtc`, or `FrameSequences` of recordings. @throws UserError unless `beam` is a whole number from 1.
   */
  async answer(sources: EvaluationData, beam = 1): Promise<Hypothesis[][]> {
    let search = this.searches.get(beam);
    if (!search)
      this.searches.set(beam, (search = createCtcSearch(this.engine, this.model, this.parameters, beam)));
    const run = await search;
    const answers: Hypothesis[][] = [];
    for (const indices of sources.planEvaluation(BATCH)) {
      const found = await run(sources.batch(indices));
      indices.forEach((index, i) => (answers[index] = found[i]!));
    }
    return answers;
  }

  /** As {@link answer}, in words. */
  async predict(sources: EvaluationData, beam = 1): Promise<Prediction[][]> {
    const { tokenizer, vocabulary } = this.target;
    return (await this.answer(sources, beam)).map((hypotheses) =>
      hypotheses.map(({ ids, logProbability, score }) => {
        const tokens = vocabulary.decode(ids);
        return { text: tokenizer.detokenize(tokens), tokens, logProbability, score };
      }),
    );
  }

  private async loss({ pairs, tokens }: CtcExamples): Promise<number> {
    let total = 0;
    for await (const { outputs } of this.scorer.run(pairs, BATCH)) total += Number(outputs.loss.data[0]);
    return total / tokens;
  }
}
