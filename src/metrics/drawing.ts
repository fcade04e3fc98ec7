import type { Measurables } from './metrics.js';
import type { ResamplingOptions } from './resampling.js';

/** How examples were drawn: with how many that follow each other together, where they depend on each other. */
export interface Drawing extends Required<ResamplingOptions> {
  readonly block?: number;
}

/** The drawing of what is measured. */
export function drawingOf(
  resampling: Required<ResamplingOptions>,
  ...measured: readonly Measurables[]
): Drawing {
  const blocks = measured.flatMap((each) => Object.values(each).map((own) => own?.block ?? 1));
  const block = Math.max(1, ...blocks);
  return { ...resampling, ...(block > 1 && { block }) };
}
