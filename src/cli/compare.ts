import { isDeepStrictEqual } from 'node:util';
import { suggestion } from '../config/nearest.js';
import type { RunDescription, RunEvaluation } from '../config/node/taskRun.js';
import { openRun } from '../config/node/trainedRun.js';
import { counted } from '../formats/terminal.js';
import type { Measurable } from '../metrics/exampleSums.js';
import type { MetricName } from '../metrics/metrics.js';
import {
  approximateRandomization,
  pairedBootstrap,
  type PairedComparison,
  type ResamplingOptions,
} from '../metrics/resampling.js';
import { UserError } from '../tensor/errors.js';
import { tokenizerToJson } from '../text/tokenizerJson.js';
import { requireNoMore, requireOperand, type Command } from './command.js';
import { metricInterval, metricLabel, metricValue } from './figures.js';
import {
  drawingOf,
  drawingText,
  measuringOptions,
  readMeasuring,
  readResampling,
  requireSearch,
  resamplingOptions,
  type Drawing,
} from './measuring.js';
import { heedBadRows, tellBadRows } from './onBadRow.js';
import { withEngine } from './withEngine.js';

const tests = {
  bootstrap: { compare: pairedBootstrap, words: 'paired bootstrap resampling' },
  randomization: { compare: approximateRandomization, words: 'approximate randomization' },
} as const;
type TestName = keyof typeof tests;

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
    if (!isTest(test)) throw new UserError(`--test is '${test}'.${suggestion(test, Object.keys(tests))}`);
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
      const summary = compareRuns(one, other, { split: name, test, asked: options.metrics, resampling });
      process.stdout.write(args.flag('json') ? `${JSON.stringify(summary, null, 2)}\n` : asText(summary));
    });
    return undefined;
  },
};

interface MeasuredRun {
  readonly path: string;
  readonly evaluation: RunEvaluation;
  readonly description: RunDescription;
}

/** What `compare --json` prints. */
interface ComparisonSummary {
  /** The name of the split, or the file. */
  readonly split: string;
  readonly examples: number;
  /** Both in the order in which they were given. */
  readonly runs: readonly string[];
  readonly decodings: readonly string[];
  readonly test: TestName;
  readonly resampling: Drawing;
  /** Rates as fractions. */
  readonly metrics: Readonly<Record<string, PairedComparison & { readonly values: readonly number[] }>>;
  /** How figures were got, as sacreBLEU says it, by the name of the metric. */
  readonly signatures?: Readonly<Record<string, string>>;
}

function compareRuns(
  one: MeasuredRun,
  other: MeasuredRun,
  {
    split,
    test,
    asked,
    resampling,
  }: {
    split: string;
    test: TestName;
    asked: readonly string[] | undefined;
    resampling: Required<ResamplingOptions>;
  },
): ComparisonSummary {
  requireSameExamples(one, other);
  const names = comparable(one, other, asked);
  const compared = names.map((name) => {
    const pair = [one, other].map(({ evaluation }) => evaluation.measurables[name]!) as [
      Measurable,
      Measurable,
    ];
    const values = pair.map(({ examples, measure }) => measure(examples));
    return [name, { values, ...tests[test].compare(...pair, resampling) }] as const;
  });
  const signatures = requireSameSignatures(one, other);
  return {
    split,
    examples: one.evaluation.keys.length,
    runs: [one.path, other.path],
    decodings: [one.evaluation.decoding, other.evaluation.decoding],
    test,
    resampling: drawingOf(resampling, one.evaluation.measurables, other.evaluation.measurables),
    metrics: Object.fromEntries(compared),
    ...(Object.keys(signatures).length > 0 && { signatures }),
  };
}

/** @throws UserError unless both runs were measured on the same examples. */
function requireSameExamples(one: MeasuredRun, other: MeasuredRun): void {
  const [some, others] = [one.evaluation.keys, other.evaluation.keys];
  const at = some.findIndex((key, i) => key !== others[i]);
  if (some.length === others.length && at < 0) return;
  const how =
    some.length === others.length
      ? `example ${at + 1} is another one`
      : `${counted(some.length, 'example')} and ${others.length}`;
  throw new UserError(
    `${one.path} and ${other.path} were measured on different examples (${how}), which cannot be paired. Give both the same file with --data, or compare runs with the same data and data.split.`,
  );
}

/** Figures per token say nothing of each other where the tokens are others. */
const perToken: readonly MetricName[] = ['loss', 'perplexity', 'per'];

/** The metrics that both have as functions of examples. @throws UserError where there is none, or not one that was asked for. */
function comparable(
  one: MeasuredRun,
  other: MeasuredRun,
  asked: readonly string[] | undefined,
): MetricName[] {
  const sameTokens = isDeepStrictEqual(tokensOf(one), tokensOf(other));
  const names = (Object.keys(one.evaluation.measurables) as MetricName[])
    .filter((name) => name in one.evaluation.metrics && name in other.evaluation.metrics)
    .filter((name) => other.evaluation.measurables[name] !== undefined)
    .filter((name) => sameTokens || !perToken.includes(name));
  const without = asked?.find((name) => !(names as readonly string[]).includes(name));
  if (without !== undefined)
    throw new UserError(
      `compare: ${without} cannot be compared: ${perToken.includes(without as MetricName) && !sameTokens ? 'the runs have different tokens' : 'it is no figure of single examples'}. Leave it out of --metrics.`,
    );
  if (names.length === 0)
    throw new UserError(
      'compare: the runs have no metric in common that can be compared. Compare runs of one task.',
    );
  return names;
}

/** How a run cuts what it writes. */
function tokensOf({ description: { encodings } }: MeasuredRun): unknown {
  const written = encodings['target'] ?? encodings['text'];
  return written && tokenizerToJson(written);
}

/** @throws UserError where a metric has other settings in one run than in the other. */
function requireSameSignatures(one: MeasuredRun, other: MeasuredRun): Readonly<Record<string, string>> {
  const [some, others] = [one.evaluation.signatures ?? {}, other.evaluation.signatures ?? {}];
  for (const name of Object.keys(some) as MetricName[])
    if (others[name] !== undefined && others[name] !== some[name])
      throw new UserError(
        `compare: ${metricLabel(name)} is measured in different ways: ${some[name]!} and ${others[name]}. Make the keys of metrics in both config.yaml equal, or leave it out of --metrics.`,
      );
  return some as Readonly<Record<string, string>>;
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
    `${split}: ${counted(examples, 'example')}; ${tests[test].words}, ${drawingText(resampling, examples)}`,
    ...runs.map((path, i) => `  ${'AB'[i]!}: ${path}, ${decodings[i]!}`),
    ...lines,
    '',
  ].join('\n');
}

function isTest(name: string): name is TestName {
  return name in tests;
}
