import { START } from '../text/vocabulary.js';

/** One answer, without START and END. */
export interface Hypothesis {
  readonly ids: readonly number[];
  /** Σ log-probability of the tokens, END included, in nats. */
  readonly logProbability: number;
  /** What hypotheses are ranked by: log-probability ÷ length penalty. */
  readonly score: number;
}

/** A hypothesis that goes on. */
export interface Alive {
  readonly ids: readonly number[];
  readonly logProbability: number;
  /** Row of the state that it continues. */
  readonly row: number;
}

/** What a step reads: `width` hypotheses per example. */
export function stepInputs(
  running: readonly { readonly alive: readonly Alive[] }[],
  width: number,
): { batch: number; beam: number; ids: Int32Array; parents: Int32Array; scores: Float32Array } {
  const size = running.length * width;
  const ids = new Int32Array(size);
  const parents = new Int32Array(size);
  // Places without a hypothesis repeat the first one and are never read.
  const scores = new Float32Array(size);
  running.forEach(({ alive }, b) => {
    for (let k = 0; k < width; k++) {
      const hypothesis = alive[k] ?? alive[0]!;
      ids[b * width + k] = hypothesis.ids.at(-1) ?? START;
      parents[b * width + k] = hypothesis.row;
      scores[b * width + k] = hypothesis.logProbability;
    }
  });
  return { batch: running.length, beam: width, ids, parents, scores };
}
