import { hashNumbers } from '../data/fingerprint.js';
import { MaskedTexts } from '../data/maskedTexts.js';
import { packSequences, type TokenSequences } from '../data/sequences.js';
import type { SplitName } from '../data/split.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import type { Encoder } from '../models/encoders/encoder.js';
import { MaskedLanguageModel } from '../models/maskedLanguageModel.js';
import { UserError } from '../tensor/errors.js';
import { MASK_TOKEN } from '../text/reservedTokens.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { MaskedLanguageEvaluator } from '../train/maskedLanguageEvaluator.js';
import { recutOf } from './augmentation.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { chooseEncoding } from './chooseEncoding.js';
import { encodeTokens } from './encodeTokens.js';
import type { KnownEncodings } from './initialValues.js';
import { languageMetrics, languageTokenizerFile, type TextExample } from './languageTask.js';
import type { MaskedLanguageConfig } from './maskedLanguageSchema.js';
import { buildOptimization } from './optimization.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';

/** A masked language model and its data. */
export interface MaskedLanguageTask extends Task {
  readonly encoding: TextEncoding;
  readonly train: MaskedTexts;
  readonly model: MaskedLanguageModel;
}

/**
 * Builds what a configuration describes. The vocabulary comes from the training split alone, and has the mask.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildMaskedLanguageTask(
  config: MaskedLanguageConfig,
  examples: Readonly<Record<SplitName, readonly TextExample[]>>,
  known?: KnownEncodings,
): MaskedLanguageTask {
  const { training, text } = config;
  if (examples.train.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const encoding = chooseEncoding(
    'text',
    text,
    examples.train.map((example) => example.text),
    { known, reserved: [MASK_TOKEN], clean: config.data.clean },
  );
  const model = buildMaskedLanguageModel(config, encoding);
  const part = (name: SplitName) =>
    examples[name].length > 0 ? encodeWhole(examples[name], encoding, model) : undefined;
  const texts = part('train')!;
  const [validation, test] = [part('validation'), part('test')];
  const { maskRate: rate, seed } = training;
  const recut = recutOf(training.augment, { encoding, maxLength: model.encoder.maxLength });
  const train = new MaskedTexts(texts, encoding.vocabulary, { rate, seed, recut });
  return {
    ...buildOptimization(training, train),
    encoding,
    train,
    model,
    reads: encoding,
    heldOut: {
      validation: validation && examples.validation.length,
      test: test && examples.test.length,
    },
    fingerprint: hashNumbers([texts.offsets, texts.ids], texts.ids.length),
    files: { [languageTokenizerFile]: tokenizerToJson(encoding) },
    facts: {
      data: `${groupDigits(texts.ids.length)} ${text.tokenizer} tokens in ${counted(examples.train.length, 'text')}`,
      notes: [],
      model: `${encoding.vocabulary.size} tokens`,
    },
    createEvaluator: (engine, parameters) =>
      maskedLanguageEvaluator(
        config,
        { model, encoding, validation, examples: examples.validation },
        engine,
        parameters,
      ),
  };
}

/** The model that a configuration describes, without values. */
export function buildMaskedLanguageModel(
  { model }: MaskedLanguageConfig,
  { vocabulary }: TextEncoding,
): MaskedLanguageModel {
  const vocabularySize = vocabulary.size;
  return new MaskedLanguageModel({
    encoder: buildTextEncoder(model.encoder, vocabularySize),
    vocabularySize,
  });
}

/** Texts without masks. @throws UserError naming one that is too long for the model. */
export function encodeWhole(
  examples: readonly TextExample[],
  encoding: TextEncoding,
  { encoder }: { readonly encoder: Pick<Encoder, 'maxLength'> },
): TokenSequences {
  return packSequences(examples.map(({ text, origin }) => encodeTokens(text, encoding, origin, encoder)));
}

/** The tokens of a text in which {@link MASK_TOKEN} stands for what is to be guessed. */
export function maskedTokens(text: string, { tokenizer }: TextEncoding): string[] {
  const parts = text.split(MASK_TOKEN);
  return parts.flatMap((part, i) => {
    // The space before a word belongs to its first piece, so it is masked with it.
    const spaced = tokenizer.type !== 'character' && i + 1 < parts.length && part.endsWith(' ');
    return [...(i > 0 ? [MASK_TOKEN] : []), ...tokenizer.tokenize(spaced ? part.slice(0, -1) : part)];
  });
}

/**
 * The ids of a text with masks; a token that the model does not know is read as such.
 * @throws UserError for a text without a mask, and one that is too long for the model.
 */
export function encodeMasked(
  text: string,
  encoding: TextEncoding,
  origin: string,
  { encoder }: MaskedLanguageModel,
): number[] {
  const { vocabulary } = encoding;
  const tokens = maskedTokens(text, encoding);
  if (!tokens.includes(MASK_TOKEN))
    throw new UserError(`${origin}: the text has no ${MASK_TOKEN}, so there is nothing to guess. Write one.`);
  if (tokens.length > encoder.maxLength)
    throw new UserError(
      `${origin}: the text has ${tokens.length} tokens, the model has positions for ${encoder.maxLength}. Shorten it.`,
    );
  return tokens.map((token) =>
    token === MASK_TOKEN ? vocabulary.reservedId(MASK_TOKEN) : vocabulary.encode([token])[0]!,
  );
}

/** Held-out texts, masked the same way every time. */
export function maskedForMeasuring(
  texts: TokenSequences,
  { vocabulary }: TextEncoding,
  { training }: MaskedLanguageConfig,
): MaskedTexts {
  return new MaskedTexts(texts, vocabulary, { rate: training.maskRate });
}

/** Measures a model while it trains; of a sample, the token in the middle is guessed. */
function maskedLanguageEvaluator(
  config: MaskedLanguageConfig,
  {
    model,
    encoding,
    validation,
    examples,
  }: {
    model: MaskedLanguageModel;
    encoding: TextEncoding;
    validation: TokenSequences | undefined;
    examples: readonly TextExample[];
  },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const { tokenizer, vocabulary } = encoding;
  const evaluator = new MaskedLanguageEvaluator(engine, model, parameters);
  const drawn = drawIndices(examples.length, config.training.validation.examples);
  const data = validation && onlyThese(maskedForMeasuring(validation, encoding, config), drawn);
  const shown = drawn.slice(0, SAMPLES).map((index) => {
    const tokens = tokenizer.tokenize(examples[index]!.text);
    const middle = Math.floor(tokens.length / 2);
    const source = tokenizer.detokenize(tokens.map((token, t) => (t === middle ? MASK_TOKEN : token)));
    return { source, target: tokens[middle]! };
  });
  return {
    async validate(metrics) {
      return data ? languageMetrics(await evaluator.sums(data), metrics) : {};
    },
    async samples() {
      if (shown.length === 0) return [];
      const ids = shown.map(({ source }) => encodeMasked(source, encoding, source, model));
      const guesses = await evaluator.fill(packSequences(ids), vocabulary.reservedId(MASK_TOKEN));
      return shown.map((sample, i) => ({
        ...sample,
        prediction: vocabulary.tokens[guesses[i]![0]!.tokens[0]!]!,
      }));
    },
  };
}
