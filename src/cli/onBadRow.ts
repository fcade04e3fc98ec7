import type { TrainedRun } from '../config/node/trainedRun.js';
import type { TaskName } from '../config/schema.js';
import { badRowPolicies, BadRows, type BadRowPolicy } from '../data/badRows.js';
import { suggestion } from '../metrics/nearest.js';
import { UserError } from '../tensor/errors.js';
import type { Arguments, Option } from './command.js';

/** Rows that are shown. */
const SHOWN = 20;

/** `--on-bad-row`, of the commands that read data. */
export const onBadRowOption: Option = {
  type: 'string',
  value: 'POLICY',
  description: `about rows that cannot be read: ${badRowPolicies.join(', ')}; default: data.onBadRow`,
};

/** What was typed of it. @throws UserError for another word. */
export function onBadRow(args: Arguments): BadRowPolicy | undefined {
  const typed = args.text('on-bad-row');
  const known = badRowPolicies.find((policy) => policy === typed);
  if (typed !== undefined && known === undefined)
    throw new UserError(`--on-bad-row is '${typed}'.${suggestion(typed, badRowPolicies)}`);
  return known;
}

/** What was typed of it for a task. @throws UserError for another word, and for a series, of which every row counts. */
export function onBadRowFor(task: TaskName, args: Arguments): BadRowPolicy | undefined {
  const policy = onBadRow(args);
  if (policy !== undefined && task === 'forecasting')
    throw new UserError('--on-bad-row is not for series: every row of them counts.');
  return policy;
}

/** Lets a run heed what was typed of it where it is measured. @throws UserError as {@link onBadRowFor}. */
export function heedBadRows(run: TrainedRun, args: Arguments): void {
  const policy = onBadRowFor(run.task, args);
  if (policy !== undefined) run.badRows = new BadRows(policy, true);
}

/** Says on standard error what was left out as bad; under 'report' row by row. */
export function tellBadRows(badRows: BadRows): void {
  const { rows, count, policy, notes } = badRows;
  if (count === 0) return;
  const shown = policy === 'report' ? rows.slice(0, SHOWN) : [];
  const more = count - shown.length;
  const lines = [
    ...shown.map(({ origin, reason }) => `${origin}: ${reason}`),
    ...(policy !== 'report' ? notes : more > 0 ? [`and ${more} more bad rows`] : []),
  ];
  process.stderr.write(lines.map((line) => `heddle: ${line}\n`).join(''));
}
