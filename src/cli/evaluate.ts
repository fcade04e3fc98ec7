import { metricInterval, metricLabel, metricsLine, metricValue, unitOf } from '../config/figures.js';
import type { NamedConfusion, RunEvaluation } from '../config/node/taskRun.js';
import { testedOthers } from '../config/node/testedExamples.js';
import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import { counted } from '../formats/terminal.js';
import { drawingOf, type Drawing } from '../metrics/drawing.js';
import type { Measurable } from '../metrics/exampleSums.js';
import type { MetricName } from '../metrics/metrics.js';
import { bootstrapInterval, type Interval, type ResamplingOptions } from '../metrics/resampling.js';
import type { Metrics } from '../train/trainer.js';
import { UserError } from '../tensor/errors.js';
import { requireNoMore, requireOperand, type Arguments, type Command } from './command.js';
import { confusionTable } from './confusionTable.js';
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

export const evaluateCommand: Command = {
  name: 'evaluate',
  summary: 'Measure a trained model on examples that it has not seen',
  operands: 'RUN [--split test] [--data FILE] [--metrics NAMES] [--beam K] [--confidence] [--json]',
  options: {
    ...measuringOptions,
    confidence: {
      type: 'boolean',
      description: 'a 95 % interval beside each figure that is one of examples, by bootstrap resampling',
    },
    ...resamplingOptions,
    confusion: { type: 'boolean', description: 'of a classifier: which classes it takes for which' },
    json: { type: 'boolean', description: 'print one JSON object; rates as fractions' },
  },
  examples: [
    'heddle evaluate runs/pronounce --beam 5',
    'heddle evaluate runs/translate --metrics bleu,chrf --confidence',
  ],
  async run(args) {
    const path = requireOperand(evaluateCommand, args, 'the run directory');
    requireNoMore(evaluateCommand, args, 1);
    const { part, name, options } = readMeasuring(evaluateCommand, args);
    const resampling = confidenceOf(args);
    await withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      requireSearch(run, options);
      heedBadRows(run, args);
      const measured = await run.evaluate(part, options);
      tellBadRows(run.badRows);
      if (measured.notes.length > 0) process.stderr.write(`heddle: ${measured.notes.join(', ')}\n`);
      if ('split' in part && part.split === 'test' && (await testedOthers(run.run, measured)))
        process.stderr.write(
          `heddle: ${path}: the test examples are not those that the run was tested on after its training: its data have changed, and it may have been trained on some of these\n`,
        );
      const { confusion } = measured;
      if (args.flag('confusion') && !confusion)
        throw new UserError(`${path}: --confusion is for models that classify; leave it out.`);
      const summary = evaluationSummary(name, measured, resampling);
      const shown = { ...summary, ...(args.flag('confusion') && { confusion }) };
      process.stdout.write(args.flag('json') ? `${JSON.stringify(shown, null, 2)}\n` : asText(shown, run));
    });
    return undefined;
  },
};

/** How intervals are drawn, where they are asked for. */
function confidenceOf(args: Arguments): Required<ResamplingOptions> | undefined {
  if (args.flag('confidence')) return readResampling(args);
  const without = Object.keys(resamplingOptions).find((name) => args.given(name));
  if (without !== undefined)
    throw new UserError(`evaluate: --${without} is for the drawings of --confidence; give it too.`);
  return undefined;
}

/** What `evaluate --json` prints. */
export interface EvaluationSummary {
  /** The name of the split, or the file. */
  readonly split: string;
  readonly examples: number;
  readonly decoding: string;
  /** Rates as fractions; null for what is undefined, such as an area under a curve of a single class. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** How figures were got, as sacreBLEU says it, by the name of the metric. */
  readonly signatures?: Readonly<Record<string, string>>;
  /** 95 % intervals by the name of the metric, and how they were drawn. */
  readonly intervals?: Readonly<Record<string, Interval>>;
  readonly resampling?: Drawing;
  /** Figures to compare with, by what they are of. */
  readonly comparisons?: Readonly<Record<string, Metrics>>;
}

/** @param resampling how intervals are drawn; without it there are none. */
export function evaluationSummary(
  split: string,
  { examples, metrics, decoding, measurables, signatures = {}, comparisons }: RunEvaluation,
  resampling?: Required<ResamplingOptions>,
): EvaluationSummary {
  const drawn = resampling && `bs:${resampling.samples}|seed:${resampling.seed}|`;
  const signed = Object.entries(signatures as Record<string, string>).map(([name, signature]) => [
    name,
    // Where sacreBLEU says it: after the number of references.
    drawn ? signature.replace(/(?<=^nrefs:\w+\|)/, drawn) : signature,
  ]);
  return {
    split,
    examples,
    decoding,
    metrics: Object.fromEntries(
      Object.entries(metrics as Record<string, number>).map(([name, value]) => [
        name,
        Number.isFinite(value) ? value : null,
      ]),
    ),
    ...(signed.length > 0 && { signatures: Object.fromEntries(signed) as Record<string, string> }),
    ...(resampling && {
      intervals: Object.fromEntries(
        Object.entries(measurables as Record<string, Measurable>)
          .filter(([name]) => name in metrics)
          .map(([name, measured]) => [name, bootstrapInterval(measured, resampling)]),
      ),
      resampling: drawingOf(resampling, measurables),
    }),
    ...(comparisons && { comparisons }),
  };
}

function asText(
  summary: EvaluationSummary & { readonly confusion?: NamedConfusion | undefined },
  { step, task }: TrainedRun,
): string {
  const { split, examples, decoding, metrics, intervals, signatures = {}, comparisons = {} } = summary;
  const figures = Object.entries(metrics) as [MetricName, number | null][];
  const width = Math.max(...figures.map(([name]) => metricLabel(name).length));
  const ranges = figures.map(([name]) => {
    const interval = intervals?.[name];
    return interval ? `  ${metricInterval(name, interval)}` : '';
  });
  const rangeWidth = Math.max(...ranges.map(({ length }) => length));
  const rows = figures.map(([name, value], i) => {
    const signature = signatures[name] === undefined ? '' : `  ${signatures[name]}`;
    const line = `  ${metricLabel(name).padEnd(width)}  ${metricValue(name, value).padStart(9)}${ranges[i]!.padEnd(rangeWidth)}${signature}`;
    return `${line.trimEnd()}\n`;
  });
  const others = Object.entries(comparisons)
    .filter(([, values]) => Object.keys(values).length > 0)
    .map(([name, values]) => `${name}: ${metricsLine(values)}\n`);
  const confusion = summary.confusion ? confusionTable(summary.confusion) : '';
  const drawn = summary.resampling
    ? `95 % intervals by bootstrap resampling: ${drawingText(summary.resampling, examples)}\n`
    : '';
  const heading = `${split}: ${counted(examples, unitOf(task))}, ${decoding}, checkpoint of step ${step}\n`;
  return [heading, ...rows, drawn, ...others, confusion].join('');
}
