import type { EvaluatedPart, RunEvaluationOptions } from '../config/node/taskRun.js';
import type { TrainedRun } from '../config/node/trainedRun.js';
import type { TaskName } from '../config/schema.js';
import { splitNames, type SplitName } from '../data/split.js';
import { counted, groupDigits } from '../formats/terminal.js';
import type { Drawing } from '../metrics/drawing.js';
import type { MetricName } from '../metrics/metrics.js';
import { suggestion } from '../metrics/nearest.js';
import type { ResamplingOptions } from '../metrics/resampling.js';
import { UserError } from '../tensor/errors.js';
import type { Arguments, Command, Option } from './command.js';
import { onBadRowOption } from './onBadRow.js';

/** What runs are measured on, and by what. */
export const measuringOptions = {
  split: {
    type: 'string',
    value: 'NAME',
    description: 'part of the run’s data: test (default), validation or train',
  },
  data: {
    type: 'string',
    value: 'FILE',
    description: 'a file or folder instead, read as the run’s own data is; of several tasks NAME=FILE',
  },
  metrics: {
    type: 'string',
    value: 'NAMES',
    description:
      'what is measured: bleu,chrf,… (docs/config.md); default: those of the run’s task, and what it was validated by',
  },
  beam: {
    type: 'string',
    value: 'K',
    description: 'hypotheses kept, 1 is greedy; default: decoding.beam of the run',
  },
  'on-bad-row': onBadRowOption,
} as const satisfies Readonly<Record<string, Option>>;

/** How examples are drawn again. */
export const resamplingOptions = {
  samples: { type: 'string', value: 'N', description: 'drawings of the examples; default 1000' },
  seed: { type: 'string', value: 'S', description: 'another seed, other drawings; default 1' },
} as const satisfies Readonly<Record<string, Option>>;

/** @throws UserError for a split that there is not, or options that do not go together. */
export function readMeasuring(
  { name: command }: Command,
  args: Arguments,
): { part: EvaluatedPart; name: string; options: RunEvaluationOptions } {
  const split = args.text('split') ?? 'test';
  const file = args.text('data');
  if (file !== undefined && args.text('split') !== undefined)
    throw new UserError(`${command}: give --data or --split, not both.`);
  if (!isSplit(split)) throw new UserError(`--split is '${split}'.${suggestion(split, splitNames)}`);
  // Names that are none are refused where it is known which the runs have.
  const metrics = args
    .text('metrics')
    ?.split(',')
    .map((each) => each.trim() as MetricName);
  return {
    part: file === undefined ? { split } : { file },
    name: file ?? split,
    options: { beam: args.count('beam'), metrics },
  };
}

/** Tasks whose answers are searched for. */
const searching: readonly TaskName[] = ['sequence-to-sequence', 'ctc', 'speech-recognition'];

/** @throws UserError for a beam where the figures of a run are not of answers that are searched for. */
export function requireSearch({ run: { path }, task }: TrainedRun, { beam }: RunEvaluationOptions): void {
  if (beam === undefined || searching.includes(task)) return;
  throw new UserError(
    `${path}: --beam is for models that search for their answers; a run of the task ${task} is measured without a search. Leave it out.`,
  );
}

export function readResampling(args: Arguments): Required<ResamplingOptions> {
  return { samples: args.count('samples') ?? 1000, seed: args.number('seed') ?? 1 };
}

/** Blocks below which an interval is rough: a choice of so few says little of how figures spread. */
const FEW_BLOCKS = 10;

/** `1,000 drawings, seed 1`, and of blocks how long they are. */
export function drawingText({ samples, seed, block }: Drawing, examples: number): string {
  const drawn = `${counted(samples, 'drawing')}, seed ${seed}`;
  if (block === undefined) return drawn;
  const few =
    examples <= block
      ? `; ${counted(examples, 'window')} are too few: give a part of several times ${groupDigits(block)}`
      : examples < FEW_BLOCKS * block
        ? `; no more than ${(examples / block).toFixed(1)} blocks, so intervals are rough`
        : '';
  return `${drawn}, blocks of ${groupDigits(block)} windows in a row, as windows overlap${few}`;
}

function isSplit(name: string): name is SplitName {
  return (splitNames as readonly string[]).includes(name);
}
