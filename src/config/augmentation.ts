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
import type { TrainingData } from '../data/trainingData.js';
import type { AugmentationConfig } from './augmentationSchema.js';

/** Training data whose examples are changed anew in every epoch, where a configuration asks for it. */
export function augmented(
  data: TrainingData,
  asked: readonly AugmentationConfig[],
  { seed, input }: { readonly seed: number; readonly input: string },
): TrainingData {
  if (asked.length === 0) return data;
  const batches = data.plan({ batchSize: 1024 }, { seed, epoch: 0 });
  const count = batches.reduce((most, batch) => batch.reduce((a, b) => Math.max(a, b + 1), most), 0);
  const changes = asked.map((each) => augmentationOf(each, input));
  return new AugmentedData(data, count, changes, { seed });
}

function augmentationOf(config: AugmentationConfig, input: string): Augmentation {
  switch (config.type) {
    case 'token-dropout':
      return dropTokens(config);
    case 'rotate-tokens':
      return rotateTokens();
    case 'shift-images':
      return shiftImages(config);
    case 'flip-images':
      return flipImages();
    case 'crop-images':
      return cropImages(config);
    case 'shift-series':
      return shiftSeries({ ...config, input });
    case 'noise':
      return addNoise({ ...config, input });
  }
}
