import { FRAMES } from '../data/audio/melSpectrogram.js';
import type { Example } from '../data/examples.js';
import { hashNumbers } from '../data/fingerprint.js';
import { FrameSequences } from '../data/frameSequences.js';
import { SequencePacker } from '../data/sequences.js';
import { fitBands, SpokenDataset, type Spoken } from '../data/spokenDataset.js';
import type { SplitName } from '../data/split.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted } from '../formats/terminal.js';
import { ctcMetricNames } from '../metrics/metrics.js';
import { isAlignable, requireFrames } from '../models/alignable.js';
import { CtcModel } from '../models/ctcModel.js';
import {
  RecurrentFrameEncoder,
  TransformerFrameEncoder,
  type FrameEncoder,
} from '../models/encoders/frameEncoder.js';
import { UserError } from '../tensor/errors.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { UNKNOWN } from '../text/vocabulary.js';
import { CtcEvaluator } from '../train/ctcEvaluator.js';
import { recordingsForCtc } from '../train/ctcExamples.js';
import { chooseEncoding } from './chooseEncoding.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization } from './optimization.js';
import { drawExamples } from './pairTask.js';
import { scalingFile, scalingToJson, type Scaling } from './scaling.js';
import { onlyThese } from './someExamples.js';
import type { SpeechConfig } from './speechSchema.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';

/** How recordings become what a model reads, and texts what it writes. */
export interface SpeechEncoding {
  /** Of the bands of the spectrogram. */
  readonly scaling: Scaling;
  readonly text: TextEncoding;
}

/** Where a run keeps the tokenizer of its texts; the scaling of its bands stands in `scalingFile`. */
export const speechTokenizerFile = 'tokenizer.json';

/** A model that transcribes recordings, and its data. */
export interface SpeechTask extends Task {
  readonly encoding: SpeechEncoding;
  readonly train: SpokenDataset;
  readonly model: CtcModel<FrameEncoder>;
}

/** Recordings as a model reads them, and what became of the others. */
export interface EncodedSpeech {
  readonly dataset: SpokenDataset;
  /** Left out because they last too long (`onTooLong: skip`). */
  readonly tooLong: number;
  /** Left out because they are too short for their text (`onTooLong: skip`). */
  readonly tooShort: number;
  /** Tokens of the texts that the vocabulary lacks. */
  readonly unknownTokens: number;
}

/**
 * Builds what a configuration describes. Vocabulary and scaling come from the training split alone.
 * @throws UserError when the data do not fit the configuration, or CTC cannot align them.
 */
export function buildSpeechTask(
  config: SpeechConfig,
  examples: Readonly<Record<SplitName, readonly Spoken[]>>,
  known?: KnownEncodings,
): SpeechTask {
  const { training } = config;
  const drawn = drawSpoken(examples.validation, training.validation.examples);
  const parts = encodeSpeechParts(config, { ...examples, validation: drawn }, { known });
  const { encoding, model } = parts;
  const train = parts.train.dataset;
  const validation = parts.validation?.dataset;
  const seconds = train.sources.lengths.reduce((sum, frames) => sum + frames, 0) / FRAMES;
  return {
    ...buildOptimization(training, train),
    encoding,
    train,
    model,
    reads: undefined,
    heldOut: {
      validation: validation?.examples.length,
      test: parts.test?.dataset.examples.length,
    },
    fingerprint: hashNumbers(
      [train.sources.lengths, ...train.sources.recordings, train.targets.offsets, train.targets.ids],
      train.examples.length,
    ),
    files: {
      [speechTokenizerFile]: tokenizerToJson(encoding.text),
      [scalingFile]: scalingToJson(encoding.scaling),
    },
    facts: {
      data: `${counted(train.examples.length, 'recording')} (${(seconds / 60).toFixed(1)} minutes)`,
      notes: speechNotes(parts.train),
      model: `${encoding.text.vocabulary.size} tokens`,
    },
    createEvaluator: (engine, parameters) =>
      speechEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/** Why a recording is left out. */
export type LeftOutSpeech = 'too-long' | 'too-short';

/** The parts of the data as a model reads them; undefined where there are none. */
export interface EncodedSpeechParts {
  readonly encoding: SpeechEncoding;
  readonly model: CtcModel<FrameEncoder>;
  readonly train: EncodedSpeech;
  readonly validation: EncodedSpeech | undefined;
  readonly test: EncodedSpeech | undefined;
}

/**
 * Learns tokens and scaling from the training part, and encodes all parts within the limits.
 * @param options `onLeftOut`: told of each recording that is left out.
 * @throws UserError when the data do not fit the configuration, or CTC cannot align them.
 */
export function encodeSpeechParts(
  config: SpeechConfig,
  examples: Readonly<Record<SplitName, readonly Spoken[]>>,
  {
    known,
    onLeftOut,
  }: {
    readonly known?: KnownEncodings | undefined;
    readonly onLeftOut?: (part: SplitName, spoken: Spoken, reason: LeftOutSpeech) => void;
  } = {},
): EncodedSpeechParts {
  if (examples.train.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more recordings, or smaller shares.');
  const encoding = buildSpeechEncoding(config, examples.train, known);
  const model = buildSpeechModel(config, encoding);
  const encode = (part: SplitName) =>
    encodeSpeech(examples[part], encoding, config, model, (spoken, reason) =>
      onLeftOut?.(part, spoken, reason),
    );
  const some = (part: SplitName) => (examples[part].length > 0 ? encode(part) : undefined);
  return { encoding, model, train: encode('train'), validation: some('validation'), test: some('test') };
}

/** The validation recordings that are measured while a model trains; all by default. */
export function drawSpoken(spoken: readonly Spoken[], count: number | undefined): readonly Spoken[] {
  return drawExamples(
    spoken.map((each) => ({ each, source: each.name })),
    count,
  ).map(({ each }) => each);
}

/** The scaling of the bands and the tokens of the texts. @param train what they come from. */
export function buildSpeechEncoding(
  config: Pick<SpeechConfig, 'text' | 'data'>,
  train: readonly Spoken[],
  known?: KnownEncodings,
): SpeechEncoding {
  const { source, clean } = config.data;
  const texts = train.map(({ text }) => text);
  const scaler = fitBands(
    train.map(({ frames }) => frames),
    source.bands,
  );
  const names = scaler.means.map((_, band) => `band ${band + 1}`);
  return {
    scaling: { names, scaler, means: scaler.means, deviations: scaler.deviations },
    // What is written stays that of a run to start from only where its output layer is taken over.
    text: chooseEncoding('text', config.text, texts, { known: { text: known?.target }, clean }),
  };
}

/** The model that a configuration describes, without values. */
export function buildSpeechModel(
  { model: { encoder }, data: { source } }: SpeechConfig,
  { text }: Pick<SpeechEncoding, 'text'>,
): CtcModel<FrameEncoder> {
  const { bands } = source;
  return new CtcModel<FrameEncoder>({
    encoder:
      encoder.type === 'recurrent'
        ? new RecurrentFrameEncoder({ ...encoder, bands })
        : new TransformerFrameEncoder({ ...encoder, bands }),
    vocabularySize: text.vocabulary.size,
  });
}

/** Recordings as a model reads them. [recordings] */
export function encodeFrames(
  recordings: readonly Float32Array[],
  { scaling }: SpeechEncoding,
  { encoder: { bands, stride } }: CtcModel<FrameEncoder>,
): FrameSequences {
  const scaled = recordings.map((frames) => scaling.scaler.transform(frames));
  return new FrameSequences({ recordings: scaled, bands, stride });
}

/**
 * @param onLeftOut told of each recording that is left out.
 * @throws UserError naming a recording that lasts too long for the limits, or that is too short for its text.
 */
export function encodeSpeech(
  spoken: readonly Spoken[],
  encoding: SpeechEncoding,
  { data: { source, limits } }: SpeechConfig,
  model: CtcModel<FrameEncoder>,
  onLeftOut?: (spoken: Spoken, reason: LeftOutSpeech) => void,
): EncodedSpeech {
  const { maxSeconds = Infinity, onTooLong } = limits;
  const { tokenizer, vocabulary } = encoding.text;
  const { stride } = model;
  const examples: Example[] = [];
  const kept: Float32Array[] = [];
  const targets = new SequencePacker();
  const leftOut = { 'too-long': 0, 'too-short': 0 };
  const leaveOut = (one: Spoken, reason: LeftOutSpeech) => {
    leftOut[reason]++;
    onLeftOut?.(one, reason);
  };
  let unknownTokens = 0;
  for (const one of spoken) {
    const { frames, text, name, origin } = one;
    const count = frames.length / source.bands;
    const target = vocabulary.encode(tokenizer.tokenize(text));
    if (count > maxSeconds * FRAMES) {
      if (onTooLong === 'error')
        throw new UserError(
          `${origin}: the recording lasts ${(count / FRAMES).toFixed(1)} s, longer than data.limits.maxSeconds ${maxSeconds}. Cut it, raise maxSeconds, or set onTooLong: skip.`,
        );
      leaveOut(one, 'too-long');
    } else if (onTooLong === 'skip' && !isAlignable(target, count, stride)) leaveOut(one, 'too-short');
    else {
      examples.push({ source: name, references: [text], origin });
      kept.push(frames);
      targets.push(target);
      unknownTokens += target.filter((id) => id === UNKNOWN).length;
    }
  }
  const { 'too-long': tooLong, 'too-short': tooShort } = leftOut;
  if (examples.length === 0)
    throw new UserError(
      `all ${spoken.length} recordings are left out by data.limits: ${tooLong} last too long, ${tooShort} are too short for their texts. Raise maxSeconds, or lower the strides of model.encoder.convolutions.`,
    );
  const sources = encodeFrames(kept, encoding, model);
  const dataset = new SpokenDataset({ examples, sources, targets: targets.pack() });
  requireFrames(dataset, stride);
  return { dataset, tooLong, tooShort, unknownTokens };
}

/** What is odd about encoded recordings, in words. */
export function speechNotes({ tooLong, tooShort, unknownTokens }: EncodedSpeech): string[] {
  return [
    tooLong > 0 ? `${counted(tooLong, 'recording')} left out as too long (data.limits)` : '',
    tooShort > 0
      ? `${counted(tooShort, 'recording')} left out as too short for CTC to align the text with (data.limits)`
      : '',
    unknownTokens > 0
      ? `${counted(unknownTokens, 'token')} that the vocabulary lacks, read as <unknown> and never written`
      : '',
  ].filter(Boolean);
}

/** Measures a model while it trains; answers are best paths. */
function speechEvaluator(
  { metrics: textMetrics }: SpeechConfig,
  {
    model,
    encoding,
    validation,
  }: Pick<SpeechTask, 'model' | 'encoding'> & { readonly validation: SpokenDataset | undefined },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const evaluator = new CtcEvaluator(engine, model, parameters, encoding.text);
  return {
    async validate(metrics) {
      if (!validation) return {};
      const wanted = ctcMetricNames.filter((name) => metrics.includes(name));
      const data = recordingsForCtc(validation);
      return (await evaluator.evaluate(data, { metrics: wanted, textMetrics })).metrics;
    },
    async samples() {
      if (!validation) return [];
      const { sources, ...rest } = recordingsForCtc(validation);
      const examples = rest.examples.slice(0, SAMPLES);
      const shown = onlyThese(sources, [...examples.keys()]);
      const few = { ...rest, examples, sources: shown };
      const { answers } = await evaluator.evaluate(few, { metrics: ['exactMatch'] });
      return answers.map(({ source, references, prediction }) => ({
        source,
        target: references,
        prediction,
      }));
    },
  };
}
