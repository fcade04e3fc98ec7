import { START } from '../text/vocabulary.js';
import type { Progress } from './constraints.js';

/** One answer, without START and END. */
export interface Hypothesis {
  readonly ids: readonly number[];
  /** Σ of what the model gives the tokens, END included, in nats. */
  readonly logProbability: number;
  /** What hypotheses are ranked by: the sum after adjustments ÷ length penalty. */
  readonly score: number;
}

/** A hypothesis that goes on. */
export interface Alive {
  readonly ids: readonly number[];
  readonly logProbability: number;
  /** Σ after adjustments. */
  readonly weight: number;
  /** Row of the state that it continues. */
  readonly row: number;
  readonly progress: Progress;
}

/** What a step reads: `width` hypotheses per example; `start` where they have no token yet. */
export function stepInputs(
  running: readonly { readonly alive: readonly Pick<Alive, 'ids' | 'row'>[] }[],
  width: number,
  start = START,
): { batch: number; beam: number; ids: Int32Array; parents: Int32Array } {
  const size = running.length * width;
  const ids = new Int32Array(size);
  const parents = new Int32Array(size);
  running.forEach(({ alive }, b) => {
    for (let k = 0; k < width; k++) {
      // Places without a hypothesis repeat the first one and are never read.
      const hypothesis = alive[k] ?? alive[0]!;
      ids[b * width + k] = hypothesis.ids.at(-1) ?? start;
      parents[b * width + k] = hypothesis.row;
    }
  });
  return { batch: running.length, beam: width, ids, parents };
}

/**
 * Where those that go on stand: each keeps its place but for the last ones, which fill the gaps. What an example carries
 * is copied when its place changes, so the fewest change.
 */
export function remaining<E>(running: readonly E[], goesOn: (example: E) => boolean): number[] {
  const places = running.flatMap((example, place) => (goesOn(example) ? [place] : []));
  const staying = new Set(places.filter((place) => place < places.length));
  const moving = places.filter((place) => place >= places.length);
  return places.map((_, place) => (staying.has(place) ? place : moving.pop()!));
}
