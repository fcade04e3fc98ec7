import type { CtcRun } from '../config/node/ctcRun.js';
import type { SpeechRun } from '../config/node/speechRun.js';
import type { Prediction, UnknownSymbols } from '../decode/predictor.js';
import { UserError } from '../tensor/errors.js';
import { plainText, type Answerer, type Asked } from './answerEach.js';
import { refuseWriting } from './classify.js';
import type { Arguments } from './command.js';
import { tellUnknown } from './tellUnknown.js';

/**
 * Answers with a CTC model texts, or the recordings of which the paths are given: `text ⇥ answer`, and with n-best `⇥ score`, a
 * line per answer.
 * @throws UserError for options that do not go with it.
 */
export function ctcAnswerer(run: CtcRun | SpeechRun, args: Arguments): Answerer {
  refuseWriting(args, [], 'this one labels a source in its order', ['beam']);
  const [given, nBest] = [args.count('beam'), args.count('n-best')];
  if (given !== undefined && nBest !== undefined && nBest > given)
    throw new UserError(
      `predict: --n-best ${nBest} is more than the ${given} prefixes that --beam keeps. Raise --beam, or leave it out.`,
    );
  const beam = given ?? Math.max(run.config.decoding.beam, nBest ?? 1);
  return async (asked) => {
    const answers = await answersOf(run, asked, { beam, unknown: args.flag('unknown') ? 'id' : 'error' });
    return answers.map((all, i) => {
      const { text } = asked[i]!;
      const best = all.slice(0, nBest ?? 1);
      if (args.flag('json')) {
        const predictions = best.map(({ text: answer, score, logProbability }) => ({
          text: answer,
          score,
          logProbability,
        }));
        return [JSON.stringify({ text, predictions })];
      }
      return best.map(
        ({ text: answer, score }) =>
          `${text}\t${answer}${nBest === undefined ? '' : `\t${score.toFixed(4)}`}`,
      );
    });
  };
}

async function answersOf(
  run: CtcRun | SpeechRun,
  asked: readonly Asked[],
  { beam, unknown }: { readonly beam: number; readonly unknown: UnknownSymbols },
): Promise<Prediction[][]> {
  if (run.task === 'speech-recognition')
    return run.transcribe(
      asked.map(({ text }) => text),
      { beam },
    );
  const texts = asked.map((each) => plainText(each, run.encoding.source));
  const answers = await run.predict(texts, { beam, unknown, originOf: (i) => asked[i]!.origin });
  if (unknown === 'id') tellUnknown(asked, run.encoding.source);
  return answers;
}
