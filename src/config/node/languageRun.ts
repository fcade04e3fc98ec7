import { TextGenerator } from '../../decode/textGenerator.js';
import { counted } from '../../formats/terminal.js';
import { tokenMetricNames } from '../../metrics/metrics.js';
import type { LanguageModel } from '../../models/languageModel.js';
import type { TextEncoding } from '../../text/tokenizerJson.js';
import { UNKNOWN } from '../../text/vocabulary.js';
import { LanguageEvaluator } from '../../train/languageEvaluator.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { LanguageConfig } from '../languageSchema.js';
import { encodeTexts, isContinuous } from '../languageTask.js';
import { ownData, requireExamples } from './ownData.js';
import { readTexts } from './readTexts.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';
import { tokenEvaluation } from './tokenEvaluation.js';

type Description = RunDescription<LanguageConfig, LanguageModel> & {
  readonly encodings: { readonly text: TextEncoding };
};

/** A trained language model. */
export class LanguageRun extends TaskRun<Description> {
  readonly task = 'language-model';
  readonly encoding: TextEncoding;
  readonly evaluator: LanguageEvaluator;
  /** Writes as `decoding` of the run says, where a call says nothing else. */
  readonly generator: TextGenerator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.encodings.text;
    this.evaluator = new LanguageEvaluator(engine, this.model, parameters);
    this.generator = new TextGenerator(
      engine,
      this.model,
      parameters,
      this.encoding,
      isContinuous(this.config),
      this.config.decoding,
    );
  }

  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    const chosen = chosenMetrics(this.config, tokenMetricNames, metrics);
    const split = 'file' in part ? 'train' : part.split;
    const texts = await ('file' in part
      ? readTexts(this.withFile(part.file), this.badRows)
      : ownData(() => readTexts(this.config, this.badRows)));
    requireExamples(texts[split], split);
    const encoded = encodeTexts(texts[split], this.encoding, this.config);
    const unknown = encoded.texts.ids.reduce((count, id) => count + (id === UNKNOWN ? 1 : 0), 0);
    const sums = await this.evaluator.sums(encoded.data);
    return tokenEvaluation(sums, chosen, {
      decoding: 'given the tokens before',
      examples: encoded.tokens,
      notes: [
        unknown > 0 ? `${counted(unknown, 'token')} unknown to the model` : '',
        encoded.skipped > 0 ? `${counted(encoded.skipped, 'text')} left out as too long (onTooLong)` : '',
      ].filter(Boolean),
    });
  }

  /** The configuration with a file in the place of its data, all of it in one part. */
  private withFile(file: string): LanguageConfig {
    const { source } = this.config.data;
    const data = 'text' in source ? { text: file } : { ...source, file };
    return {
      ...this.config,
      data: {
        ...this.config.data,
        source: data,
        split: { seed: 1, validation: 0, test: 0, groupBy: 'text' },
      },
    };
  }
}
