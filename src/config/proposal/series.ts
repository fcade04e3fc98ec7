import { findPeriod } from '../../data/period.js';
import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { groupDigits } from '../../formats/terminal.js';
import { clamp, planTraining } from './budget.js';
import { tableEntries } from './dataEntries.js';
import { entry, group } from './commentedYaml.js';
import { expectation } from './evidence.js';
import { learningRates } from './learningRates.js';
import type { Circumstances, Proposal } from './proposal.js';
import { trainingEntries } from './trainingEntries.js';

/** Longest period that is looked for, in rows. */
const LONGEST = 400;

/** How a series goes on. */
export function proposeSeries(
  { survey, wishes, path }: Circumstances<TableSurvey>,
  { values, reasons }: Extract<Recognised, { task: 'forecasting' }>,
): Proposal {
  const period = commonPeriod(values.map(({ place }) => survey.first.map((row) => Number(row[place]))));
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
    model: `linear, from ${window} rows to ${horizon}, ${values.length} ${values.length === 1 ? 'variable' : 'variables'}`,
    minutes: plan.minutes,
    expectation: expectation('series', rows),
    hints: [
      `Another number of rows ahead: --horizon N. heddle evaluate compares with the forecast that repeats the last row (${groupDigits(rows)} rows in all).`,
    ],
    asked: '--input FILE',
  };
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
