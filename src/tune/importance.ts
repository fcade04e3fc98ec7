import { compareScores, type ScoredValues } from './propose.js';
import { encode, type Dimension, type Space } from './space.js';

/** How much a key matters. */
export interface Importance {
  readonly key: string;
  /** Share of the variance of the trials' ranks, in [0, 1]; the shares of all keys add up to less than 1. */
  readonly share: number;
}

/** More trials are thinned: the time grows with the third power of their number. */
const MOST = 300;

/** How far a number's influence reaches, as a share of its range. */
const REACH = 0.3;

/** Noise that is tried, as a part of what one key can explain. */
const NOISE = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100];

/**
 * How much of the way trials did each key explains, as a functional analysis of variance of a model of them (Hutter, Hoos
 * & Leyton-Brown 2014, "An Efficient Approach for Assessing Hyperparameter Importance"). The model is a sum of one
 * smooth function per key, a Gaussian process with an additive kernel (Duvenaud, Nickisch & Rasmussen 2011), fitted to
 * the ranks of the trials; how noisy they are is what predicts each trial best from the others. The share of a key is
 * the variance of its function over evenly drawn values ÷ (the variance of all functions + the squared error of these
 * predictions). So a key whose values a search kept near each other is not taken for one that matters, and one diverged
 * trial does not decide. What keys do only together counts as noise. The most important key comes first.
 */
export function importances(space: Space, trials: readonly ScoredValues[]): Importance[] {
  const every = Math.ceil(trials.length / MOST);
  const used = trials.filter((_, i) => i % every === 0);
  const ranks = centred(ranksOf(used.map(({ score }) => score)));
  const parts = Object.entries(space).map(([key, dimension]) => {
    const places = used.map(({ values }) => encode(dimension, values[key]));
    return { key, places, kernel: kernelOf(dimension), even: evenPlaces(dimension) };
  });
  const similarity = used.map((_, i) =>
    used.map(
      (_, j) => 1 + parts.reduce((sum, { places, kernel }) => sum + kernel(places[i]!, places[j]!), 0),
    ),
  );
  const fits = NOISE.map((noise) => fit(similarity, noise, ranks));
  const { weights, error } = fits.reduce((best, each) => (each.error < best.error ? each : best));
  const variances = parts.map(({ places, kernel, even }) => {
    const effect = even.map((place) =>
      places.reduce((sum, own, i) => sum + weights[i]! * kernel(own, place), 0),
    );
    return meanSquare(centred(effect));
  });
  const total = variances.reduce((a, b) => a + b, 0) + error;
  const shares = parts.map(({ key }, i) => ({ key, share: total > 0 ? variances[i]! / total : 0 }));
  return shares.sort((a, b) => b.share - a.share);
}

/** How alike two places of a dimension are. */
function kernelOf(dimension: Dimension): (a: number, b: number) => number {
  if ('choice' in dimension) return (a, b) => (a === b ? 1 : 0);
  return (a, b) => Math.exp(-(((a - b) / REACH) ** 2) / 2);
}

function evenPlaces(dimension: Dimension): number[] {
  const count = 'choice' in dimension ? dimension.choice.length : 40;
  return Array.from({ length: count }, (_, i) => (i + 0.5) / count);
}

/** Kernel ridge regression: weights of the trials, and the mean squared error of each as predicted from the others. */
function fit(similarity: readonly (readonly number[])[], noise: number, values: readonly number[]) {
  const noisy = similarity.map((row, i) => row.map((value, j) => (i === j ? value + noise : value)));
  const inverse = inverted(noisy);
  const weights = inverse.map((row) => row.reduce((sum, value, j) => sum + value * values[j]!, 0));
  return { weights, error: meanSquare(weights.map((weight, i) => weight / inverse[i]![i]!)) };
}

/** The inverse of a positive definite matrix (Gauss–Jordan, for which it needs no pivoting). */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    const pivot = rows[column]!;
    const scale = pivot[column]!;
    for (let j = 0; j < pivot.length; j++) pivot[j]! /= scale;
    for (const row of rows) {
      const factor = row[column]!;
      if (row === pivot || factor === 0) continue;
      for (let j = 0; j < row.length; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  return rows.map((row) => row.slice(size));
}

/** Ranks from 1; equal scores share the mean of theirs. */
function ranksOf(scores: readonly number[]): number[] {
  const sorted = [...scores].sort(compareScores);
  return scores.map((score) => (sorted.indexOf(score) + sorted.lastIndexOf(score)) / 2 + 1);
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  return values.map((value) => value - mean);
}

function meanSquare(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length);
}
