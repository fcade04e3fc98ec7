import { join } from 'node:path';
import { metricLabel, metricValue } from '../config/figures.js';
import { runSearch } from '../config/node/runSearch.js';
import { planSearch } from '../config/node/searchPlan.js';
import { writeSearchReport } from '../config/node/searchReport.js';
import { searchTable, tableText } from '../config/node/searchTable.js';
import { readText } from '../formats/node/files.js';
import { quoted, requireNoMore, requireOperand, setOption, type Command } from './command.js';
import { interruptible } from './interruptible.js';
import { onBadRow, onBadRowOption } from './onBadRow.js';
import { SearchDisplay } from './searchDisplay.js';

export const tuneCommand: Command = {
  name: 'tune',
  summary: 'Search the values of a configuration’s keys: train trials, compare them, write the best',
  operands: 'CONFIG.yaml [--run DIR] [--resume] [--set key.path=value …] [--on-bad-row POLICY]',
  options: {
    run: {
      type: 'string',
      value: 'DIR',
      description: 'the directory of the search; default: runs/<name of the configuration>-tune',
    },
    resume: {
      type: 'boolean',
      description: 'go on with the search that was begun there, or begin if there is none',
    },
    set: setOption,
    'on-bad-row': onBadRowOption,
  },
  examples: ['heddle tune examples/pronounce/tune.yaml', 'heddle tune examples/pronounce/tune.yaml --resume'],
  async run(args) {
    const path = requireOperand(tuneCommand, args, 'the configuration');
    requireNoMore(tuneCommand, args, 1);
    const overrides = args.texts('set');
    const policy = onBadRow(args);
    const plan = planSearch(await readText(path), path, overrides, policy);
    const directory = args.text('run') ?? join('runs', `${plan.base.name}-tune`);
    const typed = [
      quoted(path),
      ...overrides.map((each) => `--set ${quoted(each)}`),
      ...(policy ? [`--on-bad-row ${policy}`] : []),
    ].join(' ');
    const display = new SearchDisplay(plan, [`Directory: ${directory}`]);
    const { result, exitCode } = await interruptible(
      (signal) =>
        runSearch(plan, { path: directory, resume: args.flag('resume'), signal, observer: display }),
      () =>
        display.note('Stopping after this step … (once more Ctrl-C: at once, back to the last checkpoint)'),
    );
    const { trials, interrupted } = result;
    display.note('');
    const best = await writeSearchReport(plan, result, {
      path: directory,
      command: `heddle tune ${typed}`,
    });
    if (trials.length > 0) process.stdout.write(tableText(searchTable(plan, trials), best ? '  ★' : ''));
    if (interrupted) {
      display.note(`\nSaved. Go on with: npx heddle tune ${typed} --run ${quoted(directory)} --resume`);
      return exitCode;
    }
    const metric = plan.base.training.validation.stopOn;
    if (!best) {
      display.note('\nNo trial was trained to a figure. Narrow tune.space to values that train.');
      return 1;
    }
    process.stdout.write(`
Best: trial ${best.number}, ${metricLabel(metric)} ${metricValue(metric, best.results.at(-1)!.value)} on validation

Next:
  npx heddle evaluate ${quoted(result.runOf(best.number))}
  npx heddle train ${quoted(join(directory, 'best.yaml'))}
  and open ${join(directory, 'report.html')} in a browser
`);
    return 0;
  },
};
