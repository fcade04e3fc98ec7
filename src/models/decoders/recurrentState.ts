import type { Tensor } from '../../tensor/tensor.js';
import type { Tensors } from './decoder.js';

/** What a recurrent decoder carries from step to step. */
export interface RecurrentState {
  /** Per layer, each [rows, hidden]. */
  readonly states: readonly (readonly Tensor[])[];
  /** With input feeding: the attentional vector [rows, hidden]. */
  readonly feedback?: Tensor;
  /** With coverage: the sum of the attention weights so far [rows, source]. */
  readonly coverage?: Tensor;
}

/** The parts of a state by name. */
export function flattenState({ states, feedback, coverage }: RecurrentState): Record<string, Tensor> {
  return {
    ...Object.fromEntries(
      states.flatMap((parts, layer) => parts.map((part, i) => [stateName(layer, i), part] as const)),
    ),
    ...(feedback && { feedback }),
    ...(coverage && { coverage }),
  };
}

/** The state with given parts, of `layers` layers with `stateCount` tensors each. */
export function unflattenState(
  named: Tensors,
  { layers, stateCount }: { readonly layers: number; readonly stateCount: number },
): RecurrentState {
  const { feedback, coverage } = named;
  const states = Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: stateCount }, (__, part) => named[stateName(layer, part)]!),
  );
  return { states, feedback, coverage };
}

function stateName(layer: number, part: number): string {
  return `state.${layer}.${part}`;
}
