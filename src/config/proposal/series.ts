import { lacksNumber } from '../../data/features.js';
import { readNumber } from '../../data/numberForms.js';
import { findPeriod } from '../../data/period.js';
import type { ColumnProfile } from '../../data/profile.js';
import { title, type Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { firstBackward, timesOf } from '../../data/times.js';
import { counted, groupDigits } from '../../formats/terminal.js';
import { UserError } from '../../tensor/errors.js';
import { clamp, planTraining } from './budget.js';
import { tableEntries } from './dataEntries.js';
import { entry, group } from './commentedYaml.js';
import { expectation } from './evidence.js';
import { formattedHints } from './features.js';
import { placeIn } from './leftOut.js';
import { learningRates } from './learningRates.js';
import type { Circumstances, Proposal } from './proposal.js';
import { trainingEntries } from './trainingEntries.js';
import { called } from './words.js';

/** Longest period that is looked for, in rows. */
const LONGEST = 400;

/**
 * How a series goes on.
 * @throws UserError when rows are not in the order of time, cannot be read, or lack a number in each column.
 */
export function proposeSeries(
  { survey, wishes, path }: Circumstances<TableSurvey>,
  { values: found, reasons }: Extract<Recognised, { task: 'forecasting' }>,
): Proposal {
  refuseDisorder(survey);
  const values = withoutGaps(survey, found);
  const period = commonPeriod(
    values.map(({ place }) => survey.first.map((row) => readNumber(row[place] ?? '', survey.source.decimal))),
  );
  const split = { validation: 0.1, test: 0.1 };
  const trained = 1 - split.validation - split.test;
  const rows = survey.count;
  const part = Math.floor(split.validation * rows);
  const unit = period ?? 24;
  const horizon = wishes.horizon ?? clamp(4 * unit, 1, Math.max(1, Math.floor(part / 5)));
  const longest = Math.max(1, Math.floor(part / 2) - horizon);
  const window = clamp(Math.max(14 * unit, 2 * horizon), 1, Math.min(longest, 1000));
  const count = Math.max(1, Math.floor(trained * rows) - window - horizon + 1);
  const batch = 32;
  const plan = planTraining(count, {
    batch,
    wanted: clamp(10 * Math.sqrt(8000 / count), 5, 60),
    minutes: wishes.minutes,
    work: { dense: window * horizon * values.length },
  });
  return {
    task: 'forecasting',
    reasons: [
      ...reasons,
      ...found
        .filter((column) => !values.includes(column))
        .map(
          (column) =>
            `${called(column)} is left out. In ${placeIn(survey.source.file, gapOf(survey, column)!)}`,
        ),
      period === undefined
        ? 'No period stands out in the numbers.'
        : `The numbers repeat themselves after ${period} rows.`,
    ],
    entries: [
      entry('task', 'forecasting', 'says how a series goes on'),
      group('data', [
        group('source', [
          ...tableEntries(survey.source, path),
          entry(
            'columns',
            values.map(({ place }) => survey.names[place]!),
            'all numbers: each helps to say the others',
          ),
        ]),
        group(
          'split',
          [
            entry(
              'validation',
              split.validation,
              'the rows after those that are trained on; they choose the checkpoint',
            ),
            entry('test', split.test, 'the last rows, measured once, at the end'),
          ],
          'by time: what is forecast is later than what was trained on',
        ),
      ]),
      group('model', [
        entry(
          'type',
          'linear',
          'a line through the window: as good as large models on such series (Zeng et al. 2023)',
        ),
        entry(
          'window',
          window,
          period === undefined
            ? 'rows that are read'
            : `rows that are read: ${Math.round(window / period)} periods of ${period}`,
        ),
        entry(
          'horizon',
          horizon,
          wishes.horizon === undefined
            ? `rows that are forecast${period === undefined ? '' : `: ${Math.round(horizon / period)} periods`}; --horizon asks for others`
            : 'rows that are forecast, as you asked',
        ),
      ]),
      trainingEntries({
        plan,
        batch,
        learningRate: learningRates.linear,
        metrics: ['loss', 'mse', 'mae'],
        stopOn: 'loss',
        stopWhy: 'mean squared error of standardised values',
        patience: 5,
      }),
    ],
    model: `linear, from ${counted(window, 'row')} to ${horizon}, ${counted(values.length, 'variable')}`,
    minutes: plan.minutes,
    expectation: expectation('series', rows),
    hints: [
      ...formattedHints(survey),
      `Another number of rows ahead: --horizon N. heddle evaluate compares with the forecast that repeats the last row (${groupDigits(rows)} rows in all).`,
    ],
    asked: '--input FILE',
  };
}

/** @throws UserError when the times do not rise from row to row. */
function refuseDisorder({ columns, rows, origins }: TableSurvey): void {
  const column = columns.find(({ kind }) => kind === 'time');
  if (!column) return;
  const place = firstBackward(timesOf(rows.map((row) => (row[column.place] ?? '').trim())));
  if (place === undefined) return;
  throw new UserError(
    `${origins[place]!}, column ${title(column)}: ${JSON.stringify(rows[place]![column.place]!.trim())} is before a time above it. Rows of a series stand in the order of time: sort them, and put each of several series into a file of its own; or, if the rows are no series, name the task: --task regression --target COLUMN.`,
  );
}

/**
 * The columns that have a number in each row; a series needs them, for its rows cannot be left out.
 * @throws UserError when a row cannot be read, or no column has them all.
 */
function withoutGaps(survey: TableSurvey, values: readonly ColumnProfile[]): ColumnProfile[] {
  const [bad] = survey.bad.rows;
  if (bad) throw new UserError(`${bad.origin}: ${bad.reason} Rows of a series cannot be left out.`);
  const whole = values.filter((column) => gapOf(survey, column) === undefined);
  if (whole.length === 0) throw new UserError(gapOf(survey, values[0]!)!);
  return whole;
}

/** Where a column has no number first, and what to do; undefined where each row has one. */
function gapOf({ rows, origins }: TableSurvey, column: ColumnProfile): string | undefined {
  const place = rows.findIndex((row) => lacksNumber(row, column));
  if (place < 0) return undefined;
  const cell = (rows[place]![column.place] ?? '').trim();
  const what = cell === '' ? 'the cell is empty' : `${JSON.stringify(cell)} is no number`;
  return `${origins[place]!}, column ${title(column)}: ${what}. A series needs a number in each row: fill it in, for example with the one above.`;
}

/** The period that most of the variables have. */
function commonPeriod(variables: readonly (readonly number[])[]): number | undefined {
  const votes = new Map<number, number>();
  for (const values of variables) {
    const period = findPeriod(values.filter(Number.isFinite), LONGEST);
    if (period !== undefined) votes.set(period, (votes.get(period) ?? 0) + 1);
  }
  const [best] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return best?.[0];
}
