import { AugmentedData, type Augmentation } from '../data/augmentedData.js';
import {
  addNoise,
  cropImages,
  dropTokens,
  flipImages,
  rotateTokens,
  shiftImages,
  shiftSeries,
} from '../data/augmentations.js';
import { FRAMES } from '../data/audio/melSpectrogram.js';
import { addSoundNoise, maskSpectrogram, shiftTime } from '../data/audio/soundAugmentations.js';
import { recutTargets, recutTexts } from '../data/recutTexts.js';
import { TextWindows } from '../data/textWindows.js';
import type { TrainingData } from '../data/trainingData.js';
import { bpeDropout, type Recut } from '../text/subwords/bpeDropout.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { TextInput } from './augmentable.js';
import type { AugmentationConfig } from './augmentationSchema.js';
import { vectorInput } from './buildVectorFeatures.js';
import type { Config } from './schema.js';
import type { Task } from './task.js';

/** What of a task augmentations are made for. */
export type AugmentedTask = Pick<Task, 'train' | 'reads' | 'augmentable'>;

/**
 * The training data of a task, whose examples are changed anew in every epoch where its configuration asks for it.
 * @param asked for the first few of the augmentations; all by default.
 */
export function augmented(
  config: Config,
  task: AugmentedTask,
  asked: readonly AugmentationConfig[] = config.training.augment,
): TrainingData {
  if (asked.length === 0) return task.train;
  const { seed } = config.training;
  const changes = asked.flatMap((each) => augmentationsOf(each, config, task));
  return new AugmentedData(task.train, countOf(task.train, seed), changes, { seed });
}

/** An input that an augmentation changes, and how its tokens are spelt where it has such. */
export interface AugmentedInput {
  readonly input: string;
  readonly reads: TextEncoding | undefined;
}

/** The first input of a task that an augmentation changes; undefined where the data do so themselves. */
export function inputOf(
  asked: AugmentationConfig,
  config: Config,
  { reads, augmentable: { texts = [] } = {} }: AugmentedTask,
): AugmentedInput | undefined {
  switch (asked.type) {
    case 'bpe-dropout': {
      const text = texts.find(({ name }) => isCut(name, asked));
      return text && { input: text.name === 'target' ? 'targetInput' : text.name, reads: text.encoding };
    }
    case 'token-dropout':
    case 'rotate-tokens':
      return { input: tokensOf(config), reads };
    default:
      return { input: numbersOf(config), reads: undefined };
  }
}

/** The input of tokens that a model reads. */
function tokensOf({ task }: Config): string {
  return task === 'language-model' ? 'targetInput' : 'source';
}

/** The input of pictures or other numbers that a model reads. */
function numbersOf(config: Config): string {
  switch (config.task) {
    case 'forecasting':
      return 'series';
    case 'speech-recognition':
      return 'frames';
    case 'regression':
      return config.data.source.features ? vectorInput : 'image';
    case 'classification':
    case 'multi-label': {
      const { source } = config.data;
      return 'file' in source && source.columns.features ? vectorInput : 'image';
    }
    default:
      return 'image';
  }
}

/** How a configuration cuts texts anew; undefined where it does not. @param text see {@link TextInput}. */
export function recutOf(
  asked: readonly AugmentationConfig[],
  { encoding, maxLength }: Pick<TextInput, 'encoding' | 'maxLength'>,
): Recut | undefined {
  const dropout = asked.find((each) => each.type === 'bpe-dropout');
  return dropout && bpeDropout(encoding, { rate: dropout.rate, maxLength });
}

/** What the indices of examples are below, in every epoch. */
function countOf(data: TrainingData, seed: number): number {
  // Their windows begin elsewhere in every epoch.
  if (data instanceof TextWindows) return data.ids.length;
  const batches = data.plan({ batchSize: 1024 }, { seed, epoch: 0 });
  return batches.reduce((most, batch) => batch.reduce((a, b) => Math.max(a, b + 1), most), 0);
}

function augmentationsOf(
  asked: AugmentationConfig,
  config: Config,
  { reads, augmentable: { texts = [], sounds } = {} }: AugmentedTask,
): Augmentation[] {
  const input = numbersOf(config);
  switch (asked.type) {
    case 'bpe-dropout':
      // Texts that are masked or corrupted are cut before that, by the data themselves.
      return texts.filter(({ name }) => isCut(name, asked)).map((text) => recutting(text, asked));
    case 'token-dropout': {
      const ordinaryEnd = reads?.vocabulary.ordinaryEnd;
      return [dropTokens({ ...asked, input: tokensOf(config), ordinaryEnd })];
    }
    case 'rotate-tokens':
      return [rotateTokens()];
    case 'shift-images':
      return [shiftImages(asked)];
    case 'flip-images':
      return [flipImages()];
    case 'crop-images':
      return [cropImages(asked)];
    case 'shift-time':
      return [shiftTime({ frames: framesOf(asked) })];
    case 'sound-noise':
      return sounds ? [addSoundNoise({ ...asked, sounds })] : [];
    case 'mask-spectrogram':
      return [maskSpectrogram({ ...asked, frames: framesOf(asked) })];
    case 'shift-series':
      return [shiftSeries({ ...asked, input })];
    case 'noise':
      return [addNoise({ ...asked, input })];
  }
}

function framesOf({ milliseconds }: { readonly milliseconds: number }): number {
  return Math.round((milliseconds / 1000) * FRAMES);
}

type BpeDropoutConfig = Extract<AugmentationConfig, { type: 'bpe-dropout' }>;

function isCut(name: TextInput['name'], asked: BpeDropoutConfig): boolean {
  const side = 'side' in asked ? asked.side : 'both';
  return side === 'both' || side === name;
}

function recutting({ name, encoding, maxLength }: TextInput, { rate }: BpeDropoutConfig): Augmentation {
  const recut = bpeDropout(encoding, { rate, maxLength });
  return name === 'target' ? recutTargets({ recut }) : recutTexts({ recut, input: name });
}
