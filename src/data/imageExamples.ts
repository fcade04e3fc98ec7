import type { LabelSet } from '../text/labelSet.js';
import type { LabelledImages } from './labelled.js';
import { classLabels } from './labels.js';
import { TensorExamples } from './tensorExamples.js';

/** What an image is called: the name of its file, where it has one of its own. */
export function nameOfImage({ names }: Pick<LabelledImages, 'names'>, index: number): string {
  return names?.[index] ?? `image ${index + 1}`;
}

/** The class of each image. @throws UserError naming the image whose label is none of the set. */
export function imageClasses(images: LabelledImages, labels: LabelSet): Int32Array {
  return Int32Array.from(images.labels, (label, i) =>
    labels.idOf(label, `${images.origin}: ${nameOfImage(images, i)}`),
  );
}

/**
 * Images with their classes (input `image` [batch, channels, height, width]), as a `Classifier` with an `ImageEncoder` reads
 * them: of a folder from `readImageFolder`, of recordings from `readRecordings`, of some of them by `takeImages`.
 * @throws UserError naming the image whose label is none of the set.
 */
export function imageExamples(images: LabelledImages, labels: LabelSet): TensorExamples {
  return examplesOfClasses(images, imageClasses(images, labels));
}

/** Images whose classes are known already, one each. */
export function examplesOfClasses(
  { channels, height, width, values }: LabelledImages,
  classes: Int32Array,
): TensorExamples {
  return new TensorExamples({
    input: 'image',
    shape: [channels, height, width],
    values,
    labels: [classLabels(classes)],
  });
}
