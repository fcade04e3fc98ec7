import { hashNumbers } from '../data/fingerprint.js';
import { Documents } from '../data/documents.js';
import { countOf, lengthOf, packSequences, type TokenSequences } from '../data/sequences.js';
import { byPart, type SplitName } from '../data/split.js';
import { TextWindows } from '../data/textWindows.js';
import { TextGenerator } from '../decode/textGenerator.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { tokenMetrics, tokenMetricNames, type MetricName, type TokenSums } from '../metrics/metrics.js';
import { LanguageModel } from '../models/languageModel.js';
import { UserError } from '../tensor/errors.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { LanguageEvaluator, type LanguageData } from '../train/languageEvaluator.js';
import type { Metrics } from '../train/trainer.js';
import type { KnownEncodings } from './initialValues.js';
import type { LanguageConfig } from './languageSchema.js';
import { chooseEncoding } from './chooseEncoding.js';
import { buildOptimization } from './optimization.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';

/** A text to learn from, and where it stands. */
export interface TextExample {
  readonly text: string;
  readonly origin: string;
}

/** Where a run keeps its tokenizer. */
export const languageTokenizerFile = 'tokenizer.json';

/** A language model and its data. */
export interface LanguageTask extends Task {
  readonly encoding: TextEncoding;
  readonly train: LanguageData;
  readonly validation: LanguageData | undefined;
  readonly test: LanguageData | undefined;
  /** What the parts became; undefined for one that is empty. */
  readonly parts: Readonly<Record<SplitName, EncodedTexts | undefined>>;
  readonly model: LanguageModel;
}

/**
 * Builds what a configuration describes: from the parts of one long text (each one example), or from many texts. The
 * vocabulary comes from the training split alone.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildLanguageTask(
  config: LanguageConfig,
  examples: Readonly<Record<SplitName, readonly TextExample[]>>,
  known?: KnownEncodings,
): LanguageTask {
  const { training, text, model: options } = config;
  const texts = examples.train.map((example) => example.text);
  const encoding = chooseEncoding('text', text, texts, { known, clean: config.data.clean });
  const part = (name: SplitName) =>
    examples[name].length > 0 ? encodeTexts(examples[name], encoding, config, name) : undefined;
  const parts = byPart(part);
  const { train, validation, test } = parts;
  if (!train)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const model = buildLanguageModel(config, encoding);
  const sizes = `${groupDigits(train.tokens)} ${text.tokenizer} tokens`;
  return {
    ...buildOptimization(training, train.data),
    encoding,
    train: train.data,
    validation: validation?.data,
    test: test?.data,
    parts,
    model,
    reads: encoding,
    heldOut: { validation: validation?.tokens, test: test?.tokens },
    // START takes a place of its own.
    augmentable: { texts: [{ name: 'target', encoding, maxLength: options.contextLength - 1 }] },
    fingerprint: hashNumbers([train.texts.offsets, train.texts.ids], train.tokens),
    files: { [languageTokenizerFile]: tokenizerToJson(encoding) },
    facts: {
      data: isContinuous(config) ? `${sizes} of text` : `${sizes} in ${counted(texts.length, 'text')}`,
      notes: train.skipped > 0 ? [`${counted(train.skipped, 'text')} left out as too long (onTooLong)`] : [],
      model: `${encoding.vocabulary.size} tokens, ${options.contextLength} read together`,
    },
    createEvaluator: (engine, parameters) =>
      languageEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/** The model that a configuration describes, without values. */
export function buildLanguageModel(
  { model, training }: LanguageConfig,
  { vocabulary }: TextEncoding,
): LanguageModel {
  const { contextLength, ...options } = model;
  return new LanguageModel({
    ...options,
    vocabularySize: vocabulary.size,
    maxLength: options.positions === 'learned' ? contextLength : undefined,
    labelSmoothing: training.labelSmoothing,
  });
}

/** Whether the model learns from one long text, which knows neither START nor END. */
export function isContinuous({ data: { source } }: LanguageConfig): boolean {
  return 'text' in source;
}

/** Texts as token ids. */
export interface EncodedTexts {
  readonly data: LanguageData;
  readonly texts: TokenSequences;
  /** Those that stayed. */
  readonly examples: readonly TextExample[];
  /** Texts that were left out as too long. */
  readonly skipped: number;
  readonly tokens: number;
}

/** @throws UserError naming a text that is too long, or a part with too little text. */
export function encodeTexts(
  examples: readonly TextExample[],
  { tokenizer, vocabulary }: TextEncoding,
  { data: { source }, model: { contextLength } }: LanguageConfig,
  part?: SplitName,
): EncodedTexts {
  const encoded = examples.map(({ text }) => vocabulary.encode(tokenizer.tokenize(text)));
  if ('text' in source) {
    const texts = packSequences(encoded);
    if (part !== undefined && texts.ids.length <= contextLength)
      throw new UserError(
        `the ${part} part of ${source.text} has ${counted(texts.ids.length, 'token')}, too few for a window of ${contextLength} and the token after it. Lower model.contextLength, or ${part === 'train' ? 'give more text' : `raise data.split.${part}`}.`,
      );
    const data = new TextWindows(texts.ids, contextLength);
    return { data, texts, examples, skipped: 0, tokens: texts.ids.length };
  }
  // START takes a place of its own.
  const fits = encoded.map(({ length }) => length + 1 <= contextLength);
  const tooLong = fits.indexOf(false);
  if (tooLong >= 0 && source.onTooLong === 'error')
    throw new UserError(
      `${examples[tooLong]!.origin}: the text has ${encoded[tooLong]!.length} tokens, model.contextLength ${contextLength} has room for ${contextLength - 1}. Raise it, or set data.source.onTooLong: skip.`,
    );
  const kept = examples.filter((_, i) => fits[i]);
  const texts = packSequences(encoded.filter((_, i) => fits[i]));
  if (kept.length === 0) throw new UserError('All texts are longer than model.contextLength. Raise it.');
  const data = new Documents(texts, (i) => kept[i]!.origin);
  const skipped = examples.length - kept.length;
  return { data, texts, examples: kept, skipped, tokens: texts.ids.length };
}

/** Figures from the sums over all tokens. */
export function languageMetrics(sums: TokenSums, metrics: readonly MetricName[]): Metrics {
  const names = tokenMetricNames.filter((name) => metrics.includes(name));
  return Object.fromEntries(names.map((name) => [name, tokenMetrics[name].compute(sums)]));
}

/** Tokens that a sample begins with, and those that it is continued by. */
const BEGINNING = 16;
const CONTINUATION = 48;

function languageEvaluator(
  config: LanguageConfig,
  task: { model: LanguageModel; encoding: TextEncoding; validation: EncodedTexts | undefined },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const { model, encoding, validation } = task;
  const evaluator = new LanguageEvaluator(engine, model, parameters);
  const generator = new TextGenerator(engine, model, parameters, encoding, isContinuous(config));
  const beginnings = validation ? beginningsOf(validation, encoding, isContinuous(config)) : [];
  return {
    async validate(metrics) {
      return validation ? languageMetrics(await evaluator.sums(validation.data), metrics) : {};
    },
    async samples() {
      const samples = [];
      for (const source of beginnings) {
        const prediction = await generator.generate(source, { ...config.decoding, maxLength: CONTINUATION });
        samples.push({ source, target: [], prediction });
      }
      return samples;
    },
  };
}

/** How a few texts of a part begin: of one long text, at places that divide it evenly. */
function beginningsOf(
  { texts }: EncodedTexts,
  { tokenizer, vocabulary }: TextEncoding,
  continuous: boolean,
): string[] {
  const number = continuous ? SAMPLES : Math.min(SAMPLES, countOf(texts));
  return Array.from({ length: number }, (_, i) => {
    const [start, length] = continuous
      ? [Math.floor((i * (texts.ids.length - BEGINNING)) / SAMPLES), BEGINNING]
      : [texts.offsets[i]!, Math.min(BEGINNING, Math.ceil(lengthOf(texts, i) / 4))];
    return tokenizer.detokenize(vocabulary.decode(texts.ids.subarray(start, start + length)));
  });
}
