import { END, START } from '../text/vocabulary.js';

/** A text to predict token by token: what is read, and what follows each of its tokens. */
export interface Shifted {
  readonly input: Int32Array;
  /** As long as the input. */
  readonly labels: Int32Array;
}

/**
 * Shift training (teacher forcing): for a target y₁ … y_T the decoder reads START, y₁ … y_T, the target shifted right
 * by one, and is to predict y₁ … y_T, END. Both are [time = T + 1].
 */
export function shiftRight(target: ArrayLike<number>): Shifted {
  const input = new Int32Array(target.length + 1);
  const labels = new Int32Array(target.length + 1);
  input[0] = START;
  input.set(target, 1);
  labels.set(target);
  labels[target.length] = END;
  return { input, labels };
}
