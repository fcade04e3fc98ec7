import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import type { RunEvaluation } from '../config/node/taskRun.js';
import { splitNames, type SplitName } from '../data/split.js';
import { counted } from '../formats/terminal.js';
import type { MetricName } from '../metrics/metrics.js';
import type { Metrics } from '../train/trainer.js';
import { UserError } from '../tensor/errors.js';
import { requireNoMore, requireOperand, type Command } from './command.js';
import { metricLabel, metricsLine, metricValue, unitOf } from './figures.js';
import { withEngine } from './withEngine.js';

export const evaluateCommand: Command = {
  name: 'evaluate',
  summary: 'Measure a trained model on examples that it has not seen',
  operands: 'RUN [--split test] [--data FILE] [--beam K] [--json]',
  options: {
    split: {
      type: 'string',
      value: 'NAME',
      description: 'part of the run’s data: test (default), validation or train',
    },
    data: {
      type: 'string',
      value: 'FILE',
      description:
        'a file instead, read as the run’s own data: source, tab, target; of several tasks NAME=FILE',
    },
    beam: {
      type: 'string',
      value: 'K',
      description: 'hypotheses kept, 1 is greedy; default: decoding.beam of the run',
    },
    json: { type: 'boolean', description: 'print one JSON object; rates as fractions' },
  },
  examples: ['heddle evaluate runs/pronounce --beam 5'],
  async run(args) {
    const path = requireOperand(evaluateCommand, args, 'the run directory');
    requireNoMore(evaluateCommand, args, 1);
    const split = args.text('split') ?? 'test';
    const beam = args.count('beam');
    const file = args.text('data');
    if (file !== undefined && args.text('split') !== undefined)
      throw new UserError('evaluate: give --data or --split, not both.');
    if (!isSplit(split)) throw new UserError(`--split is '${split}'; it can be ${splitNames.join(', ')}.`);
    await withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      const measured = await run.evaluate(file === undefined ? { split } : { file }, { beam });
      if (measured.notes.length > 0) process.stderr.write(`heddle: ${measured.notes.join(', ')}\n`);
      const summary = evaluationSummary(file ?? split, measured);
      process.stdout.write(
        args.flag('json') ? `${JSON.stringify(summary, null, 2)}\n` : asText(summary, run),
      );
    });
    return undefined;
  },
};

/** What `evaluate --json` prints. */
export interface EvaluationSummary {
  /** The name of the split, or the file. */
  readonly split: string;
  readonly examples: number;
  readonly decoding: string;
  /** Rates as fractions. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Figures to compare with, by what they are of. */
  readonly comparisons?: Readonly<Record<string, Metrics>>;
}

export function evaluationSummary(
  split: string,
  { examples, metrics, decoding, comparisons }: RunEvaluation,
): EvaluationSummary {
  return {
    split,
    examples,
    decoding,
    metrics: metrics as Record<string, number>,
    ...(comparisons && { comparisons }),
  };
}

function asText(
  { split, examples, decoding, metrics, comparisons = {} }: EvaluationSummary,
  { step, task }: TrainedRun,
): string {
  const figures = Object.entries(metrics) as [MetricName, number][];
  const width = Math.max(...figures.map(([name]) => metricLabel(name).length));
  const rows = figures.map(
    ([name, value]) => `  ${metricLabel(name).padEnd(width)}  ${metricValue(name, value).padStart(9)}\n`,
  );
  const others = Object.entries(comparisons).map(([name, figures]) => `${name}: ${metricsLine(figures)}\n`);
  return `${split}: ${counted(examples, unitOf(task))}, ${decoding}, checkpoint of step ${step}\n${[...rows, ...others].join('')}`;
}

function isSplit(name: string): name is SplitName {
  return (splitNames as readonly string[]).includes(name);
}
