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
    input: { type: 'string', value: 'FILE', description: 'one text a line' },
    beam: {
      type: 'string',
      value: 'K',
      description: 'hypotheses kept, 1 is greedy; default: decoding.beam of the run',
    },
    'n-best': { type: 'string', value: 'N', description: 'answers per text, best first, with their scores' },
    json: { type: 'boolean', description: 'print one JSON object per text' },
  },
  examples: [
    'heddle predict runs/pronounce heddle shuttle',
    'heddle predict runs/pronounce --n-best 3 --json < words.txt',
  ],
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
    await withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      const print = args.flag('json') ? printJson : printText(nBest !== undefined);
      const answer = async (lines: readonly string[], originOf: (index: number) => string) => {
        const answers = await run.predictor.predict(lines, { ...options(run, beam), nBest, originOf });
        process.stdout.write(lines.map((text, i) => print(text, answers[i]!)).join(''));
      };
      if (texts.length > 0) return answer(texts, (i) => `argument ${i + 1}`);
      const name = input ?? 'standard input';
      for await (const lines of input === undefined ? lineBlocks(process.stdin, name) : readBlocks(input))
        await answer(
          lines.map((line) => line.text),
          (i) => `${name}: line ${lines[i]!.number}`,
        );
    });
    return undefined;
  },
};

function options({ config: { decoding } }: TrainedRun, beam = decoding.beam) {
  return { ...decoding, beam };
}

type Print = (text: string, answers: readonly Prediction[]) => string;

const printJson: Print = (text, answers) =>
  `${JSON.stringify({
    text,
    predictions: answers.map(({ text: answer, score, logProbability }) => ({
      text: answer,
      score,
      logProbability,
    })),
  })}\n`;

/** `text ⇥ answer`, and with n-best `⇥ score`, a line per answer. */
const printText =
  (scores: boolean): Print =>
  (text, answers) =>
    answers
      .map((answer) => `${text}\t${answer.text}${scores ? `\t${answer.score.toFixed(4)}` : ''}\n`)
      .join('');
