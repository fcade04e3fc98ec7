import type { ColumnProfile } from '../../data/profile.js';
import { amountsOf } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { formatCount } from '../../formats/terminal.js';
import { clamp } from './budget.js';
import { entry, group } from './commentedYaml.js';
import { learningRates } from './learningRates.js';
import { called } from './words.js';

/** What reads columns of numbers. @param count rows to train on. */
export function readFeatures(features: number, count: number) {
  const hidden = count < 2000 ? 32 : 64;
  return {
    tokenizer: undefined,
    model: [
      group('encoder', [
        entry('type', 'mlp', 'a perceptron: the order of the columns says nothing'),
        entry('hiddenSizes', [hidden, hidden], `two layers; ${formatCount(count)} rows to train on`),
        entry('dropout', count < 2000 ? 0.1 : 0, count < 2000 ? 'few rows' : 'many rows: nothing is dropped'),
      ]),
    ],
    words: `perceptron of ${hidden} and ${hidden} units over ${features} numbers`,
    work: { dense: features * hidden + hidden * hidden },
    learningRate: learningRates.hiddenLayers,
    wanted: clamp(60 * Math.sqrt(10_000 / count), 10, 300),
  };
}

/** What is left aside, as features are numbers. @param used columns that are read or said. */
export function unreadHints({ columns }: TableSurvey, used: readonly ColumnProfile[]): string[] {
  const amounts = amountsOf(columns);
  const names = columns.filter(
    (column) => column.kind === 'category' && !amounts.includes(column) && !used.includes(column),
  );
  if (names.length === 0) return [];
  const which = names.map(called).join(', ');
  return [
    `Not read, as features are numbers: ${which}. Write names as numbers, a column of 0 and 1 for each.`,
  ];
}
