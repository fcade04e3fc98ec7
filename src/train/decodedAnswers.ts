import type { PairDataset } from '../data/dataset.js';
import type { Hypothesis } from '../decode/hypotheses.js';
import type { DecodedExample } from '../metrics/errorRates.js';
import {
  decodedMetrics,
  isDecodedMetric,
  type DecodedMetricName,
  type MetricName,
} from '../metrics/metrics.js';
import { characterTokenizer, tokenizers } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/** One answered source. */
export interface AnsweredExample {
  readonly source: string;
  readonly references: readonly string[];
  readonly prediction: string;
}

/**
 * The best hypotheses as texts beside their references, with those of the metrics that measure answers. Answers in subwords
 * are compared in characters, since a text can be cut into subwords in several ways.
 */
export function measureAnswers(
  { examples }: Pick<PairDataset, 'examples'>,
  hypotheses: readonly (readonly Hypothesis[])[],
  { tokenizer, vocabulary }: TextEncoding,
  metrics: readonly MetricName[],
): { values: Partial<Record<DecodedMetricName, number>>; answers: AnsweredExample[] } {
  const predictions = hypotheses.map(([best]) => vocabulary.decode(best!.ids));
  const texts = predictions.map((prediction) => tokenizer.detokenize(prediction));
  const plain = tokenizer.type in tokenizers;
  const unit = plain ? tokenizer : characterTokenizer;
  const decoded: DecodedExample[] = predictions.map((prediction, i) => ({
    prediction: plain ? prediction : unit.tokenize(texts[i]!),
    references: examples[i]!.references.map((reference) => unit.tokenize(reference)),
  }));
  const values: Partial<Record<DecodedMetricName, number>> = {};
  for (const name of metrics)
    if (isDecodedMetric(name)) values[name] = decodedMetrics[name].compute(decoded, unit.separator);
  const answers = texts.map((prediction, i) => ({
    source: examples[i]!.source,
    references: examples[i]!.references,
    prediction,
  }));
  return { values, answers };
}
