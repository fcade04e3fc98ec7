import { FRAMES_PER_SECOND } from '../data/audio/melSpectrogram.js';
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
  if (examples.train.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more recordings, or smaller shares.');
  const encoding = buildSpeechEncoding(config, examples.train, known);
  const model = buildSpeechModel(config, encoding);
  const part = (some: readonly Spoken[]) =>
    some.length > 0 ? encodeSpeech(some, encoding, config, model).dataset : undefined;
  const encoded = encodeSpeech(examples.train, encoding, config, model);
  const train = encoded.dataset;
  const drawn = drawExamples(
    examples.validation.map((spoken) => ({ spoken, source: spoken.name })),
    training.validation.examples,
  );
  const validation = part(drawn.map(({ spoken }) => spoken));
  const seconds = train.sources.lengths.reduce((sum, frames) => sum + frames, 0) / FRAMES_PER_SECOND;
  return {
    ...buildOptimization(training, train),
    encoding,
    train,
    model,
    reads: undefined,
    heldOut: { validation: validation?.examples.length, test: part(examples.test)?.examples.length },
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
      notes: speechNotes(encoded),
      model: `${encoding.text.vocabulary.size} tokens`,
    },
    createEvaluator: (engine, parameters) =>
      speechEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
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
    scaling: { names, scaler, means: scaler.means },
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

/** @throws UserError naming a recording that lasts too long for the limits, or that is too short for its text. */
export function encodeSpeech(
  spoken: readonly Spoken[],
  encoding: SpeechEncoding,
  { data: { source, limits } }: SpeechConfig,
  model: CtcModel<FrameEncoder>,
): EncodedSpeech {
  const { maxSeconds = Infinity, onTooLong } = limits;
  const { tokenizer, vocabulary } = encoding.text;
  const { stride } = model;
  const examples: Example[] = [];
  const kept: Float32Array[] = [];
  const targets = new SequencePacker();
  let [tooLong, tooShort, unknownTokens] = [0, 0, 0];
  for (const { frames, text, name, origin } of spoken) {
    const count = frames.length / source.bands;
    const target = vocabulary.encode(tokenizer.tokenize(text));
    if (count > maxSeconds * FRAMES_PER_SECOND) {
      if (onTooLong === 'error')
        throw new UserError(
          `${origin}: the recording lasts ${(count / FRAMES_PER_SECOND).toFixed(1)} s, longer than data.limits.maxSeconds ${maxSeconds}. Cut it, raise maxSeconds, or set onTooLong: skip.`,
        );
      tooLong++;
    } else if (onTooLong === 'skip' && !isAlignable(target, count, stride)) tooShort++;
    else {
      examples.push({ source: name, references: [text], origin });
      kept.push(frames);
      targets.push(target);
      unknownTokens += target.filter((id) => id === UNKNOWN).length;
    }
  }
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
