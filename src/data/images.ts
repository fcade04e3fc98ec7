/** Images of one size. */
export interface Images {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** In [0, 1], image by image, channel by channel, row by row. */
  readonly values: Float32Array;
  /** Of each image, where each is a file of its own. */
  readonly names?: readonly string[];
}

/** The images with the given indices. */
export function someImages(images: Images, indices: readonly number[]): Images {
  const size = images.channels * images.height * images.width;
  const values = new Float32Array(indices.length * size);
  indices.forEach((from, to) =>
    values.set(images.values.subarray(from * size, (from + 1) * size), to * size),
  );
  const { names } = images;
  return { ...images, values, ...(names && { names: indices.map((i) => names[i]!) }) };
}
