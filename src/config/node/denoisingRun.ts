import { packSequences } from '../../data/sequences.js';
import { spansOf } from '../../data/spanCorruption.js';
import type { SearchOptions } from '../../decode/decodingOptions.js';
import { tokenMetricNames } from '../../metrics/metrics.js';
import type { Seq2Seq } from '../../models/seq2seq.js';
import { MASK_TOKEN, sentinelIds } from '../../text/reservedTokens.js';
import type { TextEncoding } from '../../text/tokenizerJson.js';
import { Evaluator } from '../../train/evaluator.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { DenoisingConfig } from '../denoisingSchema.js';
import { corruptedForMeasuring, encodeHoles, encodeToCorrupt } from '../denoisingTask.js';
import { readPart } from './readTexts.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';
import { tokenEvaluation } from './tokenEvaluation.js';

/** A text whose holes were filled. */
export interface FilledHoles {
  /** The whole text. */
  readonly text: string;
  /** What was written for each hole, in their order; empty where the model wrote nothing for it. */
  readonly spans: readonly string[];
  /** Σ log-probability of what was written: sentinels, spans and END, in nats. */
  readonly logProbability: number;
}

export interface FillOptions extends Omit<SearchOptions, 'prefix' | 'constraints'> {
  /** Where text i stands, for messages; `text 1` … by default. */
  readonly originOf?: (index: number) => string;
}

type Description = RunDescription<DenoisingConfig, Seq2Seq> & {
  readonly encodings: { readonly text: TextEncoding };
};

/** A trained model that restores spans. */
export class DenoisingRun extends TaskRun<Description> {
  readonly task = 'denoising';
  readonly encoding: TextEncoding;
  readonly evaluator: Evaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    const { text } = description.encodings;
    this.encoding = text;
    const encoding = { source: text, target: text };
    this.evaluator = new Evaluator(engine, this.model, parameters, encoding, this.config.decoding);
  }

  /** On spans that are the same for the same texts. */
  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    const chosen = chosenMetrics(this.config, tokenMetricNames, metrics);
    const texts = await readPart(this.config, part, this.badRows);
    const whole = encodeToCorrupt(texts, this.encoding, this.config, this.model);
    const sums = await this.evaluator.sums(corruptedForMeasuring(whole, this.encoding, this.config));
    return tokenEvaluation(sums, chosen, { decoding: 'given the tokens before', examples: texts.length });
  }

  /**
   * Fills the holes of texts, each written `<mask>`, with spans of any length: with the run’s own decoding unless told
   * otherwise.
   * @throws UserError for a text without a hole, with more than the model has learnt to fill, or too long for it.
   */
  async fill(texts: readonly string[], options: FillOptions = {}): Promise<FilledHoles[]> {
    const { originOf = (index) => `text ${index + 1}`, ...decoding } = options;
    const { tokenizer, vocabulary } = this.encoding;
    const read = texts.map((text, i) => encodeHoles(text, this.encoding, originOf(i), this.model));
    const sources = packSequences(read.map(({ ids }) => ids));
    const answers = await this.evaluator.predictor.search(sources, decoding);
    return read.map(({ tokens }, i) => {
      const { ids, logProbability } = answers[i]![0]!;
      const written = spansOf(ids, sentinelIds(vocabulary)).map((span) => vocabulary.decode(span));
      let holes = 0;
      // Tokens, not ids: what the model does not know stays as it was written.
      const whole = tokens.flatMap((token) => (token === MASK_TOKEN ? written[holes++]! : [token]));
      const spans = written.slice(0, holes).map((span) => tokenizer.detokenize(span));
      return { text: tokenizer.detokenize(whole), spans, logProbability };
    });
  }
}
