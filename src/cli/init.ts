import { basename, dirname, relative, resolve, sep } from 'node:path';
import { surveyData } from '../data/node/survey/surveyData.js';
import type { Survey, TableSurvey } from '../data/survey.js';
import { propose, formatProposal } from '../config/proposal/propose.js';
import { placeIn } from '../config/proposal/leftOut.js';
import type { Proposal } from '../config/proposal/proposal.js';
import { minutesText } from '../config/proposal/trainingEntries.js';
import { called, describeColumn, shares } from '../config/proposal/words.js';
import { parseConfig } from '../config/parseConfig.js';
import { asRunName } from '../config/runName.js';
import { taskNames, type TaskName } from '../config/schema.js';
import { nearestName } from '../metrics/nearest.js';
import { exists, writeFileAtomically } from '../formats/node/files.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { UserError } from '../tensor/errors.js';
import { quoted, requireNoMore, requireOperand, type Arguments, type Command } from './command.js';

/** Minutes on two cores that a proposal may take unless others are asked for. */
const MINUTES = 10;

export const initCommand: Command = {
  name: 'init',
  summary: 'Look at a file of data, and write a configuration for it that says why',
  operands:
    'DATA [-o CONFIG.yaml] [--source COLUMN] [--target COLUMN] [--task TASK] [--minutes N] [--horizon ROWS] [--validation FILE] [--test FILE] [--header yes|no] [--subset NAME] [--force]',
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      description: 'the configuration that is written; default: heddle.yaml',
    },
    source: {
      type: 'string',
      value: 'COLUMN',
      description: 'what is read: a column by its name or place, from 0',
    },
    target: { type: 'string', value: 'COLUMN', description: 'what is to be said: a column, in the same way' },
    task: {
      type: 'string',
      value: 'TASK',
      description:
        'classification, sequence-to-sequence, tagging, regression, forecasting or language-model; default: what the columns look like',
    },
    minutes: {
      type: 'string',
      value: 'N',
      description: `how long the training may take on two cores; default ${MINUTES}`,
    },
    horizon: { type: 'string', value: 'ROWS', description: 'of a series: how many rows are forecast' },
    validation: {
      type: 'string',
      value: 'FILE',
      description: 'a file of its own that chooses the checkpoint',
    },
    test: { type: 'string', value: 'FILE', description: 'a file of its own that is measured at the end' },
    subset: { type: 'string', value: 'NAME', description: 'of a folder with several data sets: which one' },
    header: {
      type: 'string',
      value: 'yes|no',
      description:
        'whether the first row of a TSV or CSV file names the columns; default: what the rows look like',
    },
    force: { type: 'boolean', description: 'replace a configuration that is there already' },
  },
  examples: ['heddle init names.tsv', 'heddle init mails.csv --target spam --minutes 3 -o spam.yaml'],
  async run(args) {
    const data = requireOperand(initCommand, args, 'the file or folder of data');
    requireNoMore(initCommand, args, 1);
    const output = args.text('output') ?? 'heddle.yaml';
    const minutes = args.number('minutes') ?? MINUTES;
    if (!(minutes > 0)) throw new UserError(`--minutes is '${minutes}'; it must be above 0.`);
    const task = taskIn(args);
    const header = headerIn(args);
    if (!args.flag('force') && (await exists(output)))
      throw new UserError(
        `${output} is there already. Choose another name with -o FILE, or replace it with --force.`,
      );
    const survey = await surveyData(data, {
      target: args.text('target'),
      subset: args.text('subset'),
      header,
    });
    const wishes = {
      minutes,
      task,
      source: args.text('source'),
      target: args.text('target'),
      horizon: args.count('horizon'),
      validation: args.text('validation'),
      test: args.text('test'),
    };
    const proposal = propose({ survey, wishes, path: (path) => pathFrom(dirname(output), path) });
    const name = nameOf(data);
    const text = formatProposal(name, proposal, headOf(data, proposal));
    // A proposal that the schema refuses would be a mistake of ours, which the user should not find while training.
    parseConfig(text, output);
    await writeFileAtomically(output, text);
    process.stdout.write(summary(survey, proposal, { data, output, name }));
    return undefined;
  },
};

function headerIn(args: Arguments): boolean | undefined {
  const asked = args.text('header');
  if (asked === undefined || asked === 'yes' || asked === 'no')
    return asked === undefined ? undefined : asked === 'yes';
  throw new UserError(`--header is '${asked}'; it must be yes or no.`);
}

function taskIn(args: Arguments): TaskName | undefined {
  const asked = args.text('task');
  if (asked === undefined) return undefined;
  const known = taskNames.find((name) => name === asked);
  if (known) return known;
  const near = nearestName(asked, taskNames);
  throw new UserError(
    `--task is '${asked}'.${near ? ` Did you mean ${near}?` : ''} Known are ${taskNames.join(', ')}.`,
  );
}

/** A path from a folder; one that lies elsewhere as a whole. */
function pathFrom(folder: string, path: string): string {
  const way = relative(resolve(folder), resolve(path)).split(sep).join('/');
  return way === '' || way.startsWith('../../../') ? resolve(path) : way;
}

/** What a run is called after its data. */
function nameOf(data: string): string {
  const name = basename(resolve(data));
  return asRunName(name.replace(/(\.(gz|tsv|csv|txt|json|jsonl|ndjson|parquet|dat|data))+$/i, ''));
}

function headOf(data: string, { reasons, model, minutes, expectation }: Proposal): string[] {
  return [
    `Written by heddle init for ${basename(resolve(data))}. Every value may be changed; docs/config.md lists all keys.`,
    ...reasons,
    `Model: ${model}. Training takes ${minutesText(minutes)} on two cores, estimated.`,
    `Expect: ${expectation}`,
  ];
}

interface Places {
  readonly data: string;
  readonly output: string;
  readonly name: string;
}

function summary(survey: Survey, proposal: Proposal, { data, output, name }: Places): string {
  const { task, reasons, model, minutes, expectation, hints, asked } = proposal;
  const lines = [
    ...seen(survey, data),
    '',
    `Task: ${task}`,
    ...reasons.map((each) => `  ${each}`),
    '',
    `Proposed: ${model}`,
    `  Trains for ${minutesText(minutes)} on two cores, estimated.`,
    `  Expect: ${expectation}`,
    ...hints.map((each) => `  ${each}`),
    '',
    `Written: ${output}, with the reason of each value. Next:`,
    `  npx heddle data ${quoted(output)}`,
    `  npx heddle train ${quoted(output)}`,
    `  npx heddle predict ${quoted(`runs/${name}`)} ${asked.startsWith('--') ? `--input ${quoted(data)}` : quoted(asked)}`,
    `  npx heddle evaluate ${quoted(`runs/${name}`)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Rows that are named. */
const NAMED = 3;

/** The rows of a table that cannot be read, in a line. */
function badRows({ bad, source }: TableSurvey): string[] {
  const [first] = bad.rows;
  if (!first) return [];
  const places = bad.rows.slice(0, NAMED).map(({ origin }) => placeIn(source.file, origin));
  const more = bad.count > NAMED ? ' …' : '';
  return [`  ${counted(bad.count, 'row')} cannot be read: ${places.join(', ')}${more}; ${first.reason}`];
}

/** What is there, in lines. */
function seen(survey: Survey, data: string): string[] {
  switch (survey.kind) {
    case 'table': {
      const { columns, count, source } = survey;
      const names = columns.map(called);
      const width = Math.max(...names.map(({ length }) => length));
      const form = source.header === true ? ', the first row names them' : '';
      return [
        `${data}: ${counted(count, 'row')} of ${counted(columns.length, 'column')}${form}`,
        ...columns.map((column, i) => `  ${names[i]!.padEnd(width)}  ${describeColumn(column)}`),
        ...badRows(survey),
      ];
    }
    case 'text':
      return [`${data}: plain text, ${groupDigits(survey.characters)} characters`];
    case 'idx':
      return [
        `${data}: ${counted(survey.train.count, 'image')} in ${survey.train.images}, labels in ${survey.train.labels}`,
        ...(survey.test
          ? [
              `  and ${counted(survey.test.count, 'image')} in ${survey.test.images}, labels in ${survey.test.labels}`,
            ]
          : []),
      ];
    case 'images':
      return [`${data}: a folder of images for each class`, `  ${shares(survey.classes, 10)}`];
    case 'recordings':
      return [
        `${data}: ${survey.table ? 'a table of WAV recordings' : 'a folder of WAV recordings for each class'}`,
        `  ${shares(survey.classes, 10)}`,
      ];
  }
}
