import type { MaskedLanguageRun } from '../config/node/maskedLanguageRun.js';
import { MASK_TOKEN } from '../text/reservedTokens.js';
import { plainText, type Answerer } from './answerEach.js';
import { refuseWriting } from './classify.js';
import type { Arguments } from './command.js';
import { tellUnknown } from './tellUnknown.js';

/**
 * Guesses what stands at each `<mask>`: `text ⇥ filled text`, and with n-best `text ⇥ mask ⇥ token ⇥ p`, a line per guess.
 * @throws UserError for options that do not go with it.
 */
export function maskFiller(run: MaskedLanguageRun, args: Arguments): Answerer {
  refuseWriting(args, [], 'this one guesses what stands at <mask>');
  const nBest = args.count('n-best');
  return async (asked) => {
    const texts = asked.map((each) => plainText(each, run.encoding));
    const filled = await run.fill(texts, { count: nBest ?? 1, originOf: (i) => asked[i]!.origin });
    const around = texts.map((text) => text.split(MASK_TOKEN));
    tellUnknown(asked, run.encoding, around);
    return filled.map(({ text: full, masks }, i) => {
      const { text } = asked[i]!;
      if (args.flag('json')) return [JSON.stringify({ text, filled: full, masks })];
      if (nBest === undefined) return [`${text}\t${full}`];
      return masks.flatMap((guesses, mask) =>
        guesses.map(({ token, probability }) => `${text}\t${mask + 1}\t${token}\t${probability.toFixed(4)}`),
      );
    });
  };
}
