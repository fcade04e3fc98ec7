import type { DistributionOptions } from '../decode/sampling.js';
import type { Arguments } from './command.js';

export const distributionOptions = {
  temperature: 'temperature',
  'top-k': 'topK',
  'top-p': 'topP',
  'min-p': 'minP',
} as const;

/** What the command line says of how tokens are drawn. */
export function distribution(args: Arguments): DistributionOptions {
  const given = Object.entries(distributionOptions).flatMap(([name, key]) => {
    const value = args.number(name);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(given) as DistributionOptions;
}
