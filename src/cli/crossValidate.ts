import { join } from 'node:path';
import { withOnBadRow } from '../config/badRowPolicy.js';
import { readConfig } from '../config/node/readConfig.js';
import type { NamedConfusion, RunEvaluation } from '../config/node/taskRun.js';
import type { Config } from '../config/schema.js';
import { writeJson } from '../formats/node/files.js';
import { figuresByClass } from '../metrics/classification.js';
import type { MetricName } from '../metrics/metrics.js';
import { UserError } from '../tensor/errors.js';
import { quoted, requireNoMore, requireOperand, setOption, type Command } from './command.js';
import { figuresTable } from './confusionTable.js';
import { metricLabel, metricValue } from './figures.js';
import { onBadRow, onBadRowOption } from './onBadRow.js';
import { trainAndTest } from './trainAndTest.js';
import { withEngine } from './withEngine.js';

export const crossValidateCommand: Command = {
  name: 'cross-validate',
  summary: 'Train a model for each fold of the data, and say how well they do on what they have not seen',
  operands: 'CONFIG.yaml [--folds N] [--run DIR] [--set key.path=value …] [--on-bad-row POLICY]',
  options: {
    folds: { type: 'string', value: 'N', description: 'default: data.split.folds, else 5' },
    run: {
      type: 'string',
      value: 'DIR',
      description: 'where the runs go, fold-0, fold-1 …; default: runs/<name of the configuration>-folds',
    },
    set: setOption,
    'on-bad-row': onBadRowOption,
  },
  examples: ['heddle cross-validate examples/spam/spam.yaml', 'heddle cross-validate spam.yaml --folds 10'],
  details: () =>
    'Folds that are done are not trained again, and one that was interrupted goes on: give the same command once more.',
  async run(args) {
    const path = requireOperand(crossValidateCommand, args, 'the configuration');
    requireNoMore(crossValidateCommand, args, 1);
    const overrides = args.texts('set');
    const policy = onBadRow(args);
    const read = async (more: readonly string[]) =>
      withOnBadRow(await readConfig(path, [...overrides, ...more]), policy);
    const first = await read([]);
    const own = foldsOf(first);
    const folds = args.count('folds') ?? own ?? 5;
    const place = args.text('run') ?? join('runs', `${first.name}-folds`);
    const typed = [
      `--folds ${folds}`,
      `--run ${quoted(place)}`,
      ...overrides.map((each) => `--set ${quoted(each)}`),
      ...(policy ? [`--on-bad-row ${policy}`] : []),
    ];
    const evaluations: RunEvaluation[] = [];
    for (let fold = 0; fold < folds; fold++) {
      const config = await read([`data.split.folds=${folds}`, `data.split.fold=${fold}`]);
      const run = join(place, `fold-${fold}`);
      const outcome = await withEngine({ threads: config.training.threads }, (engine) =>
        trainAndTest(config, {
          engine,
          run,
          resume: true,
          heading: [`Fold ${fold + 1} of ${folds}: ${run}`],
          goOn: ['npx heddle cross-validate', quoted(path), ...typed].join(' '),
          untested: `fold ${fold} of ${folds} has no examples: groups of them stay together, and fall into folds by a hash. Take fewer folds (--folds), or give more data.`,
        }),
      );
      if ('exitCode' in outcome) return outcome.exitCode;
      evaluations.push(outcome.tested!.evaluation);
      process.stdout.write('\n');
    }
    const summary = summarizeFolds(evaluations);
    process.stdout.write(foldsText(summary));
    await writeJson(join(place, 'folds.json'), summary);
    return undefined;
  },
};

function foldsOf(config: Config): number | undefined {
  if (!('data' in config) || config.task === 'forecasting' || !('fold' in config.data.split))
    throw new UserError(
      `cross-validate: the data of the task ${config.task} have no folds; they are those of pairs, classes, tags and values (data.split.folds).`,
    );
  return config.data.split.folds;
}

/** A figure over folds; null where there is none: the area under a curve of a fold with one class. */
interface FoldFigure {
  readonly folds: readonly (number | null)[];
  /** Of the folds that have it. */
  readonly mean: number | null;
  /** Standard deviation over those, with n − 1. */
  readonly deviation: number | null;
}

/** What `folds.json` has. */
interface FoldsSummary {
  readonly metrics: Readonly<Record<string, FoldFigure>>;
  /** Of classes: what was said of all examples, each when its fold was tested. */
  readonly confusion?: NamedConfusion;
}

function summarizeFolds(evaluations: readonly RunEvaluation[]): FoldsSummary {
  const names = Object.keys(evaluations[0]!.metrics) as MetricName[];
  const metrics = names.map((name) => {
    const orNull = (value = NaN) => (Number.isFinite(value) ? value : null);
    const folds = evaluations.map((each) => orNull(each.metrics[name]));
    const known = folds.filter((value) => value !== null);
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const squares = known.reduce((total, value) => total + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (known.length - 1));
    return [name, { folds, mean: orNull(mean), deviation: orNull(deviation) }] as const;
  });
  const confusions = evaluations.flatMap(({ confusion }) => confusion ?? []);
  return {
    metrics: Object.fromEntries(metrics),
    ...(confusions.length > 0 && { confusion: joined(confusions) }),
  };
}

/** The counts of several confusions, whose classes may stand in another order. */
function joined(confusions: readonly NamedConfusion[]): NamedConfusion {
  const names = [...new Set(confusions.flatMap((each) => each.names))];
  const counts = names.map(() => names.map(() => 0));
  for (const each of confusions)
    each.counts.forEach((row, i) => {
      row.forEach((count, j) => {
        counts[names.indexOf(each.names[i]!)]![names.indexOf(each.names[j]!)]! += count;
      });
    });
  return { names, counts };
}

function foldsText({ metrics, confusion }: FoldsSummary): string {
  const rows = Object.entries(metrics) as [MetricName, FoldFigure][];
  const cells = rows.map(([name, { mean, deviation, folds }]) => [
    metricLabel(name),
    metricValue(name, mean),
    `± ${metricValue(name, deviation)}`,
    folds.map((value) => metricValue(name, value)).join('  '),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map(
    ([name, mean, deviation, folds]) =>
      `  ${name!.padEnd(widths[0]!)}  ${mean!.padStart(widths[1]!)}  ${deviation!.padStart(widths[2]!)}  (${folds!})\n`,
  );
  const classes = confusion ? figuresTable(confusion.names, figuresByClass(confusion.counts)) : '';
  return [`Mean and standard deviation over ${rows[0]![1].folds.length} folds\n`, ...lines, classes].join('');
}
