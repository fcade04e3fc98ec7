import { withOnBadRow } from '../config/badRowPolicy.js';
import { readConfig } from '../config/node/readConfig.js';
import { prepareTask } from '../config/node/prepareTask.js';
import type { Config } from '../config/schema.js';
import type { Task } from '../config/task.js';
import { writeFileAtomically } from '../formats/node/files.js';
import { findLearningRate, type LearningRateScan } from '../train/learningRateFinder.js';
import { learningRateSvg } from '../train/learningRateSvg.js';
import { TrainStep, type TrainingBatch } from '../train/trainStep.js';
import { requireNoMore, requireOperand, setOption, type Command } from './command.js';
import { onBadRow, onBadRowOption, tellBadRows } from './onBadRow.js';
import { withEngine } from './withEngine.js';

export const findRateCommand: Command = {
  name: 'find-rate',
  summary: 'Find a learning rate: train while it rises, and see where the loss falls steepest',
  operands:
    'CONFIG.yaml [--steps N] [--from RATE] [--to RATE] [--svg FILE] [--set key.path=value …] [--on-bad-row POLICY] [--json]',
  options: {
    steps: {
      type: 'string',
      value: 'N',
      description:
        'updates, each on a batch of the training data, or training.accumulate of them; default 100',
    },
    from: { type: 'string', value: 'RATE', description: 'the first rate; default 1e-6' },
    to: { type: 'string', value: 'RATE', description: 'the last rate; default 1' },
    svg: { type: 'string', value: 'FILE', description: 'draw the loss over the rate' },
    set: setOption,
    'on-bad-row': onBadRowOption,
    json: { type: 'boolean', description: 'print one JSON object: rates, losses, suggestion' },
  },
  examples: ['heddle find-rate examples/pronounce/quick.yaml --svg rates.svg'],
  async run(args) {
    const path = requireOperand(findRateCommand, args, 'the configuration');
    requireNoMore(findRateCommand, args, 1);
    const [steps, from, to] = [args.count('steps'), args.number('from'), args.number('to')];
    const config = withOnBadRow(await readConfig(path, args.texts('set')), onBadRow(args));
    const task = await prepareTask(config);
    if (task.badRows) tellBadRows(task.badRows);
    await withEngine({ threads: config.training.threads }, async (engine) => {
      const { seed } = config.training;
      const trainStep = await TrainStep.create({ ...task, engine, seed });
      const scan = await findLearningRate(trainStep, batchesOf(task, config), { steps, from, to });
      process.stdout.write(args.flag('json') ? `${JSON.stringify(scan)}\n` : asText(scan, path));
      const svg = args.text('svg');
      if (svg !== undefined) await writeFileAtomically(svg, learningRateSvg(scan));
    });
    return undefined;
  },
};

/** Batches of the training data without end, together for each update as a training would take them. */
function* batchesOf({ train, batch }: Task, { training }: Config): Generator<TrainingBatch[]> {
  const { seed, accumulate } = training;
  for (let epoch = 0; ; epoch++) {
    const batches = train.plan(batch, { seed, epoch });
    for (let at = 0; at < batches.length; at += accumulate)
      yield batches.slice(at, at + accumulate).map((indices) => train.batch(indices));
  }
}

/** Lines of the scan that are shown, and the width of the longest bar. */
const LINES = 20;
const BAR = 40;

function asText({ rates, losses, suggestion }: LearningRateScan, path: string): string {
  const most = Math.max(...losses);
  const every = Math.max(1, Math.ceil(rates.length / LINES));
  const lines = rates.flatMap((rate, i) => {
    if (i % every !== 0) return [];
    const bar = '█'.repeat(Math.round((BAR * losses[i]!) / most));
    return [`  ${rate.toExponential(1)}  ${losses[i]!.toFixed(3).padStart(7)}  ${bar}`];
  });
  const shown = Number(suggestion.toPrecision(1));
  return `     rate     loss
${lines.join('\n')}

The loss falls steepest around ${suggestion.toExponential(1)}. Try it as the peak rate of a schedule with warm-up:
  npx heddle train ${path} --set training.optimizer.learningRate=${shown}
`;
}
