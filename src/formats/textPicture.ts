/** A picture as numbers: an image, or a spectrogram. */
export interface Picture {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Channel by channel, row by row. [channels · height · width] */
  readonly values: ArrayLike<number>;
}

export interface TextPictureOptions {
  /** At most so many characters wide; it is not stretched. */
  readonly columns: number;
  /** What is shown dark and what bright; by default the least and the largest value. */
  readonly range?: readonly [least: number, most: number];
}

const SHADES = ' ░▒▓█';

/** The least and the largest value of pictures that are to be shown alike. */
export function rangeOf(...pictures: readonly Picture[]): [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity];
  for (const { values } of pictures)
    for (let i = 0; i < values.length; i++) {
      least = Math.min(least, values[i]!);
      most = Math.max(most, values[i]!);
    }
  return [least, most];
}

/**
 * A picture in five shades for a terminal, of which a character is about twice as high as wide: each stands for the mean
 * of a square's worth of pixels over all channels, brighter for more.
 * @returns lines of equal length.
 */
export function textPicture(picture: Picture, { columns, range }: TextPictureOptions): string[] {
  const { channels, height, width, values } = picture;
  const [least, most] = range ?? rangeOf(picture);
  const across = Math.max(1, Math.min(columns, width));
  const down = Math.max(1, Math.round((height * across) / width / 2));
  const mean = (row: number, column: number) => {
    const [top, bottom] = bounds(row, down, height);
    const [left, right] = bounds(column, across, width);
    let total = 0;
    for (let c = 0; c < channels; c++)
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) total += values[(c * height + y) * width + x]!;
    return total / (channels * (bottom - top) * (right - left));
  };
  return Array.from({ length: down }, (_, row) =>
    Array.from({ length: across }, (_, column) => {
      const share = most > least ? (mean(row, column) - least) / (most - least) : 0;
      const shade = Math.floor(share * SHADES.length);
      return SHADES[Math.max(0, Math.min(SHADES.length - 1, shade))]!;
    }).join(''),
  );
}

/** The pixels that cell `index` of `cells` stands for: at least one. */
function bounds(index: number, cells: number, pixels: number): [from: number, to: number] {
  const from = Math.floor((index * pixels) / cells);
  return [from, Math.max(from + 1, Math.floor(((index + 1) * pixels) / cells))];
}
