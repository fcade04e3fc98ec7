import { packSequences } from '../../data/sequences.js';
import { tokenMetricNames } from '../../metrics/metrics.js';
import type { MaskedLanguageModel } from '../../models/maskedLanguageModel.js';
import { MASK_TOKEN } from '../../text/reservedTokens.js';
import type { TextEncoding } from '../../text/tokenizerJson.js';
import { MaskedLanguageEvaluator } from '../../train/maskedLanguageEvaluator.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { MaskedLanguageConfig } from '../maskedLanguageSchema.js';
import { encodeMasked, encodeWhole, maskedForMeasuring, maskedTokens } from '../maskedLanguageTask.js';
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

/** What may stand at a mask, the likeliest first. */
export type MaskGuesses = readonly { readonly token: string; readonly probability: number }[];

/** A text whose masks were guessed. */
export interface FilledText {
  /** With the likeliest guess at each mask. */
  readonly text: string;
  /** In the order of the masks. */
  readonly masks: readonly MaskGuesses[];
}

type Description = RunDescription<MaskedLanguageConfig, MaskedLanguageModel> & {
  readonly encodings: { readonly text: TextEncoding };
};

/** A trained masked language model. */
export class MaskedLanguageRun extends TaskRun<Description> {
  readonly task = 'masked-language-model';
  readonly encoding: TextEncoding;
  readonly evaluator: MaskedLanguageEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.encodings.text;
    this.evaluator = new MaskedLanguageEvaluator(engine, this.model, parameters);
  }

  /** On masks that are the same for the same texts. */
  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    const chosen = chosenMetrics(this.config, tokenMetricNames, metrics);
    const texts = await readPart(this.config, part, this.badRows);
    const whole = encodeWhole(texts, this.encoding, this.model);
    const sums = await this.evaluator.sums(maskedForMeasuring(whole, this.encoding, this.config));
    return tokenEvaluation(sums, chosen, { decoding: 'given the tokens around', examples: texts.length });
  }

  /**
   * Guesses what stands at each `<mask>` of texts.
   * @param options `count` guesses of each, 1 by default; `originOf`: where text i stands, for messages.
   * @throws UserError for a text without a mask, or one that is too long for the model.
   */
  async fill(
    texts: readonly string[],
    options: { readonly count?: number; readonly originOf?: (index: number) => string } = {},
  ): Promise<FilledText[]> {
    const { count = 1, originOf = (index) => `text ${index + 1}` } = options;
    const { tokenizer, vocabulary } = this.encoding;
    const ids = texts.map((text, i) => encodeMasked(text, this.encoding, originOf(i), this.model));
    const guesses = await this.evaluator.fill(packSequences(ids), vocabulary.reservedId(MASK_TOKEN), {
      count: Math.min(count, vocabulary.size),
    });
    return texts.map((text, i) => {
      const tokens = maskedTokens(text, this.encoding);
      const masks = guesses[i]!.map(({ tokens: found, probabilities }) =>
        found.map((id, rank) => ({ token: vocabulary.tokens[id]!, probability: probabilities[rank]! })),
      );
      guesses[i]!.forEach(({ position }, mask) => (tokens[position] = masks[mask]![0]!.token));
      return { text: tokenizer.detokenize(tokens), masks };
    });
  }
}
