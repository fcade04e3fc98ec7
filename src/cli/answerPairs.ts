import type { PairRun } from '../config/node/pairRun.js';
import type { Prediction } from '../decode/predictor.js';
import { UserError } from '../tensor/errors.js';
import type { Arguments } from './command.js';
import { distribution, distributionOptions } from './distribution.js';

/** A text to answer. */
export interface Asked {
  readonly text: string;
  /** Where it stands, for messages. */
  readonly origin: string;
  /** Which text it is, counted from 1. */
  readonly number: number;
}

type Answer = readonly Prediction[] | UserError;
type Print = (text: string, answer: Answer) => string;

type Predict = (asked: readonly Asked[]) => Promise<Prediction[][]>;

/**
 * Answers with a sequence-to-sequence model, as the command line says.
 * @throws UserError for options that do not go together.
 */
export function pairAnswerer(run: PairRun, args: Arguments): (asked: readonly Asked[]) => Promise<number> {
  const [beam, nBest, samples] = ['beam', 'n-best', 'sample'].map((name) => args.count(name));
  requireSampling(args, samples);
  if (beam !== undefined && nBest !== undefined && nBest > beam)
    throw new UserError(
      `predict: --n-best ${nBest} is more than the ${beam} hypotheses that --beam keeps. Raise --beam, or leave it out.`,
    );
  const told = {
    prefix: args.text('prefix'),
    repetitionPenalty: args.number('repetition-penalty'),
    noRepeatedNgram: args.count('no-repeat'),
  };
  const { decoding } = run.config;
  const { beam: usual, maxLength } = decoding;
  const drawn = { ...told, ...distribution(args), maxLength, samples, seed: args.number('seed') };
  const constraints = args.texts('must-contain');
  const searched = { ...decoding, ...told, constraints, beam: beam ?? Math.max(usual, nBest ?? 1), nBest };
  const predict: Predict = (asked) => {
    const texts = asked.map(({ text }) => text);
    if (samples === undefined) return run.predictor.predict(texts, searched);
    return run.predictor.sample(texts, { ...drawn, indexOf: (i) => asked[i]!.number });
  };
  return answerer(run, predict, args.flag('json') ? asJson : asText((nBest ?? samples) !== undefined));
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
  { predictor }: PairRun,
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
