import type { HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';

/** A value of a batch that is NaN or infinite. */
export interface NotFinite {
  readonly input: string;
  readonly value: number;
  /** Where it stands: an index for each axis. */
  readonly place: readonly number[];
}

/** The first value that is not finite of each input that has one. */
export function findNotFinite(batch: Feeds): NotFinite[] {
  return Object.entries(batch).flatMap(([input, { shape, data }]) => {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return [];
    const at = data.findIndex((value) => !Number.isFinite(value));
    return at < 0 ? [] : [{ input, value: data[at]!, place: placeOf(at, shape) }];
  });
}

/** The index along each axis of the flat index `at`. */
function placeOf(at: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  for (const length of shape.toReversed()) {
    place.unshift(at % length);
    at = Math.floor(at / length);
  }
  return place;
}

/** The values with 0 for those that are not finite. */
export function zeroNotFinite({ dtype, shape, data }: HostTensor): HostTensor {
  const zeroed = (data as Float32Array).map((value) => (Number.isFinite(value) ? value : 0));
  return { dtype, shape, data: zeroed };
}

/** A loss that is not finite because of a value in the data. @param example `exampleIndex` of the row, where that is known. */
export function badDataError(
  step: number,
  lossSum: number,
  { input, value, place }: NotFinite,
  example?: number,
): UserError {
  const row = example === undefined ? '' : ` (exampleIndex ${example})`;
  return new UserError(
    `The loss became ${lossSum} at step ${step}, for the input '${input}' has ${value} at [${place.join(', ')}] of the batch${row}. Give the data finite numbers: leave such examples out, or fill in what is missing.`,
  );
}
