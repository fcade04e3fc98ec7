/**
 * After how many rows a series repeats itself: the first lag, among those whose autocorrelation is a local maximum, that
 * comes near the highest of them.
 * @param values one variable, in the order of time.
 * @param most longest period that is looked for.
 * @returns undefined where no lag stands out.
 */
export function findPeriod(values: readonly number[], most: number): number | undefined {
  const last = Math.min(most, Math.floor(values.length / 3));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const at = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < centred.length; i++) sum += centred[i]! * centred[i - lag]!;
    return sum;
  };
  const variance = at(0);
  if (!(variance > 0)) return undefined;
  const correlations = Array.from({ length: last + 2 }, (_, lag) => at(lag) / variance);
  const peaks = correlations.flatMap((value, lag) =>
    lag >= 2 && lag <= last && value > correlations[lag - 1]! && value >= correlations[lag + 1]!
      ? [{ lag, value }]
      : [],
  );
  const highest = Math.max(...peaks.map(({ value }) => value));
  return highest < CLEAR ? undefined : peaks.find(({ value }) => value >= NEAR * highest)?.lag;
}

/** Autocorrelation below which a maximum is chance, and the share of the highest that counts as near. */
const CLEAR = 0.2;
const NEAR = 0.9;
