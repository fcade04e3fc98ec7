import type { DenoisingRun } from '../config/node/denoisingRun.js';
import type { Answerer } from './answerEach.js';
import { refuseWriting } from './classify.js';
import type { Arguments } from './command.js';

/**
 * Fills each `<mask>` with a span: `text ⇥ filled text`.
 * @throws UserError for options that do not go with it.
 */
export function holeFiller(run: DenoisingRun, args: Arguments): Answerer {
  refuseWriting(args, ['n-best'], 'this one fills each <mask> of a text', ['beam']);
  const beam = args.count('beam');
  return async (asked) => {
    const filled = await run.fill(
      asked.map(({ text }) => text),
      { beam, originOf: (i) => asked[i]!.origin },
    );
    return filled.map(({ text: full, spans, logProbability }, i) => {
      const { text } = asked[i]!;
      return [
        args.flag('json')
          ? JSON.stringify({ text, filled: full, spans, logProbability })
          : `${text}\t${full}`,
      ];
    });
  };
}
