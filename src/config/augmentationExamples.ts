import type { TrainingData } from '../data/trainingData.js';
import type { Feeds } from '../engine/feeds.js';
import type { Picture } from '../formats/textPicture.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { augmented } from './augmentation.js';
import type { AugmentationConfig } from './augmentationSchema.js';

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
 * @param options `seed` and `input` as `augmented` has them; `reads`: of texts, how they become ids.
 */
export function augmentationExamples(
  data: TrainingData,
  asked: readonly AugmentationConfig[],
  {
    reads,
    ...options
  }: { readonly seed: number; readonly input: string; readonly reads: TextEncoding | undefined },
): AugmentationExample[] {
  if (asked.length === 0) return [];
  const [looked] = data.plan({ batchSize: LOOKED_AT }, { seed: options.seed, epoch: 0 });
  const input = reads ? 'source' : options.input;
  return asked.map((augmentation, i) => {
    const upTo = (count: number) => augmented(data, asked.slice(0, count), options);
    const [without, including] = [upTo(i), upTo(i + 1)];
    // Indices of the first epoch are those of the examples.
    const tried = Array.from(looked!, (example) => {
      const [before, after] = [without, including].map((each) => each.batch(Int32Array.of(example))[input]!);
      return { example, before: before!, after: after!, changed: differences(before!, after!) };
    });
    const { example, before, after, changed } = tried.find((each) => each.changed > 0) ?? tried[0]!;
    const read = (tensor: Feeds[string]) => readExample(tensor, reads);
    return { augmentation, example, changed, before: read(before), after: read(after) };
  });
}

function differences({ data: before }: Feeds[string], { data: after }: Feeds[string]): number {
  return Array.from(before as ArrayLike<number>).filter((value, i) => value !== after[i]).length;
}

/** @param tensor [1, tokens], [1, channels, height, width] or [1, rows, variables]. */
function readExample({ shape, data }: Feeds[string], reads: TextEncoding | undefined): ReadExample {
  if (reads) return { tokens: reads.vocabulary.decode(data as Int32Array) };
  const values = data as Float32Array;
  const [, first, second, third] = shape as [number, number, number, number?];
  if (third === undefined) return { series: values, variables: second };
  return { picture: { channels: first, height: second, width: third, values } };
}
