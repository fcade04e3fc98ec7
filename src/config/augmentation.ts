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
import type { TextInput } from './augmentable.js';
import type { AugmentationConfig } from './augmentationSchema.js';
import type { Config } from './schema.js';
import type { Task } from './task.js';

/** The training data of a task, whose examples are changed anew in every epoch where its configuration asks for it. */
export function augmented(config: Config, task: Task): TrainingData {
  const asked: readonly AugmentationConfig[] = config.training.augment;
  if (asked.length === 0) return task.train;
  const { seed } = config.training;
  const changes = asked.flatMap((each) => augmentationsOf(each, config, task));
  return new AugmentedData(task.train, countOf(task.train, seed), changes, { seed });
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
  { task }: Config,
  { reads, augmentable: { texts = [], sounds } = {} }: Task,
): Augmentation[] {
  const input = numberInputs[task] ?? 'image';
  switch (asked.type) {
    case 'bpe-dropout':
      // Texts that are masked or corrupted are cut before that, by the data themselves.
      return texts.filter(({ name }) => isCut(name, asked)).map((text) => recutting(text, asked));
    case 'token-dropout': {
      const ordinaryEnd = reads?.vocabulary.ordinaryEnd;
      const tokens = task === 'language-model' ? 'targetInput' : 'source';
      return [dropTokens({ ...asked, input: tokens, ordinaryEnd })];
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

/** Where the numbers of a task stand that are not pictures. */
const numberInputs: Partial<Record<Config['task'], string>> = {
  forecasting: 'series',
  regression: 'vector',
};

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
