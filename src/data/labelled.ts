import { someImages, type Images } from './images.js';
import type { SplitMarks } from './splitMarks.js';

/** A text and its class. */
export interface LabelledText extends SplitMarks {
  readonly text: string;
  /** A second text, where the model reads one beside the first. */
  readonly context?: string;
  readonly label: string;
  /** Where it stands, for messages. */
  readonly origin: string;
}

/** Images of one size, and their classes. */
export interface LabelledImages extends Images {
  readonly labels: readonly string[];
  /** Where they stand, for messages. */
  readonly origin: string;
  /** Of each recording, the deviation of its log-mel energies, by which they were divided. */
  readonly deviations?: readonly number[];
  /** Of each, what it shares with others that must stay in the same part of the data. */
  readonly groups?: readonly string[];
  /** Of each, when it was, where the data are split by time. */
  readonly times?: readonly number[];
  /** Of each recording, how long it is. */
  readonly seconds?: readonly number[];
}

/** The images with the given indices. */
export function takeImages(images: LabelledImages, indices: readonly number[]): LabelledImages {
  const taken = <T>(of: readonly T[]) => indices.map((i) => of[i]!);
  const { labels, seconds, deviations, groups, times } = images;
  return {
    ...images,
    ...someImages(images, indices),
    labels: taken(labels),
    ...(deviations && { deviations: taken(deviations) }),
    ...(groups && { groups: taken(groups) }),
    ...(times && { times: taken(times) }),
    ...(seconds && { seconds: taken(seconds) }),
  };
}
