import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import { lineBlocks, readBlocks } from '../data/node/lines.js';
import type { Prediction } from '../decode/predictor.js';
import type { DistributionOptions } from '../decode/sampling.js';
import { UserError } from '../tensor/errors.js';
import { requireOperand, type Arguments, type Command } from './command.js';
import { withEngine } from './withEngine.js';

export const predictCommand: Command = {
  name: 'predict',
  summary: 'Answer texts with a trained model: from the command line, a file or standard input',
  operands:
    'RUN [TEXT … | --input FILE] [--beam K] [--n-best N] [--sample N] [--prefix TEXT] [--must-contain TEXT] [--json]',
  options: {
    input: { type: 'string', value: 'FILE', description: 'one text a line; - is standard input' },
    beam: {
      type: 'string',
      value: 'K',
      description: 'hypotheses kept, 1 is greedy; default: decoding.beam of the run, and at least N',
    },
    'n-best': { type: 'string', value: 'N', description: 'answers per text, best first, with their scores' },
    sample: { type: 'string', value: 'N', description: 'instead: N answers drawn from the distribution' },
    temperature: { type: 'string', value: 'T', description: 'with --sample: above 1 more varied; default 1' },
    'top-k': { type: 'string', value: 'K', description: 'with --sample: only the K likeliest tokens' },
    'top-p': {
      type: 'string',
      value: 'P',
      description: 'with --sample: the likeliest that reach P together',
    },
    'min-p': { type: 'string', value: 'P', description: 'with --sample: at least P times the likeliest' },
    seed: {
      type: 'string',
      value: 'S',
      description: 'with --sample: another seed, other answers; default 1',
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
    json: { type: 'boolean', description: 'print one JSON object per text' },
  },
  examples: [
    'heddle predict runs/pronounce heddle shuttle',
    'heddle predict runs/pronounce --n-best 3 --json < words.txt',
    'heddle predict runs/pronounce heddle --sample 5 --temperature 0.8 --top-p 0.9',
  ],
  details: () =>
    'A text that cannot be answered is reported on standard error (with --json, in its object), the others are answered; the exit code is then 2.',
  async run(args) {
    const path = requireOperand(predictCommand, args, 'the run directory');
    const texts = args.positionals.slice(1);
    const input = args.text('input');
    if (texts.length > 0 && input !== undefined)
      throw new UserError('predict: give texts or --input, not both.');
    if (texts.length === 0 && input === undefined && process.stdin.isTTY)
      throw new UserError(
        'predict: no text. Give one (heddle predict RUN TEXT), a file (--input FILE), or pipe lines in.',
      );
    const [beam, nBest, samples] = ['beam', 'n-best', 'sample'].map((name) => args.count(name));
    requireSampling(args, samples);
    if (beam !== undefined && nBest !== undefined && nBest > beam)
      throw new UserError(
        `predict: --n-best ${nBest} is more than the ${beam} hypotheses that --beam keeps. Raise --beam, or leave it out.`,
      );
    return withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      const told = {
        prefix: args.text('prefix'),
        repetitionPenalty: args.number('repetition-penalty'),
        noRepeatedNgram: args.count('no-repeat'),
      };
      const { decoding } = run.config;
      const { beam: usual, maxLength } = decoding;
      const drawn = { ...told, ...distribution(args), maxLength, samples, seed: args.number('seed') };
      const constraints = args.texts('must-contain');
      const searched = {
        ...decoding,
        ...told,
        constraints,
        beam: beam ?? Math.max(usual, nBest ?? 1),
        nBest,
      };
      const predict: Predict = (asked) => {
        const texts = asked.map(({ text }) => text);
        if (samples === undefined) return run.predictor.predict(texts, searched);
        return run.predictor.sample(texts, { ...drawn, indexOf: (i) => asked[i]!.number });
      };
      const answer = answerer(
        run,
        predict,
        args.flag('json') ? asJson : asText((nBest ?? samples) !== undefined),
      );
      if (texts.length > 0)
        return answer(texts.map((text, i) => ({ text, origin: `argument ${i + 1}`, number: i + 1 })));
      const piped = input === undefined || input === '-';
      const name = piped ? 'standard input' : input;
      let exitCode = 0;
      for await (const lines of piped ? lineBlocks(process.stdin, name) : readBlocks(input)) {
        const asked = lines.map(({ text, number }) => ({ text, number, origin: `${name}: line ${number}` }));
        exitCode = Math.max(exitCode, await answer(asked));
      }
      return exitCode;
    });
  },
};

interface Asked {
  readonly text: string;
  /** Where it stands, for messages. */
  readonly origin: string;
  /** Which text it is, counted from 1. */
  readonly number: number;
}

type Answer = readonly Prediction[] | UserError;
type Print = (text: string, answer: Answer) => string;

type Predict = (asked: readonly Asked[]) => Promise<Prediction[][]>;

const distributionOptions = {
  temperature: 'temperature',
  'top-k': 'topK',
  'top-p': 'topP',
  'min-p': 'minP',
} as const;

function distribution(args: Arguments): DistributionOptions {
  const given = Object.entries(distributionOptions).flatMap(([name, key]) => {
    const value = args.number(name);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(given) as DistributionOptions;
}

/** What only sampling heeds must not be given without it, nor what it does not heed with it. */
function requireSampling(args: Arguments, samples: number | undefined): void {
  const only = [...Object.keys(distributionOptions), 'seed'].find((name) => args.text(name) !== undefined);
  if (only !== undefined && samples === undefined)
    throw new UserError(`predict: --${only} shapes what is drawn; give --sample N with it.`);
  const other = ['beam', 'n-best'].find((name) => args.text(name) !== undefined);
  if (other !== undefined && samples !== undefined)
    throw new UserError(`predict: give --${other} to search or --sample to draw, not both.`);
  if (args.texts('must-contain').length > 0 && samples !== undefined)
    throw new UserError(
      'predict: --must-contain is for search, which tries several answers; leave --sample out.',
    );
}

/** Answers what can be answered, reports the rest; resolves to the exit code. */
function answerer(
  { predictor }: TrainedRun,
  predict: Predict,
  print: Print,
): (asked: readonly Asked[]) => Promise<number> {
  return async (asked) => {
    const problems = asked.map(({ text, origin }) => predictor.problemWith(text, origin));
    const good = asked.filter((_, i) => !problems[i]);
    const answers = await predict(good);
    let next = 0;
    const lines = asked.map(({ text }, i) => print(text, problems[i] ?? answers[next++]!));
    process.stdout.write(lines.join(''));
    for (const problem of problems) if (problem) process.stderr.write(`heddle: ${problem.message}\n`);
    return good.length < asked.length ? 2 : 0;
  };
}

const asJson: Print = (text, answer) =>
  `${JSON.stringify(
    answer instanceof UserError
      ? { text, error: answer.message }
      : {
          text,
          predictions: answer.map(({ text, score, logProbability }) => ({ text, score, logProbability })),
        },
  )}\n`;

/** `text ⇥ answer`, and with n-best `⇥ score`, a line per answer. */
const asText =
  (scores: boolean): Print =>
  (text, answer) =>
    answer instanceof UserError
      ? ''
      : answer.map((each) => `${text}\t${each.text}${scores ? `\t${each.score.toFixed(4)}` : ''}\n`).join('');
