import type { DenoisingRun } from '../config/node/denoisingRun.js';
import { MASK_TOKEN } from '../text/reservedTokens.js';
import { plainText, type Answerer } from './answerEach.js';
import { refuseWriting } from './classify.js';
import type { Arguments } from './command.js';
import { tellUnknown } from './tellUnknown.js';
import { writing } from './writing.js';

/**
 * Fills each `<mask>` with a span: `text ⇥ filled text`.
 * @throws UserError for options that do not go with it.
 */
export function holeFiller(run: DenoisingRun, args: Arguments): Answerer {
  const heeded = ['beam', 'length-penalty', 'max-length', 'repetition-penalty', 'no-repeat'];
  refuseWriting(args, ['n-best'], 'this one fills each <mask> of a text', heeded);
  const told = {
    beam: args.count('beam'),
    lengthPenalty: args.number('length-penalty'),
    ...writing(args),
  };
  return async (asked) => {
    const texts = asked.map((each) => plainText(each, run.encoding));
    const filled = await run.fill(texts, { ...told, originOf: (i) => asked[i]!.origin });
    const around = texts.map((text) => text.split(MASK_TOKEN));
    tellUnknown(asked, run.encoding, around);
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
