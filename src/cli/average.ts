import { averageRun, type AveragedRun } from '../config/node/averageRun.js';
import { describeRun, openRun } from '../config/node/trainedRun.js';
import type { Engine } from '../engine/engine.js';
import { counted, groupDigits, stepsInWords } from '../formats/terminal.js';
import { isBetter, type MetricName } from '../metrics/metrics.js';
import { UserError } from '../tensor/errors.js';
import type { Metrics } from '../train/trainer.js';
import { quoted, requireNoMore, requireOperand, type Arguments, type Command } from './command.js';
import { metricLabel, metricValue, unitOf } from '../config/figures.js';
import { tableText } from '../config/node/searchTable.js';
import { heedBadRows, onBadRowFor, onBadRowOption, tellBadRows } from './onBadRow.js';
import { withEngine } from './withEngine.js';

export const averageCommand: Command = {
  name: 'average',
  summary: 'Average the last checkpoints of a run: often better than each of them',
  operands: 'RUN [--last N] [--to DIR] [--on-bad-row POLICY] [--json]',
  options: {
    last: {
      type: 'string',
      value: 'N',
      description: 'how many checkpoints, the newest; default: training.keepCheckpoints of the run',
    },
    to: {
      type: 'string',
      value: 'DIR',
      description: 'the run directory of the average; default: RUN-average',
    },
    'on-bad-row': onBadRowOption,
    json: { type: 'boolean', description: 'print one JSON object; rates as fractions' },
  },
  examples: ['heddle average runs/translate', 'heddle average runs/translate --last 5 --to runs/averaged'],
  details: () =>
    'The average is a run directory of its own, which evaluate, predict, compare and the others take; RUN stays as it is. A run keeps as many checkpoints as training.keepCheckpoints says, and the best. Each of them and their average are measured on the validation part, with answers that are made greedily.',
  async run(args) {
    const path = requireOperand(averageCommand, args, 'the run directory');
    requireNoMore(averageCommand, args, 1);
    // Refused before anything is written.
    onBadRowFor((await describeRun(path)).config.task, args);
    const averaged = await averageRun(path, { last: args.count('last'), to: args.text('to') });
    const validation = await withEngine({}, (engine) => validate(path, averaged, args, engine));
    if (averaged.statistics.length > 0)
      process.stderr.write(
        `heddle: running statistics of batch normalisation (${counted(averaged.statistics.length, 'parameter')}) are averaged as well, not measured anew: they fit the averaged weights only roughly\n`,
      );
    process.stdout.write(
      args.flag('json') ? `${JSON.stringify(asJson(averaged, validation))}\n` : asText(averaged, validation),
    );
    return undefined;
  },
};

/** What the checkpoints and their average are worth. */
interface Validation {
  /** 40 examples, greedy */
  readonly words: string;
  readonly stopOn: MetricName;
  readonly rows: readonly { readonly checkpoint: number | 'average'; readonly metrics: Metrics }[];
}

/** Undefined where the run has no validation part, or its data are not there; it is then said why. */
async function validate(
  path: string,
  { path: to, steps }: AveragedRun,
  args: Arguments,
  engine: Engine,
): Promise<Validation | undefined> {
  const rows: Validation['rows'][number][] = [];
  let words = '';
  let stopOn: MetricName = 'loss';
  try {
    for (const checkpoint of [...steps, 'average'] as const) {
      const run = await (checkpoint === 'average'
        ? openRun(to, { engine })
        : openRun(path, { engine, checkpoint }));
      const { validation } = run.config.training;
      const { metrics } = validation;
      heedBadRows(run, args);
      const measured = await run.evaluate({ split: 'validation' }, { beam: 1, metrics });
      // The same for each checkpoint.
      if (rows.length === 0) tellBadRows(run.badRows);
      rows.push({ checkpoint, metrics: measured.metrics });
      words = `${counted(measured.examples, unitOf(run.task))}, ${measured.decoding}`;
      stopOn = validation.stopOn;
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(
      `heddle: the average is written; measure it with heddle evaluate: ${error.message}\n`,
    );
    return undefined;
  }
  return { words, stopOn, rows };
}

function asJson({ path, steps }: AveragedRun, validation: Validation | undefined): object {
  return { run: path, steps, ...(validation && { validation: validation.rows }) };
}

function asText({ path, steps }: AveragedRun, validation: Validation | undefined): string {
  return [
    `Average of the checkpoints of ${stepsInWords(steps)}: ${path}\n`,
    validation ? `\n${validationTable(validation)}` : '',
    `\nNext:\n  npx heddle evaluate ${quoted(path)}\n`,
  ].join('');
}

/** From the best to the worst. */
function validationTable({ words, stopOn, rows }: Validation): string {
  const value = ({ metrics }: Validation['rows'][number]) => metrics[stopOn] ?? NaN;
  const ranked = [...rows].sort((a, b) =>
    isBetter(stopOn, value(a), value(b)) ? -1 : isBetter(stopOn, value(b), value(a)) ? 1 : 0,
  );
  const names = Object.keys(rows[0]!.metrics) as MetricName[];
  const table = {
    headings: ['validation', ...names.map(metricLabel)],
    rows: ranked.map(({ checkpoint, metrics }) => [
      checkpoint === 'average' ? checkpoint : `step ${groupDigits(checkpoint)}`,
      ...names.map((name) => metricValue(name, metrics[name] ?? NaN)),
    ]),
  };
  return `${words}:\n${tableText(table, `  ★ best by ${metricLabel(stopOn)}`)}`;
}
