import type { PairDataset } from '../data/dataset.js';
import type { Hypothesis } from '../decode/hypotheses.js';
import type { DecodedExample } from '../metrics/errorRates.js';
import {
  decodedMetrics,
  isDecodedMetric,
  type DecodedMetricName,
  type MetricName,
} from '../metrics/metrics.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/** One answered source. */
export interface AnsweredExample {
  readonly source: string;
  readonly references: readonly string[];
  readonly prediction: string;
}

/** The best hypotheses as texts beside their references, with those of the metrics that measure answers. */
export function measureAnswers(
  { examples }: Pick<PairDataset, 'examples'>,
  hypotheses: readonly (readonly Hypothesis[])[],
  { tokenizer, vocabulary }: TextEncoding,
  metrics: readonly MetricName[],
): { values: Partial<Record<DecodedMetricName, number>>; answers: AnsweredExample[] } {
  const decoded: DecodedExample[] = hypotheses.map(([best], i) => ({
    prediction: vocabulary.decode(best!.ids),
    references: examples[i]!.references.map((reference) => tokenizer.tokenize(reference)),
  }));
  const values: Partial<Record<DecodedMetricName, number>> = {};
  for (const name of metrics)
    if (isDecodedMetric(name)) values[name] = decodedMetrics[name].compute(decoded, tokenizer.separator);
  const answers = decoded.map(({ prediction }, i) => ({
    source: examples[i]!.source,
    references: examples[i]!.references,
    prediction: tokenizer.detokenize(prediction),
  }));
  return { values, answers };
}
