import { extendKey, randomBits, randomNormal, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { START, UNKNOWN } from '../text/vocabulary.js';
import type { Augmentation } from './augmentedData.js';
import { eachExample, offset } from './eachExample.js';
import { textRows } from './textRows.js';

/** Changes each channel of an image [channels, height, width] in place. */
function eachPlane(
  values: Float32Array,
  [channels, height, width]: readonly number[],
  change: (plane: Float32Array, height: number, width: number) => void,
): void {
  const size = height! * width!;
  for (let c = 0; c < channels!; c++) change(values.subarray(c * size, (c + 1) * size), height!, width!);
}

/**
 * Moves images by up to so many pixels each way; what comes in is 0.
 * @param options `input`: of shape [batch, channels, height, width], 'image' by default.
 * @throws UserError unless `pixels` is a whole number from 1.
 */
export function shiftImages({ pixels, input = 'image' }: { pixels: number; input?: string }): Augmentation {
  requireOptions('shiftImages', 'a whole number from 1', { pixels });
  return eachExample(input, ({ values, shape, key }) => {
    const [down, right] = [offset(key, 0, pixels), offset(key, 1, pixels)];
    eachPlane(values, shape, (plane, height, width) => {
      const old = plane.slice();
      plane.fill(0);
      const last = Math.min(height, height + down);
      for (let y = Math.max(0, down); y < last; y++) {
        const row = y * width;
        const from = (y - down) * width - right;
        const end = Math.min(width, width + right);
        for (let x = Math.max(0, right); x < end; x++) plane[row + x] = old[from + x]!;
      }
    });
  });
}

/** Mirrors half of the images, left to right. @param options `input` as {@link shiftImages} has it. */
export function flipImages({ input = 'image' }: { input?: string } = {}): Augmentation {
  return eachExample(input, ({ values, shape, key }) => {
    if (randomBits(key, 0) % 2 === 0) return;
    eachPlane(values, shape, (plane, height, width) => {
      for (let y = 0; y < height; y++)
        for (let left = y * width, right = left + width - 1; left < right; left++, right--)
          [plane[left], plane[right]] = [plane[right]!, plane[left]!];
    });
  });
}

/**
 * Cuts a part out of each image, of a side between `least` and all of its sides, and stretches it to the whole, by
 * bilinear interpolation.
 * @param options `input` as {@link shiftImages} has it.
 * @throws UserError unless 0 < least < 1.
 */
export function cropImages({ least, input = 'image' }: { least: number; input?: string }): Augmentation {
  requireOptions('cropImages', 'above 0 and below 1', { least });
  return eachExample(input, ({ values, shape, key }) => {
    const side = least + (1 - least) * randomUniform(key, 0);
    const rows = stretch(shape[1]!, side, randomUniform(key, 1));
    const columns = stretch(shape[2]!, side, randomUniform(key, 2));
    eachPlane(values, shape, (plane, height, width) => {
      const old = plane.slice();
      const between = new Float32Array(width);
      for (let y = 0; y < height; y++) {
        const above = rows.first[y]! * width;
        const below = rows.second[y]! * width;
        const down = rows.share[y]!;
        for (let x = 0; x < width; x++)
          between[x] = old[above + x]! + down * (old[below + x]! - old[above + x]!);
        for (let x = 0; x < width; x++) {
          const left = between[columns.first[x]!]!;
          plane[y * width + x] = left + columns.share[x]! * (between[columns.second[x]!]! - left);
        }
      }
    });
  });
}

/**
 * Where the places of an axis lie in a part of it that is stretched to the whole: between which two, and how near to the
 * second. @param side share of the axis. @param at where it begins, as a share of the room that there is.
 */
function stretch(size: number, side: number, at: number) {
  const [first, second, share] = [new Int32Array(size), new Int32Array(size), new Float32Array(size)];
  const start = at * (1 - side) * (size - 1);
  for (let i = 0; i < size; i++) {
    const from = start + i * side;
    first[i] = Math.min(Math.floor(from), size - 1);
    second[i] = Math.min(Math.floor(from) + 1, size - 1);
    share[i] = from - Math.floor(from);
  }
  return { first, second, share };
}

/**
 * Moves series by up to so many steps, round the end or with zeros coming in.
 * @param options `input`: of shape [batch, time] or [batch, time, variables]; `cyclic`: true by default.
 * @throws UserError unless `steps` is a whole number from 1.
 */
export function shiftSeries({
  steps,
  input,
  cyclic = true,
}: {
  steps: number;
  input: string;
  cyclic?: boolean;
}): Augmentation {
  requireOptions('shiftSeries', 'a whole number from 1', { steps });
  return eachExample(input, ({ values, shape: [time, variables = 1], key }) => {
    const by = offset(key, 0, steps);
    const old = values.slice();
    for (let t = 0; t < time!; t++) {
      const from = cyclic ? (((t - by) % time!) + time!) % time! : t - by;
      for (let v = 0; v < variables; v++)
        values[t * variables + v] = from < 0 || from >= time! ? 0 : old[from * variables + v]!;
    }
  });
}

/**
 * Adds normal noise to every value.
 * @throws UserError unless `deviation` is above 0.
 */
export function addNoise({ deviation, input }: { deviation: number; input: string }): Augmentation {
  requireOptions('addNoise', 'a finite number above 0', { deviation });
  return eachExample(input, ({ values, key }) => {
    for (let i = 0; i < values.length; i++) values[i]! += deviation * randomNormal(key, i);
  });
}

/** Changes the real tokens of each row of a padded input of ids in place. */
function eachText(input: string, change: (ids: Int32Array, key: number) => void): Augmentation {
  return (feeds, keys) => {
    textRows(feeds, input).forEach((ids, b) => {
      change(ids, keys[b]!);
    });
  };
}

/**
 * Replaces tokens by <unknown> with some probability (word dropout, Iyyer et al. 2015), so that a model relies on none of
 * them alone, and learns what to make of tokens that it does not know.
 * @param options `input`: ids of shape [batch, time], 'source' by default, 'targetInput' of a language model (Bowman et al.
 * 2016), of which START stays; `ordinaryEnd`: ids from it on are reserved and stay, as masks do; by default there are none.
 * @throws UserError unless 0 < rate < 1.
 */
export function dropTokens({
  rate,
  input = 'source',
  ordinaryEnd = Infinity,
}: {
  rate: number;
  input?: string;
  ordinaryEnd?: number;
}): Augmentation {
  requireOptions('dropTokens', 'above 0 and below 1', { rate });
  return eachText(input, (ids, key) => {
    for (let t = 0; t < ids.length; t++)
      if (ids[t] !== START && ids[t]! < ordinaryEnd && randomUniform(key, t) < rate) ids[t] = UNKNOWN;
  });
}

/**
 * Turns token sequences round by any number of places: what leaves at the end comes in at the beginning. For data whose
 * beginning means nothing, as rings and periods.
 * @param options `input` as {@link dropTokens} has it.
 */
export function rotateTokens({ input = 'source' }: { input?: string } = {}): Augmentation {
  return eachText(input, (ids, key) => {
    const by = Math.floor(randomUniform(extendKey(key, 1), 0) * ids.length);
    const old = ids.slice();
    for (let t = 0; t < ids.length; t++) ids[t] = old[(t + by) % ids.length]!;
  });
}
