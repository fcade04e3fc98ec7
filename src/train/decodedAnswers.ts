import type { PairDataset } from '../data/dataset.js';
import type { Hypothesis } from '../decode/hypotheses.js';
import type { AnsweredText } from '../metrics/answeredText.js';
import { decodedMetrics, type DecodedMetricName, type TextMetricOptions } from '../metrics/decodedMetrics.js';
import type { DecodedExample } from '../metrics/errorRates.js';
import type { Measurable } from '../metrics/exampleSums.js';
import { isDecodedMetric, type MetricName } from '../metrics/metrics.js';
import { characterTokenizer, tokenizers } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/** One answered source. */
export interface AnsweredExample {
  readonly source: string;
  readonly references: readonly string[];
  readonly prediction: string;
}

type ByMetric<Value> = Partial<Record<DecodedMetricName, Value>>;

/** Answers, and what metrics say of them. */
export interface MeasuredAnswers {
  readonly values: ByMetric<number>;
  readonly measurables: ByMetric<Measurable>;
  readonly signatures: ByMetric<string>;
  readonly answers: readonly AnsweredExample[];
}

/**
 * The best hypotheses as texts beside their references, with those of the metrics that measure answers. Answers in subwords
 * are compared in characters, since a text can be cut into subwords in several ways.
 * @param options `metrics`, of which those of answers count, and settings of the ones that compare texts.
 */
export function measureAnswers(
  { examples }: Pick<PairDataset, 'examples'>,
  hypotheses: readonly (readonly Hypothesis[])[],
  { tokenizer, vocabulary }: TextEncoding,
  {
    metrics,
    textMetrics,
  }: { readonly metrics: readonly MetricName[]; readonly textMetrics?: TextMetricOptions },
): MeasuredAnswers {
  const plain = tokenizer.type in tokenizers;
  const unit = plain ? tokenizer : characterTokenizer;
  const decoded = hypotheses.map(([best], i): DecodedExample & { text: AnsweredText } => {
    const { references } = examples[i]!;
    const prediction = vocabulary.decode(best!.ids);
    const text = tokenizer.detokenize(prediction);
    return {
      prediction: plain ? prediction : unit.tokenize(text),
      references: references.map((reference) => unit.tokenize(reference)),
      text: { prediction: text, references },
    };
  });
  const values: ByMetric<number> = {};
  const measurables: ByMetric<Measurable> = {};
  const signatures: ByMetric<string> = {};
  for (const name of metrics) {
    if (!isDecodedMetric(name)) continue;
    const metric = decodedMetrics[name];
    const measured = metric.over(decoded, unit.separator, textMetrics);
    measurables[name] = measured;
    values[name] = measured.measure(measured.examples);
    const signature = metric.signature?.(decoded, unit.separator, textMetrics);
    if (signature !== undefined) signatures[name] = signature;
  }
  const answers = decoded.map(({ text }, i) => ({ source: examples[i]!.source, ...text }));
  return { values, measurables, signatures, answers };
}
