import type { PairRun } from '../config/node/pairRun.js';
import type { Prediction } from '../decode/predictor.js';
import { UserError } from '../tensor/errors.js';
import { plainText, type Answerer, type Asked } from './answerEach.js';
import type { Arguments } from './command.js';
import { tellUnknown } from './tellUnknown.js';
import { distribution, distributionOptions } from './distribution.js';
import { writing } from './writing.js';

type Predict = (asked: readonly Asked[]) => Promise<Prediction[][]>;

/**
 * Answers with a sequence-to-sequence model, as the command line says.
 * @throws UserError for options that do not go together.
 */
export function pairAnswerer(run: PairRun, args: Arguments): Answerer {
  const [beam, nBest, samples] = ['beam', 'n-best', 'sample'].map((name) => args.count(name));
  requireSampling(args, samples);
  if (beam !== undefined && nBest !== undefined && nBest > beam)
    throw new UserError(
      `predict: --n-best ${nBest} is more than the ${beam} hypotheses that --beam keeps. Raise --beam, or leave it out.`,
    );
  const unknown = run.readsUnknown || args.flag('unknown') ? 'id' : 'error';
  const told = { prefix: args.text('prefix'), ...writing(args), unknown } as const;
  const constraints = args.given('must-contain') ? args.texts('must-contain') : undefined;
  const searched = { ...told, constraints, beam, lengthPenalty: args.number('length-penalty'), nBest };
  const drawn = { ...told, ...distribution(args), samples, seed: args.number('seed') };
  const predict: Predict = (asked) => {
    const texts = asked.map((each) => plainText(each, run.encoding.source));
    const originOf = (i: number) => asked[i]!.origin;
    if (samples === undefined) return run.predictor.predict(texts, { ...searched, originOf });
    return run.predictor.sample(texts, { ...drawn, originOf, indexOf: (i) => asked[i]!.number });
  };
  const scores = (nBest ?? samples) !== undefined;
  return async (asked) => {
    const answers = await predict(asked);
    if (unknown === 'id') tellUnknown(asked, run.encoding.source);
    return answers.map((each, i) =>
      args.flag('json') ? asJson(asked[i]!.text, each) : asText(asked[i]!.text, each, scores),
    );
  };
}

/** What only sampling heeds must not be given without it, nor what it does not heed with it. */
function requireSampling(args: Arguments, samples: number | undefined): void {
  const only = [...Object.keys(distributionOptions), 'seed'].find((name) => args.text(name) !== undefined);
  if (only !== undefined && samples === undefined)
    throw new UserError(`predict: --${only} shapes what is drawn; give --sample N with it.`);
  const other = ['beam', 'length-penalty', 'n-best'].find((name) => args.text(name) !== undefined);
  if (other !== undefined && samples !== undefined)
    throw new UserError(`predict: give --${other} to search or --sample to draw, not both.`);
  if (args.texts('must-contain').length > 0 && samples !== undefined)
    throw new UserError(
      'predict: --must-contain is for search, which tries several answers; leave --sample out.',
    );
}

function asJson(text: string, predictions: readonly Prediction[]): string[] {
  const named = predictions.map(({ text: answer, score, logProbability }) => ({
    text: answer,
    score,
    logProbability,
  }));
  return [JSON.stringify({ text, predictions: named })];
}

/** `text ⇥ answer`, and with n-best `⇥ score`, a line per answer. */
function asText(text: string, predictions: readonly Prediction[], scores: boolean): string[] {
  return predictions.map((each) => `${text}\t${each.text}${scores ? `\t${each.score.toFixed(4)}` : ''}`);
}
