import { metricInterval, metricLabel, metricValue } from '../config/figures.js';
import {
  compareRuns,
  pairedTests,
  type MeasuredRun,
  type PairedTest,
  type RunComparison,
} from '../config/node/compareRuns.js';
import { openRun } from '../config/node/trainedRun.js';
import { counted } from '../formats/terminal.js';
import type { MetricName } from '../metrics/metrics.js';
import { suggestion } from '../metrics/nearest.js';
import { UserError } from '../tensor/errors.js';
import { requireNoMore, requireOperand, type Command } from './command.js';
import {
  drawingText,
  measuringOptions,
  readMeasuring,
  readResampling,
  requireSearch,
  resamplingOptions,
} from './measuring.js';
import { heedBadRows, tellBadRows } from './onBadRow.js';
import { withEngine } from './withEngine.js';

const words: Readonly<Record<PairedTest, string>> = {
  bootstrap: 'paired bootstrap resampling',
  randomization: 'approximate randomization',
};

export const compareCommand: Command = {
  name: 'compare',
  summary: 'Tell whether one trained model is better than another, or was luckier with the examples',
  operands: 'RUN RUN [--split test] [--data FILE] [--metrics NAMES] [--test bootstrap] [--json]',
  options: {
    ...measuringOptions,
    test: {
      type: 'string',
      value: 'NAME',
      description:
        'bootstrap (default): paired bootstrap resampling; randomization: approximate randomization',
    },
    ...resamplingOptions,
    json: { type: 'boolean', description: 'print one JSON object; rates as fractions' },
  },
  examples: [
    'heddle compare runs/small runs/large',
    'heddle compare runs/small runs/large --metrics bleu,chrf --test randomization --samples 10000',
  ],
  details: () =>
    'Both runs are measured on the same examples. The difference is the second less the first; its interval covers 95 % of the drawings, and p is how likely a difference as large would be if neither were better.',
  async run(args) {
    const first = requireOperand(compareCommand, args, 'the first run directory');
    const second = args.positionals[1];
    if (second === undefined)
      throw new UserError(
        `compare: the second run directory is missing. For example: ${compareCommand.examples[0]}`,
      );
    requireNoMore(compareCommand, args, 2);
    const test = args.text('test') ?? 'bootstrap';
    if (!isTest(test)) throw new UserError(`--test is '${test}'.${suggestion(test, pairedTests)}`);
    const { part, name, options } = readMeasuring(compareCommand, args);
    const resampling = readResampling(args);
    await withEngine({}, async (engine) => {
      const measured: MeasuredRun[] = [];
      for (const path of [first, second]) {
        const run = await openRun(path, { engine });
        requireSearch(run, options);
        heedBadRows(run, args);
        const evaluation = await run.evaluate(part, options);
        tellBadRows(run.badRows);
        measured.push({ path, evaluation, description: run.description });
      }
      const [one, other] = measured as [MeasuredRun, MeasuredRun];
      const comparison = compareRuns(one, other, { test, metrics: options.metrics, ...resampling });
      const summary = { split: name, ...comparison };
      process.stdout.write(args.flag('json') ? `${JSON.stringify(summary, null, 2)}\n` : asText(summary));
    });
    return undefined;
  },
};

/** What `compare --json` prints. */
interface ComparisonSummary extends RunComparison {
  /** The name of the split, or the file. */
  readonly split: string;
}

function asText({
  split,
  examples,
  runs,
  decodings,
  test,
  resampling,
  metrics,
  signatures = {},
}: ComparisonSummary): string {
  const rows = (Object.entries(metrics) as [MetricName, ComparisonSummary['metrics'][string]][]).map(
    ([name, { values, difference, interval, p }]) => [
      metricLabel(name),
      ...values.map((value) => metricValue(name, value)),
      `${difference > 0 ? '+' : ''}${metricValue(name, difference)}`,
      metricInterval(name, interval),
      Number.isNaN(p) ? 'undefined' : p.toFixed(4),
      signatures[name] ?? '',
    ],
  );
  const table = [['', 'A', 'B', 'B − A', '95 % interval', 'p', ''], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    `  ${row.map((cell, c) => (c === 0 || c === row.length - 1 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ')}`.trimEnd(),
  );
  return [
    `${split}: ${counted(examples, 'example')}; ${words[test]}, ${drawingText(resampling, examples)}`,
    ...runs.map((path, i) => `  ${'AB'[i]!}: ${path}, ${decodings[i]!}`),
    ...lines,
    '',
  ].join('\n');
}

function isTest(name: string): name is PairedTest {
  return (pairedTests as readonly string[]).includes(name);
}
