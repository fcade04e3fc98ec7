import type { AnsweredText } from './answeredText.js';
import { bleuSignature, bleuSums, type BleuOptions } from './bleu.js';
import { chrfSignature, chrfSums, type ChrfOptions } from './chrf.js';
import {
  characterErrorSums,
  exactMatchSums,
  textOf,
  tokenErrorSums,
  wordEditSums,
  type DecodedExample,
} from './errorRates.js';
import { measurable, type Measurable, type SumMetric } from './exampleSums.js';
import type { Metric } from './metrics.js';
import { rougeSums } from './rouge.js';
import { terSignature, terSums, type TerOptions } from './ter.js';

/** Settings of the metrics that compare texts. */
export interface TextMetricOptions {
  readonly bleu?: BleuOptions;
  readonly chrf?: ChrfOptions;
  readonly ter?: TerOptions;
}

type Input = [examples: readonly DecodedExample[], separator?: string, options?: TextMetricOptions];

/** A metric of generated answers; a figure is reported together with the decoding that generated them. */
export interface DecodedMetric extends Metric<Input> {
  /** The same metric of any choice of the examples. */
  over(...input: Input): Measurable;
  /** How the figure was got, as sacreBLEU says it; only of metrics that have settings. */
  signature?(...input: Input): string;
}

export type DecodedMetricName =
  | 'per'
  | 'cer'
  | 'wer'
  | 'exactMatch'
  | 'wordEditRate'
  | 'bleu'
  | 'chrf'
  | 'ter'
  | 'rouge1'
  | 'rouge2'
  | 'rougeL';

/** A metric of tokens. @param sums how it is a figure of sums, for a separator of tokens. */
function ofTokens(
  name: DecodedMetricName,
  betterWhen: 'lower' | 'higher',
  sums: (separator: string) => SumMetric<DecodedExample>,
): DecodedMetric {
  return metric({ name, betterWhen }, (examples, separator = '') => measurable(sums(separator), examples));
}

/** A metric of texts, which is measured on demand: it says nothing of answers that are no texts, such as phonemes. */
function ofTexts(
  name: DecodedMetricName,
  betterWhen: 'lower' | 'higher',
  sums: (options: TextMetricOptions) => SumMetric<AnsweredText>,
  signature?: (examples: readonly AnsweredText[], options: TextMetricOptions) => string,
): DecodedMetric {
  const texts = (examples: readonly DecodedExample[], separator?: string) =>
    examples.map((example) => textOf(example, separator));
  return {
    ...metric({ name, betterWhen, onDemand: true }, (examples, separator, options = {}) =>
      measurable(sums(options), texts(examples, separator)),
    ),
    ...(signature && {
      signature: (...[examples, separator, options = {}]: Input) =>
        signature(texts(examples, separator), options),
    }),
  };
}

function metric(
  about: Pick<DecodedMetric, 'name' | 'betterWhen' | 'onDemand'>,
  over: DecodedMetric['over'],
): DecodedMetric {
  return {
    ...about,
    over,
    compute(...input) {
      const all = over(...input);
      return all.measure(all.examples);
    },
  };
}

/**
 * - `per`: Σ edits to the nearest reference ÷ Σ its length, in tokens ({@link tokenErrorRate}).
 * - `cer`: the same in characters ({@link characterErrorRate}); give it the separator of the target's tokenizer.
 * - `wer`: share of sources whose answer matches none of the references ({@link wordErrorRate}).
 * - `exactMatch`: 1 − `wer` ({@link exactMatch}).
 *
 * Of texts, measured on demand:
 * - `wordEditRate`: as `per`, in words of the text ({@link wordEditRate}).
 * - `bleu`, `chrf`, `ter`: in points, 100 for all, as sacreBLEU prints them ({@link bleu}, {@link chrf}, {@link ter}).
 * - `rouge1`, `rouge2`, `rougeL`: mean F1 ({@link rouge}).
 */
export const decodedMetrics: Readonly<Record<DecodedMetricName, DecodedMetric>> = {
  per: ofTokens('per', 'lower', () => tokenErrorSums),
  cer: ofTokens('cer', 'lower', characterErrorSums),
  wer: ofTokens('wer', 'lower', () => ({
    row: exactMatchSums.row,
    figure: (sums) => 1 - exactMatchSums.figure(sums),
  })),
  exactMatch: ofTokens('exactMatch', 'higher', () => exactMatchSums),
  wordEditRate: ofTexts('wordEditRate', 'lower', () => wordEditSums),
  bleu: ofTexts(
    'bleu',
    'higher',
    (options) => bleuSums(options.bleu),
    (texts, options) => bleuSignature(texts, options.bleu),
  ),
  chrf: ofTexts(
    'chrf',
    'higher',
    (options) => chrfSums(options.chrf),
    (texts, options) => chrfSignature(texts, options.chrf),
  ),
  ter: ofTexts(
    'ter',
    'lower',
    (options) => terSums(options.ter),
    (texts, options) => terSignature(texts, options.ter),
  ),
  rouge1: ofTexts('rouge1', 'higher', () => rougeSums('rouge1')),
  rouge2: ofTexts('rouge2', 'higher', () => rougeSums('rouge2')),
  rougeL: ofTexts('rougeL', 'higher', () => rougeSums('rougeL')),
};

export const decodedMetricNames = Object.keys(decodedMetrics) as readonly DecodedMetricName[];
