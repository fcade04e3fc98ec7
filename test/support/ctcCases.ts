import type { CtcFrames } from '../../src/decode/ctcDecoding.js';
import { randomKey, randomNormal } from '../../src/tensor/random.js';

/** Log-probabilities of random frames; `scale` sets how sure they are. */
export function randomFrames(seed: number, time: number, classes: number, scale = 1): CtcFrames {
  const values = Array.from({ length: time }, (_, t) => {
    const key = randomKey(seed, t);
    const logits = Array.from({ length: classes }, (_, c) => scale * randomNormal(key, c));
    const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    return logits.map((x) => x - total);
  });
  return { values: values.flat(), classes };
}

/** What an alignment stands for: runs merged, then blanks removed. */
export function merged(alignment: readonly number[], blank: number): number[] {
  return alignment.filter((label, t) => label !== blank && label !== alignment[t - 1]);
}

/** The probability of every answer, '1,2' → Σ over its alignments: all classes^frames alignments are gone through. */
export function answerProbabilities({ values, classes }: CtcFrames, blank = 0): Map<string, number> {
  const time = values.length / classes;
  const found = new Map<string, number>();
  for (let code = 0; code < classes ** time; code++) {
    const alignment = Array.from({ length: time }, (_, t) => Math.floor(code / classes ** t) % classes);
    const log = alignment.reduce((sum, label, t) => sum + values[t * classes + label]!, 0);
    const answer = merged(alignment, blank).join();
    found.set(answer, (found.get(answer) ?? 0) + Math.exp(log));
  }
  return found;
}
