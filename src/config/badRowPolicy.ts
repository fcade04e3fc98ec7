import { badRowPolicies, BadRows, type BadRowPolicy } from '../data/badRows.js';
import { UserError } from '../tensor/errors.js';
import type { Config } from './schema.js';

/** What a configuration does about bad rows: of several tasks what one of them asks for, of a series nothing. */
export function badRowsOf(config: Config): BadRows {
  const asked = dataOf(config).map(({ onBadRow = 'fail' }) => onBadRow);
  return new BadRows([...badRowPolicies].reverse().find((policy) => asked.includes(policy)));
}

/**
 * A configuration with another policy, where one is given.
 * @throws UserError for a series, of which every row counts.
 */
export function withOnBadRow<C extends Config>(config: C, onBadRow: BadRowPolicy | undefined): C {
  if (onBadRow === undefined) return config;
  if (config.task === 'forecasting')
    throw new UserError('--on-bad-row is not for series: every row of them counts.');
  if (config.task === 'multi-task') {
    const tasks = Object.entries(config.tasks).map(([name, task]) => [
      name,
      { ...task, data: { ...task.data, onBadRow } },
    ]);
    return { ...config, tasks: Object.fromEntries(tasks) as typeof config.tasks };
  }
  return { ...config, data: { ...config.data, onBadRow } };
}

function dataOf(config: Config): readonly { readonly onBadRow?: BadRowPolicy }[] {
  if (config.task === 'multi-task') return Object.values(config.tasks).map(({ data }) => data);
  return config.task === 'forecasting' ? [] : [config.data];
}
