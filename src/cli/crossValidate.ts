import { join } from 'node:path';
import { withOnBadRow } from '../config/badRowPolicy.js';
import { metricLabel, metricValue } from '../config/figures.js';
import {
  foldsOf,
  requireTested,
  writeFolds,
  type FoldFigure,
  type FoldsSummary,
} from '../config/node/crossValidate.js';
import { requireLearnable } from '../config/node/foldLabels.js';
import { readConfig } from '../config/node/readConfig.js';
import type { RunEvaluation } from '../config/node/taskRun.js';
import { figuresByClass } from '../metrics/classification.js';
import type { MetricName } from '../metrics/metrics.js';
import { quoted, requireNoMore, requireOperand, setOption, type Command } from './command.js';
import { figuresTable } from './confusionTable.js';
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
    const config = withOnBadRow(await readConfig(path, overrides), policy);
    const place = args.text('run') ?? join('runs', `${config.name}-folds`);
    const folds = foldsOf(config, { path: place, folds: args.count('folds'), file: path });
    const typed = [
      `--folds ${folds.length}`,
      `--run ${quoted(place)}`,
      ...overrides.map((each) => `--set ${quoted(each)}`),
      ...(policy ? [`--on-bad-row ${policy}`] : []),
    ];
    await requireLearnable(folds);
    const evaluations: RunEvaluation[] = [];
    for (const fold of folds) {
      const outcome = await withEngine({ threads: config.training.threads }, (engine) =>
        trainAndTest(fold.config, {
          engine,
          run: fold.path,
          resume: true,
          heading: [`Fold ${fold.fold + 1} of ${fold.folds}: ${fold.path}`],
          goOn: ['npx heddle cross-validate', quoted(path), ...typed].join(' '),
          prepared: (task) => requireTested(task, fold),
        }),
      );
      if ('exitCode' in outcome) return outcome.exitCode;
      evaluations.push(outcome.tested!.evaluation);
      process.stdout.write('\n');
    }
    process.stdout.write(foldsText(await writeFolds(place, evaluations)));
    return undefined;
  },
};

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
