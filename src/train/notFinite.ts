import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';

/** A value of a batch that is NaN or infinite. */
export interface NotFinite {
  readonly input: string;
  readonly value: number;
  /** Where it stands: an index for each axis. */
  readonly place: readonly number[];
}

const isInfinite = (value: number) => Math.abs(value) === Infinity;

/** The first infinite value of each input that has one; then the first NaN of each, which may be legal. */
export function findNotFinite(batch: Feeds): NotFinite[] {
  return [isInfinite, Number.isNaN].flatMap((isBad) =>
    Object.entries(batch).flatMap(([input, { shape, data }]) => {
      if (!(data instanceof Float32Array || data instanceof Float64Array)) return [];
      const at = data.findIndex(isBad);
      return at < 0 ? [] : [{ input, value: data[at]!, place: placeOf(at, shape) }];
    }),
  );
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

/** The batch with 0 for all values of the input that are bad in the same way: NaN, or infinite. */
export function withoutBad(batch: Feeds, { input, value: bad }: NotFinite): Feeds {
  const isBad = Number.isNaN(bad) ? Number.isNaN : isInfinite;
  const value = batch[input]!;
  const data = (value.data as Float32Array).map((each) => (isBad(each) ? 0 : each));
  return { ...batch, [input]: { ...value, data } };
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
    `The loss became ${lossSum} at step ${step}, because the input '${input}' has ${value} at [${place.join(', ')}] of the batch${row}. Give the data finite numbers: leave such examples out, or fill in what is missing.`,
  );
}
