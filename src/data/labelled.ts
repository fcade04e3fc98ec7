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
export interface LabelledImages {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** In [0, 1], image by image, channel by channel, row by row. */
  readonly values: Float32Array;
  readonly labels: readonly string[];
  /** Where they stand, for messages. */
  readonly origin: string;
  /** Of each image, where each is a file of its own. */
  readonly names?: readonly string[];
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
  const size = images.channels * images.height * images.width;
  const values = new Float32Array(indices.length * size);
  indices.forEach((from, to) =>
    values.set(images.values.subarray(from * size, (from + 1) * size), to * size),
  );
  const taken = <T>(of: readonly T[]) => indices.map((i) => of[i]!);
  const { labels, names, seconds, deviations, groups, times } = images;
  return {
    ...images,
    values,
    labels: taken(labels),
    ...(names && { names: taken(names) }),
    ...(deviations && { deviations: taken(deviations) }),
    ...(groups && { groups: taken(groups) }),
    ...(times && { times: taken(times) }),
    ...(seconds && { seconds: taken(seconds) }),
  };
}
