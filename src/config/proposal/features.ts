import { amountsOf } from '../../data/features.js';
import { tellForm } from '../../data/numberForms.js';
import type { ColumnProfile } from '../../data/profile.js';
import type { TableSurvey } from '../../data/survey.js';
import { formatCount } from '../../formats/terminal.js';
import { clamp } from './budget.js';
import { entry, group } from './commentedYaml.js';
import { placeIn } from './leftOut.js';
import { learningRates } from './learningRates.js';
import { called, percent } from './words.js';

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

/** What is left aside of a table of numbers, and why. @param used columns that are read or said. */
export function unreadHints(survey: TableSurvey, used: readonly ColumnProfile[]): string[] {
  const { columns, rows } = survey;
  const left = columns.filter((column) => !used.includes(column));
  const amounts = amountsOf(left);
  const ids = left.filter((column) => column.identifies && column.kind !== 'formatted');
  const gaps = amounts.filter((column) => !ids.includes(column) && lackingOf(column, rows.length) > 0);
  const names = left.filter((column) => column.kind === 'category' && !amounts.includes(column));
  return [
    ...ids.map((column) => `Not read: ${called(column)}, which only says which row it is.`),
    ...gaps.map(
      (column) =>
        `Not read: ${called(column)}, of which ${percent(lackingOf(column, rows.length))} of the cells hold no number, so that as many rows would be left out. Fill them in to have it read.`,
    ),
    ...formattedHints(survey, left),
    ...(names.length > 0
      ? [
          `Not read, as features are numbers: ${names.map(called).join(', ')}. Write names as numbers, a column of 0 and 1 for each.`,
        ]
      : []),
  ];
}

/** The columns of numbers that training cannot read, with a cell of each. */
export function formattedHints(
  { source, columns: all }: TableSurvey,
  columns: readonly ColumnProfile[] = all,
): string[] {
  return columns
    .filter(({ kind }) => kind === 'formatted')
    .map(
      (column) =>
        `Not read: ${called(column)}. In ${placeIn(source.file, column.odd!.origin)}, ${JSON.stringify(column.odd!.cell)} ${tellForm(column.form!)}.`,
    );
}

/** Share of the cells of a column that hold no number. */
export function lackingOf({ filled, odd }: ColumnProfile, rows: number): number {
  return rows > 0 ? (rows - filled + (odd?.count ?? 0)) / rows : 0;
}
