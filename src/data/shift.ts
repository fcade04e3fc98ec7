import { END, START } from '../text/vocabulary.js';

/** Where {@link writeShifted} writes; the arrays may hold other sequences before and after. */
export interface ShiftedOutput {
  readonly input: Int32Array;
  readonly inputOffset: number;
  readonly labels: Int32Array;
  readonly labelsOffset: number;
}

/**
 * Shift training (teacher forcing): for a target y₁ … y_T the decoder reads START, y₁ … y_T, the target shifted right
 * by one, and is to predict y₁ … y_T, END. Writes T + 1 values to each output, from the target `ids[from … to)`.
 */
export function writeShifted(ids: ArrayLike<number>, from: number, to: number, output: ShiftedOutput): void {
  const { input, inputOffset, labels, labelsOffset } = output;
  const length = to - from;
  input[inputOffset] = START;
  for (let t = 0; t < length; t++) {
    const id = ids[from + t]!;
    input[inputOffset + t + 1] = id;
    labels[labelsOffset + t] = id;
  }
  labels[labelsOffset + length] = END;
}

/** {@link writeShifted} for one target: decoder input and labels, each [time = length + 1]. */
export function shiftRight(target: ArrayLike<number>): { input: Int32Array; labels: Int32Array } {
  const input = new Int32Array(target.length + 1);
  const labels = new Int32Array(target.length + 1);
  writeShifted(target, 0, target.length, { input, inputOffset: 0, labels, labelsOffset: 0 });
  return { input, labels };
}
