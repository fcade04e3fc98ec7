import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import { lineBlocks, readBlocks } from '../data/node/lines.js';
import type { Prediction } from '../decode/predictor.js';
import { UserError } from '../tensor/errors.js';
import { requireOperand, type Command } from './command.js';
import { withEngine } from './withEngine.js';

export const predictCommand: Command = {
  name: 'predict',
  summary: 'Answer texts with a trained model: from the command line, a file or standard input',
  operands: 'RUN [TEXT … | --input FILE] [--beam K] [--n-best N] [--json]',
  options: {
    input: { type: 'string', value: 'FILE', description: 'one text a line; - is standard input' },
    beam: {
      type: 'string',
      value: 'K',
      description: 'hypotheses kept, 1 is greedy; default: decoding.beam of the run, and at least N',
    },
    'n-best': { type: 'string', value: 'N', description: 'answers per text, best first, with their scores' },
    json: { type: 'boolean', description: 'print one JSON object per text' },
  },
  examples: [
    'heddle predict runs/pronounce heddle shuttle',
    'heddle predict runs/pronounce --n-best 3 --json < words.txt',
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
    const [beam, nBest] = [args.count('beam'), args.count('n-best')];
    if (beam !== undefined && nBest !== undefined && nBest > beam)
      throw new UserError(
        `predict: --n-best ${nBest} is more than the ${beam} hypotheses that --beam keeps. Raise --beam, or leave it out.`,
      );
    return withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      const answer = answerer(run, {
        beam,
        nBest,
        print: args.flag('json') ? asJson : asText(nBest !== undefined),
      });
      if (texts.length > 0) return answer(texts.map((text, i) => ({ text, origin: `argument ${i + 1}` })));
      const piped = input === undefined || input === '-';
      const name = piped ? 'standard input' : input;
      let exitCode = 0;
      for await (const lines of piped ? lineBlocks(process.stdin, name) : readBlocks(input)) {
        const asked = lines.map(({ text, number }) => ({ text, origin: `${name}: line ${number}` }));
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
}

type Answer = readonly Prediction[] | UserError;
type Print = (text: string, answer: Answer) => string;

/** Answers what can be answered, reports the rest; resolves to the exit code. */
function answerer(
  { predictor, config: { decoding } }: TrainedRun,
  { beam, nBest = 1, print }: { beam?: number; nBest?: number; print: Print },
): (asked: readonly Asked[]) => Promise<number> {
  const options = { ...decoding, beam: beam ?? Math.max(decoding.beam, nBest), nBest };
  return async (asked) => {
    const problems = asked.map(({ text, origin }) => predictor.problemWith(text, origin));
    const good = asked.filter((_, i) => !problems[i]);
    const answers = await predictor.predict(
      good.map(({ text }) => text),
      options,
    );
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
