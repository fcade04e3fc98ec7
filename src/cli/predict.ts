import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import type { ForecastingRun } from '../config/node/forecastingRun.js';
import type { LanguageRun } from '../config/node/languageRun.js';
import { BadRows } from '../data/badRows.js';
import { UserError } from '../tensor/errors.js';
import { answerEach, type Answerer, type Asked } from './answerEach.js';
import { askedInput, askedPipe } from './askedInput.js';
import { pairAnswerer } from './answerPairs.js';
import { tasksAnswerer } from './answerTasks.js';
import { ctcAnswerer } from './align.js';
import { classAnswerer, classifyRows } from './classify.js';
import { requireOperand, type Arguments, type Command } from './command.js';
import { textContinuer } from './continueTexts.js';
import { estimateRows, valueAnswerer } from './estimate.js';
import { holeFiller } from './fillHoles.js';
import { maskFiller } from './fillMasks.js';
import { forecastSeries } from './forecast.js';
import { labelAnswerer, labelRows } from './label.js';
import { tellBadRows } from './onBadRow.js';
import { tagAnswerer } from './tag.js';
import { withEngine } from './withEngine.js';

export const predictCommand: Command = {
  name: 'predict',
  summary: 'Answer texts with a trained model: from the command line, a file or standard input',
  operands:
    'RUN [TEXT … | --input FILE] [--beam K] [--n-best N] [--sample N] [--prefix TEXT] [--must-contain TEXT] [--json]',
  options: {
    input: {
      type: 'string',
      value: 'FILE',
      description: 'one text a line, or a table with the columns that the run reads; - is standard input',
    },
    beam: {
      type: 'string',
      value: 'K',
      description: 'hypotheses kept, 1 is greedy; default: decoding.beam of the run, and at least N',
    },
    'length-penalty': {
      type: 'string',
      value: 'A',
      description: 'above 0 favours longer answers; default: decoding.lengthPenalty of the run',
    },
    'n-best': { type: 'string', value: 'N', description: 'answers per text, best first, with their scores' },
    sample: {
      type: 'string',
      value: 'N',
      description:
        'instead: N answers drawn from the distribution; of a language model N continuations, with the seeds S, S + 1, …',
    },
    temperature: {
      type: 'string',
      value: 'T',
      description: 'of what is drawn: above 1 more varied; default: decoding.temperature of the run',
    },
    'top-k': {
      type: 'string',
      value: 'K',
      description: 'draw from the K likeliest tokens only; default: decoding.topK of the run, else all',
    },
    'top-p': {
      type: 'string',
      value: 'P',
      description: 'draw from the likeliest that reach P together',
    },
    'min-p': { type: 'string', value: 'P', description: 'draw what is at least P times the likeliest' },
    seed: {
      type: 'string',
      value: 'S',
      description: 'another seed, other draws; default 1',
    },
    'max-length': {
      type: 'string',
      value: 'N',
      description: 'tokens after which what is written is cut; default: decoding.maxLength of the run',
    },
    prefix: { type: 'string', value: 'TEXT', description: 'how every answer begins' },
    'must-contain': {
      type: 'string',
      multiple: true,
      value: 'TEXT',
      description: 'what every answer contains; may be repeated; a wider --beam finds better places',
    },
    'repetition-penalty': {
      type: 'string',
      value: 'X',
      description: 'above 1: tokens are less likely a second time',
    },
    'no-repeat': { type: 'string', value: 'N', description: 'no sequence of N tokens comes twice' },
    unknown: {
      type: 'boolean',
      description:
        'of pairs and CTC: read symbols that the model does not know as <unknown>, not refuse the text',
    },
    json: { type: 'boolean', description: 'print one JSON object per text' },
  },
  examples: [
    'heddle predict runs/pronounce heddle shuttle',
    'heddle predict runs/pronounce --n-best 3 --json < words.txt',
    'heddle predict runs/pronounce heddle --sample 5 --temperature 0.8 --top-p 0.9',
  ],
  details: () =>
    "What is not given is as decoding in the config.yaml of the run says: prefix, constraints, temperature, topK and the others (docs/config.md).\nA model that reads a context takes it behind the text, a tab between, of an image its path: heddle predict RUN $'TEXT\\tCONTEXT'; others refuse a tab, unless it is one of their tokens.\nA table (--input FILE) is read as such where it names the columns that the run reads of its own data, in its header or as keys of JSON Lines or Parquet; else each line of the file is a text, in the encoding of data.source.\nA text that cannot be answered is reported on standard error (with --json, in its object), the others are answered; the exit code is then 2.",
  async run(args) {
    const path = requireOperand(predictCommand, args, 'the run directory');
    const texts = args.positionals.slice(1);
    const input = args.text('input');
    if (texts.length > 0 && input !== undefined)
      throw new UserError('predict: give texts or --input, not both.');
    return withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      if (run.task === 'forecasting') return forecastSeries(run, args);
      if (run.task === 'regression' && !run.encoding.text) return estimateRows(run, args);
      if (run.task === 'classification' && run.readsRows) return classifyRows(run, args);
      if (run.task === 'multi-label' && run.readsRows) return labelRows(run, args);
      if (texts.length === 0 && input === undefined && process.stdin.isTTY)
        throw new UserError(
          'predict: no text. Give one (heddle predict RUN TEXT), a file (--input FILE), or pipe lines in.',
        );
      const answer = replier(run, args);
      if (texts.length > 0)
        return answer(texts.map((text, i) => ({ text, origin: `argument ${i + 1}`, number: i + 1 })));
      const piped = input === undefined || input === '-';
      const options = { badRows: new BadRows('report'), json: args.flag('json') };
      let exitCode = 0;
      for await (const asked of piped ? askedPipe() : askedInput(run, input, options))
        exitCode = Math.max(exitCode, await answer(asked));
      tellBadRows(options.badRows);
      return options.badRows.count > 0 ? 2 : exitCode;
    });
  },
};

/** Answers in the way of the run's task; resolves to the exit code. */
function replier(
  run: Exclude<TrainedRun, ForecastingRun>,
  args: Arguments,
): (asked: readonly Asked[]) => Promise<number> {
  if (run.task === 'language-model') return textContinuer(run, args);
  const answer = answererOf(run, args);
  return (asked) => answerEach(asked, answer, { json: args.flag('json') });
}

function answererOf(run: Exclude<TrainedRun, ForecastingRun | LanguageRun>, args: Arguments): Answerer {
  switch (run.task) {
    case 'sequence-to-sequence':
      return pairAnswerer(run, args);
    case 'ctc':
    case 'speech-recognition':
      return ctcAnswerer(run, args);
    case 'masked-language-model':
      return maskFiller(run, args);
    case 'denoising':
      return holeFiller(run, args);
    case 'classification':
      return classAnswerer(run, args);
    case 'multi-label':
      return labelAnswerer(run, args);
    case 'regression':
      return valueAnswerer(run, args);
    case 'tagging':
      return tagAnswerer(run, args);
    case 'multi-task':
      return tasksAnswerer(run, args);
  }
}
