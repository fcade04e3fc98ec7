import { randomKey, randomNormal, randomUniform } from '../tensor/random.js';

/** A probability density on [0, 1] that can be drawn from. */
export interface Density {
  at(place: number): number;
  /** @param key of the random numbers. */
  draw(key: number): number;
}

/** Draws beyond [0, 1] in a row after which the nearest end is taken: a kernel's centre lies within, so this is rare. */
const TRIES = 100;

/**
 * Parzen estimator on [0, 1] with adaptive widths (Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization"):
 * the even mixture of a normal kernel at each point and of a wide one in the middle, the prior, all cut off at 0 and 1.
 * A kernel is as wide as the larger distance to its neighbours (the ends counted among them), at least 1 ÷ (1 + points)
 * so that few points do not narrow the search, and never below 0.01.
 */
export function parzenDensity(points: readonly number[]): Density {
  const least = 1 / Math.min(100, 1 + points.length);
  const sorted = [...points].sort((a, b) => a - b);
  const kernels = sorted.map((mean, i) => {
    const gap = Math.max(mean - (sorted[i - 1] ?? 0), (sorted[i + 1] ?? 1) - mean);
    return kernel(mean, Math.min(1, Math.max(least, gap)));
  });
  kernels.push(kernel(0.5, 1));
  return {
    at: (place) => kernels.reduce((sum, { at }) => sum + at(place), 0) / kernels.length,
    draw(key) {
      const { mean, width } = kernels[Math.floor(randomUniform(key, 0) * kernels.length)]!;
      let place = mean;
      for (let i = 0; i < TRIES; i++) {
        place = mean + width * randomNormal(randomKey(key, 1), i);
        if (place >= 0 && place <= 1) return place;
      }
      return Math.min(1, Math.max(0, place));
    },
  };
}

/** The same for `count` choices, each with an equal share of [0, 1]: how often each was taken, plus one. */
export function choiceDensity(points: readonly number[], count: number): Density {
  const indexOf = (place: number) => Math.min(count - 1, Math.floor(place * count));
  const weights = new Array<number>(count).fill(1);
  for (const point of points) weights[indexOf(point)]!++;
  const total = points.length + count;
  return {
    at: (place) => (weights[indexOf(place)]! * count) / total,
    draw(key) {
      let left = randomUniform(key, 0) * total;
      const index = weights.findIndex((weight) => (left -= weight) < 0);
      return ((index < 0 ? count - 1 : index) + 0.5) / count;
    },
  };
}

/** A normal density that is cut off at 0 and 1. */
function kernel(mean: number, width: number) {
  const mass = normalBelow((1 - mean) / width) - normalBelow(-mean / width);
  const height = 1 / (width * Math.sqrt(2 * Math.PI) * mass);
  return { mean, width, at: (place: number) => height * Math.exp(-(((place - mean) / width) ** 2) / 2) };
}

/**
 * Share of a standard normal distribution below `x`: ½ (1 + erf(x ÷ √2)), to seven digits (Abramowitz & Stegun 1964,
 * formula 7.1.26).
 */
function normalBelow(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - polynomial * Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
