import { isOnDemand, type MetricName } from '../metrics/metrics.js';
import { requireMetrics } from '../metrics/requireMetrics.js';
import type { Config } from './schema.js';

/**
 * What a run is measured by: what is asked for; else all metrics of its task, but of those that are measured on demand only
 * the ones that it was validated by.
 * @param known the metrics of the task, in the order in which they are shown.
 * @throws UserError for one that the task does not have.
 */
export function chosenMetrics<Name extends MetricName>(
  { task, training }: Config,
  known: readonly Name[],
  asked?: readonly string[],
): readonly Name[] {
  if (asked) requireMetrics(`a run of the task ${task}`, known, asked);
  const validated: readonly string[] = training.validation.metrics;
  return known.filter((name) =>
    asked ? asked.includes(name) : !isOnDemand(name) || validated.includes(name),
  );
}
