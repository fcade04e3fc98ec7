import type { ForecastingRun } from '../config/node/forecastingRun.js';
import { shownValue } from '../config/values.js';
import { UserError } from '../tensor/errors.js';
import { refuseWriting } from './classify.js';
import type { Arguments } from './command.js';

/**
 * Prints how the series in a table goes on, a row a step, with its time where the table has dates at equal steps.
 * @throws UserError without a table, and for options that do not go with it.
 */
export async function forecastSeries(run: ForecastingRun, args: Arguments): Promise<undefined> {
  refuseWriting(args, ['n-best'], 'this one says how a series goes on');
  const input = args.text('input');
  if (args.positionals.length > 1 || input === undefined || input === '-')
    throw new UserError(
      'predict: the model continues a series, so give its table: --input FILE, read as data.source was.',
    );
  const rows = await run.forecast(input);
  const dated = await run.forecastTimes(input);
  const { names } = run.scaling;
  const timeOf = (step: number) => (dated ? [dated.times[step]!] : []);
  const lines = args.flag('json')
    ? rows.map((row, i) =>
        JSON.stringify({
          step: i + 1,
          ...(dated && { time: dated.times[i] }),
          values: Object.fromEntries(names.map((name, v) => [name, row[v]])),
        }),
      )
    : [
        [...(dated ? [dated.name] : []), ...names],
        ...rows.map((row, i) => [...timeOf(i), ...row.map(shownValue)]),
      ].map((row) => row.join('\t'));
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return undefined;
}
