import { UserError } from '../tensor/errors.js';
import { componentKeys } from './components.js';
import { joinSources, type Example } from './examples.js';
import { partition, splitGroups, type GroupedSplitOptions } from './groupedSplit.js';
import { groupingKey } from './leaks.js';
import { byPart, type SplitName } from './split.js';

export const exampleGroupings = ['source', 'normalized', 'component'] as const;

export interface ExampleSplitOptions extends GroupedSplitOptions {
  /**
   * What stays in one part: all targets of a source (the default); of sources that are equal but for case, punctuation and
   * spaces; whatever is joined by such equal texts of either side, over any number of pairs. An example with a `group` is
   * grouped by that instead.
   */
  readonly groupBy?: (typeof exampleGroupings)[number];
}

/**
 * Divides examples by {@link splitGroups}, keeping their order; by their times where they have such. Of examples with groups or
 * times one of each source is left in a part.
 * @throws UserError when a share is negative, or when nothing is left to train on.
 */
export function splitExamples(
  examples: readonly Example[],
  { groupBy = 'source', ...options }: ExampleSplitOptions,
): Record<SplitName, Example[]> {
  const { validation, test } = options;
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
    throw new UserError(
      `split: validation ${validation} and test ${test} must be shares of at least 0 that leave something to train on (0.05 each is usual).`,
    );
  }
  const times = examples.flatMap(({ time }) => time ?? []);
  const keys = groupsOf(examples, groupBy).map((key, i) => examples[i]!.group ?? key);
  const parts = partition(examples, splitGroups(keys, { ...options, ...(times.length > 0 && { times }) }));
  if (parts.train.length === 0)
    throw new UserError('split: no example is left to train on. Give more data, or smaller shares.');
  const marked = examples.some(({ group, time }) => group !== undefined || time !== undefined);
  return marked ? byPart((part) => joinSources(parts[part])) : parts;
}

function groupsOf(
  examples: readonly Example[],
  groupBy: (typeof exampleGroupings)[number],
): readonly string[] {
  switch (groupBy) {
    case 'source':
      return examples.map(({ source }) => source);
    case 'normalized':
      return examples.map(({ source }) => groupingKey(source));
    case 'component':
      return componentKeys(
        examples.map(({ source, references }) => [source, ...references].map(groupingKey)),
      );
  }
}
