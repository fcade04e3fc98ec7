import type { Feeds } from '../engine/feeds.js';
import type { Picture } from '../formats/textPicture.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { augmented, inputOf, type AugmentedTask } from './augmentation.js';
import type { AugmentationConfig } from './augmentationSchema.js';
import type { Config } from './schema.js';

/** An example as a model reads it. */
export type ReadExample =
  | { readonly tokens: readonly string[] }
  | { readonly picture: Picture }
  /** Row by row, scaled. */
  | { readonly series: Float32Array; readonly variables: number };

/** What an augmentation makes of a training example. */
export interface AugmentationExample {
  readonly augmentation: AugmentationConfig;
  /** Which of the training examples it is, from 0. */
  readonly example: number;
  /** Tokens, pixels or values that are other ones afterwards; 0 where none of the examples that were looked at is changed. */
  readonly changed: number;
  /** After the augmentations before this one. */
  readonly before: ReadExample;
  readonly after: ReadExample;
}

/** Examples that are looked at for one that an augmentation changes. */
const LOOKED_AT = 64;

/**
 * What each augmentation makes of a training example in the first epoch, drawn as training draws it: of the first examples
 * of that epoch the first one that it changes.
 * Augmentations that the data make themselves, before they mask or corrupt texts, are left out.
 */
export function augmentationExamples(config: Config, task: AugmentedTask): AugmentationExample[] {
  const asked: readonly AugmentationConfig[] = config.training.augment;
  if (asked.length === 0) return [];
  const { seed } = config.training;
  const [looked] = task.train.plan({ batchSize: LOOKED_AT }, { seed, epoch: 0 });
  return asked.flatMap((augmentation, i) => {
    const place = inputOf(augmentation, config, task);
    if (!place) return [];
    const upTo = (count: number) => augmented(config, task, asked.slice(0, count));
    const [without, including] = [upTo(i), upTo(i + 1)];
    // Indices of the first epoch are those of the examples.
    const tried = Array.from(looked!, (example) => {
      const [before, after] = [without, including].map(
        (each) => each.batch(Int32Array.of(example))[place.input]!,
      );
      return { example, before: before!, after: after!, changed: differences(before!, after!) };
    });
    const { example, before, after, changed } = tried.find((each) => each.changed > 0) ?? tried[0]!;
    const read = (tensor: Feeds[string]) => readExample(tensor, place.reads);
    return [{ augmentation, example, changed, before: read(before), after: read(after) }];
  });
}

function differences({ data: before }: Feeds[string], { data: after }: Feeds[string]): number {
  return Array.from(before as ArrayLike<number>).filter((value, i) => value !== after[i]).length;
}

/** @param tensor [1, tokens], [1, channels, height, width], [1, rows, variables] or [1, features]. */
function readExample({ shape, data }: Feeds[string], reads: TextEncoding | undefined): ReadExample {
  if (reads) return { tokens: reads.vocabulary.decode(data as Int32Array) };
  const values = data as Float32Array;
  const [, first, second = first, third] = shape as [number, number, number?, number?];
  if (third === undefined) return { series: values, variables: second };
  return { picture: { channels: first, height: second, width: third, values } };
}
