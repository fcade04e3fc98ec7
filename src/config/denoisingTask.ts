import { DenoisingTexts } from '../data/denoisingTexts.js';
import { hashNumbers } from '../data/fingerprint.js';
import { countOf, lengthOf, packSequences, type TokenSequences } from '../data/sequences.js';
import { spanCounts } from '../data/spanCorruption.js';
import type { SplitName } from '../data/split.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { UserError } from '../tensor/errors.js';
import { MASK_TOKEN, sentinelIds, sentinelTokens } from '../text/reservedTokens.js';
import { specialTokens, Vocabulary } from '../text/vocabulary.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { Evaluator } from '../train/evaluator.js';
import { recutOf } from './augmentation.js';
import { chooseEncoding } from './chooseEncoding.js';
import type { DenoisingConfig } from './denoisingSchema.js';
import type { KnownEncodings } from './initialValues.js';
import { languageMetrics, languageTokenizerFile, type TextExample } from './languageTask.js';
import { encodeWhole, maskedTokens } from './maskedLanguageTask.js';
import { buildOptimization } from './optimization.js';
import { buildPairModel } from './pairTask.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';

/** A sequence-to-sequence model that restores spans, and its data. */
export interface DenoisingTask extends Task {
  readonly encoding: TextEncoding;
  readonly train: DenoisingTexts;
  readonly model: Seq2Seq;
}

/**
 * Builds what a configuration describes. The vocabulary, one for source and target, comes from the training split alone,
 * with as many sentinels as its longest text has spans: each of them is learnt. A longer text has as many, longer spans.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildDenoisingTask(
  config: DenoisingConfig,
  examples: Readonly<Record<SplitName, readonly TextExample[]>>,
  known?: KnownEncodings,
): DenoisingTask {
  const { training, text } = config;
  if (examples.train.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const trained = examples.train.map((example) => example.text);
  const plain = chooseEncoding('text', text, trained, { known, clean: config.data.clean });
  const longest = trained.reduce((most, each) => Math.max(most, plain.tokenizer.tokenize(each).length), 0);
  const { spans } = spanCounts(longest, spanOptions(config));
  const encoding = known?.text ? plain : withReserved(plain, sentinelTokens(spans));
  const sentinels = sentinelIds(encoding.vocabulary).length;
  if (sentinels === 0)
    throw new UserError(
      'training.initial.run: the tokens of that run have no sentinels to stand for spans. Start from a run of the task denoising, or leave it out.',
    );
  const model = buildDenoisingModel(config, encoding);
  const part = (name: SplitName) =>
    examples[name].length > 0 ? encodeToCorrupt(examples[name], encoding, config, model) : undefined;
  const texts = part('train')!;
  const [validation, test] = [part('validation'), part('test')];
  const train = new DenoisingTexts(texts, encoding.vocabulary, {
    ...spanOptions(config),
    seed: training.seed,
    recut: recutOf(training.augment, { encoding, maxLength: longestToCorrupt(config, encoding, model) }),
  });
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
      data: `${groupDigits(texts.ids.length)} ${text.tokenizer} tokens in ${counted(trained.length, 'text')}`,
      notes: [],
      model: `${encoding.vocabulary.size} tokens, to restore up to ${counted(sentinels, 'span')} of a text`,
    },
    createEvaluator: (engine, parameters) =>
      denoisingEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/** The same tokens, with reserved ones behind them. */
function withReserved({ tokenizer, vocabulary }: TextEncoding, reserved: readonly string[]): TextEncoding {
  const ordinary = vocabulary.tokens.slice(specialTokens.length, vocabulary.ordinaryEnd);
  return { tokenizer, vocabulary: new Vocabulary(ordinary, reserved) };
}

/** The model that a configuration describes, without values. */
export function buildDenoisingModel(config: DenoisingConfig, encoding: TextEncoding): Seq2Seq {
  return buildPairModel(config, { source: encoding, target: encoding });
}

function spanOptions({ training }: DenoisingConfig): { rate: number; meanSpan: number } {
  return { rate: training.noiseRate, meanSpan: training.meanSpan };
}

/**
 * Whole texts, to be corrupted. @throws UserError naming one that is too long for the model: the encoder must have
 * positions for the whole text, the decoder for what is taken out of it.
 */
export function encodeToCorrupt(
  examples: readonly TextExample[],
  encoding: TextEncoding,
  config: DenoisingConfig,
  model: Seq2Seq,
): TokenSequences {
  const texts = encodeWhole(examples, encoding, model);
  const options = { ...spanOptions(config), sentinels: sentinelIds(encoding.vocabulary) };
  examples.forEach(({ origin }, i) => {
    const { noise, spans } = spanCounts(lengthOf(texts, i), options);
    // END takes a place of its own.
    const length = noise + spans + 1;
    if (length > model.decoder.maxLength)
      throw new UserError(
        `${origin}: what is taken out of the text has ${length} tokens with its sentinels and END, the model has positions for ${model.decoder.maxLength}. Shorten the text, or train with a larger model.decoder.maxLength.`,
      );
  });
  return texts;
}

/** Tokens that a text may have, so that the encoder has positions for it, and the decoder for what is taken out of it. */
function longestToCorrupt(
  config: DenoisingConfig,
  encoding: TextEncoding,
  { encoder, decoder }: Seq2Seq,
): number {
  if (decoder.maxLength === Infinity) return encoder.maxLength;
  const options = { ...spanOptions(config), sentinels: sentinelIds(encoding.vocabulary) };
  const fits = (length: number) => {
    const { noise, spans } = spanCounts(length, options);
    return noise + spans + 1 <= decoder.maxLength;
  };
  let longest = 1;
  while (longest < encoder.maxLength && fits(longest + 1)) longest++;
  return longest;
}

/** Held-out texts, corrupted the same way every time. */
export function corruptedForMeasuring(
  texts: TokenSequences,
  { vocabulary }: TextEncoding,
  config: DenoisingConfig,
): DenoisingTexts {
  return new DenoisingTexts(texts, vocabulary, spanOptions(config));
}

/**
 * The tokens of a text in which {@link MASK_TOKEN} stands for a span of any length, and their ids, a sentinel for each
 * such hole; a token that the model does not know is read as such.
 * @throws UserError for a text without a hole, with more than the model has sentinels for, or too long for the model.
 */
export function encodeHoles(
  text: string,
  encoding: TextEncoding,
  origin: string,
  { encoder }: Seq2Seq,
): { tokens: string[]; ids: number[] } {
  const { vocabulary } = encoding;
  const sentinels = sentinelIds(vocabulary);
  const tokens = maskedTokens(text, encoding);
  let holes = 0;
  const ids = tokens.map((token) => (token === MASK_TOKEN ? sentinels[holes++]! : vocabulary.idOf(token)));
  if (holes === 0)
    throw new UserError(
      `${origin}: the text has no ${MASK_TOKEN}, so there is nothing to fill in. Write one.`,
    );
  if (holes > sentinels.length)
    throw new UserError(
      `${origin}: the text has ${MASK_TOKEN} ${holes} times, the model restores up to ${counted(sentinels.length, 'span')} of a text. Write fewer, or train with a higher training.noiseRate or a smaller training.meanSpan.`,
    );
  if (ids.length > encoder.maxLength)
    throw new UserError(
      `${origin}: the text has ${ids.length} tokens, the model has positions for ${encoder.maxLength}. Shorten it.`,
    );
  return { tokens, ids };
}

/** Measures a model while it trains; answers are made greedily. */
function denoisingEvaluator(
  config: DenoisingConfig,
  {
    model,
    encoding,
    validation,
  }: Pick<DenoisingTask, 'model' | 'encoding'> & { validation: TokenSequences | undefined },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const { tokenizer, vocabulary } = encoding;
  const evaluator = new Evaluator(engine, model, parameters, { source: encoding, target: encoding });
  const corrupted = validation && corruptedForMeasuring(validation, encoding, config);
  const drawn = drawIndices(validation ? countOf(validation) : 0, config.training.validation.examples);
  const data = corrupted && onlyThese(corrupted, drawn);
  const spell = (ids: Iterable<number>) => tokenizer.detokenize(vocabulary.decode(ids));
  return {
    async validate(metrics) {
      return data ? languageMetrics(await evaluator.sums(data), metrics) : {};
    },
    async samples() {
      if (!corrupted) return [];
      const shown = drawn.slice(0, SAMPLES).map((index) => corrupted.batch(Int32Array.of(index)));
      const sources = packSequences(shown.map(({ source }) => source.data));
      const answers = await evaluator.predictor.answer(sources);
      return shown.map(({ source, labels }, i) => ({
        source: spell(source.data),
        target: spell(labels.data),
        prediction: spell(answers[i]![0]!.ids),
      }));
    },
  };
}
