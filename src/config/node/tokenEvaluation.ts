import { measurableLoss, type MetricName } from '../../metrics/metrics.js';
import type { TextSums } from '../../train/tokenSums.js';
import { languageMetrics } from '../languageTask.js';
import type { RunEvaluation } from './taskRun.js';

/** What a model that foretells tokens was measured to do: figures of their sums, and no answers. */
export function tokenEvaluation(
  sums: TextSums,
  metrics: readonly MetricName[],
  said: Pick<RunEvaluation, 'decoding' | 'examples'> & Partial<Pick<RunEvaluation, 'notes'>>,
): RunEvaluation {
  return {
    metrics: languageMetrics(sums, metrics),
    measurables: measurableLoss(sums.rows),
    keys: sums.keys,
    answers: [],
    notes: [],
    ...said,
  };
}
