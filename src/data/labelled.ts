import { someImages, type Images } from './images.js';

/** A text and its class. */
export interface LabelledText {
  readonly text: string;
  /** A second text, where the model reads one beside the first. */
  readonly context?: string;
  readonly label: string;
  /** What it shares with others that must stay in the same part of the data, such as a speaker. */
  readonly group?: string;
  /** Where it stands, for messages. */
  readonly origin: string;
}

/** Images of one size, and their classes. */
export interface LabelledImages extends Images {
  readonly labels: readonly string[];
  /** Where they stand, for messages. */
  readonly origin: string;
}

/** The images with the given indices. */
export function takeImages(images: LabelledImages, indices: readonly number[]): LabelledImages {
  return { ...images, ...someImages(images, indices), labels: indices.map((i) => images.labels[i]!) };
}
