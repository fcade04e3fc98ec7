import { readExamples, readTable } from '../config/node/readExamples.js';
import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import type { Config } from '../config/schema.js';
import { encodeExamples, type PairDataset } from '../data/dataset.js';
import { splitNames, type SplitName } from '../data/split.js';
import { metricNames, type MetricName } from '../metrics/metrics.js';
import { UserError } from '../tensor/errors.js';
import type { Evaluation } from '../train/evaluator.js';
import { requireNoMore, requireOperand, type Command } from './command.js';
import { counted, metricLabel, metricValue } from './figures.js';
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
    data: { type: 'string', value: 'FILE', description: 'examples from a file instead: source, tab, target' },
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
      const dataset = file === undefined ? await splitDataset(run, split) : await fileDataset(run, file);
      noteUnknown(dataset);
      const measured = await evaluateAll(run, dataset, beam);
      const summary = evaluationSummary(file ?? split, dataset, measured);
      process.stdout.write(
        args.flag('json') ? `${JSON.stringify(summary, null, 2)}\n` : asText(summary, run.step),
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
}

/** All metrics of a run on a data set, with the run's own decoding unless a beam is given. */
export function evaluateAll(
  { evaluator, config: { decoding } }: TrainedRun,
  dataset: PairDataset,
  beam = decoding.beam,
): Promise<Evaluation> {
  return evaluator.evaluate(dataset, { ...decoding, beam, metrics: metricNames });
}

export function evaluationSummary(
  split: string,
  { examples }: PairDataset,
  { metrics, decoding }: Evaluation,
): EvaluationSummary {
  return { split, examples: examples.length, decoding, metrics: metrics as Record<string, number> };
}

function asText({ split, examples, decoding, metrics }: EvaluationSummary, step: number): string {
  const rows = (Object.entries(metrics) as [MetricName, number][]).map(
    ([name, value]) => `  ${metricLabel(name).padEnd(14)}  ${metricValue(name, value).padStart(9)}\n`,
  );
  return `${split}: ${counted(examples, 'example')}, ${decoding}, checkpoint of step ${step}\n${rows.join('')}`;
}

/** Symbols that the training data lack cannot be told apart, nor written: they cost accuracy. */
function noteUnknown({
  report: { unknownSourceTokens, unknownTargetTokens, skippedPairs },
}: PairDataset): void {
  const notes = [
    unknownSourceTokens > 0 && `${counted(unknownSourceTokens, 'source token')} unknown to the model`,
    unknownTargetTokens > 0 && `${counted(unknownTargetTokens, 'target token')} unknown to the model`,
    skippedPairs > 0 && `${counted(skippedPairs, 'pair')} left out as too long (data.limits)`,
  ].filter(Boolean);
  if (notes.length > 0) process.stderr.write(`heddle: ${notes.join(', ')}\n`);
}

function isSplit(name: string): name is SplitName {
  return (splitNames as readonly string[]).includes(name);
}

async function splitDataset({ config, encoding }: TrainedRun, split: SplitName): Promise<PairDataset> {
  const examples = (await readOwnData(config))[split];
  if (examples.length === 0)
    throw new UserError(
      `the run has no ${split} examples. Choose another --split, or give a file with --data.`,
    );
  return encodeExamples(examples, encoding, config.data.limits);
}

async function readOwnData(config: Config) {
  try {
    return await readExamples(config);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message} Or measure on a file of your own: --data FILE.`, { cause: error });
  }
}

/** A file is read as the run's own table is, where it has one. */
async function fileDataset({ config, encoding }: TrainedRun, file: string): Promise<PairDataset> {
  return encodeExamples(await readTable({ ...tableFormat(config), file }), encoding, config.data.limits);
}

function tableFormat({ data: { source } }: Config) {
  return 'file' in source ? source : { columns: { source: 0, target: 1 }, header: false };
}
