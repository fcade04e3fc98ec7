import { UserError } from '../tensor/errors.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';

export interface Clusters {
  /** One point per cluster. */
  readonly centres: readonly Float64Array[];
  /** The cluster of each point. */
  readonly assignment: Int32Array;
  /** Σ of squared distances to the nearest centre. */
  readonly inertia: number;
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/**
 * Clusters of points by Lloyd's algorithm (Lloyd 1982) from centres drawn by k-means++ (Arthur & Vassilvitskii 2007):
 * each next one with a chance that grows with the squared distance to those before. The same seed gives the same clusters.
 * @param points of one size each.
 * @throws UserError unless there are as many different points as clusters, all of one size and finite.
 */
export function kMeans(
  points: readonly ArrayLike<number>[],
  clusters: number,
  { seed = 1, iterations = 100 }: { seed?: number; iterations?: number } = {},
): Clusters {
  requireOptions('kMeans', 'a whole number from 1', { clusters, iterations });
  requirePoints(points);
  let centres = drawCentres(points, clusters, seed);
  let found = assign(points, centres);
  for (let i = 0; i < iterations; i++) {
    centres = means(points, found, centres);
    const next = assign(points, centres);
    const settled = next.assignment.every((cluster, p) => cluster === found.assignment[p]);
    found = next;
    if (settled) break;
  }
  return { centres, assignment: found.assignment, inertia: found.distances.reduce((a, b) => a + b, 0) };
}

function requirePoints(points: readonly ArrayLike<number>[]): void {
  const size = points[0]?.length ?? 0;
  points.forEach((point, i) => {
    if (point.length !== size)
      throw new UserError(
        `kMeans: point ${i} has ${point.length} values, the first has ${size}; give points of one size.`,
      );
    for (let j = 0; j < size; j++)
      if (!Number.isFinite(point[j]))
        throw new UserError(`kMeans: value ${j} of point ${i} is ${point[j]}; give finite values.`);
  });
}

/** k-means++. */
function drawCentres(points: readonly ArrayLike<number>[], clusters: number, seed: number): Float64Array[] {
  const key = randomKey(seed);
  const centres: Float64Array[] = [];
  const nearest = new Float64Array(points.length).fill(1);
  while (centres.length < clusters) {
    const total = nearest.reduce((a, b) => a + b, 0);
    if (total === 0)
      throw new UserError(
        `kMeans: there are ${centres.length} different points for ${clusters} clusters; ask for fewer, or give more points.`,
      );
    // The last point of a chance is taken where rounding leaves a rest.
    let rest = randomUniform(key, centres.length) * total;
    let chosen = -1;
    for (let p = 0; p < points.length && (chosen < 0 || rest >= 0); p++)
      if (nearest[p]! > 0) {
        chosen = p;
        rest -= nearest[p]!;
      }
    const centre = Float64Array.from(points[chosen]!);
    points.forEach((point, p) => {
      const distance = squaredDistance(point, centre);
      nearest[p] = centres.length === 0 ? distance : Math.min(nearest[p]!, distance);
    });
    centres.push(centre);
  }
  return centres;
}

interface Assigned {
  readonly assignment: Int32Array;
  /** Squared, of each point to its centre. */
  readonly distances: Float64Array;
}

/** Each point to its nearest centre, the first of equals. */
function assign(points: readonly ArrayLike<number>[], centres: readonly Float64Array[]): Assigned {
  const assignment = new Int32Array(points.length);
  const distances = new Float64Array(points.length).fill(Infinity);
  points.forEach((point, p) =>
    centres.forEach((centre, c) => {
      const distance = squaredDistance(point, centre);
      if (distance < distances[p]!) {
        distances[p] = distance;
        assignment[p] = c;
      }
    }),
  );
  return { assignment, distances };
}

/** The mean of each cluster. One that lost all its points moves to the point that is farthest from its centre. */
function means(
  points: readonly ArrayLike<number>[],
  { assignment, distances }: Assigned,
  centres: readonly Float64Array[],
): Float64Array[] {
  const sums = centres.map((centre) => new Float64Array(centre.length));
  const counts = new Int32Array(centres.length);
  points.forEach((point, p) => {
    const sum = sums[assignment[p]!]!;
    counts[assignment[p]!]!++;
    for (let j = 0; j < sum.length; j++) sum[j]! += point[j]!;
  });
  const left = Float64Array.from(distances);
  return sums.map((sum, c) => {
    if (counts[c]! > 0) return sum.map((value) => value / counts[c]!);
    const farthest = left.reduce((best, distance, p) => (distance > left[best]! ? p : best), 0);
    left[farthest] = 0;
    return Float64Array.from(points[farthest]!);
  });
}
