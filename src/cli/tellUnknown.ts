import { counted } from '../formats/terminal.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { UNKNOWN } from '../text/vocabulary.js';
import type { Asked } from './answerEach.js';

/** Texts that are named one by one; a file of many has the others counted. */
const NAMED = 20;

/**
 * Says on standard error how many tokens of each answered text the model does not know: it cannot tell those apart.
 * @param parts what was read of each, by default all of it.
 */
export function tellUnknown(
  asked: readonly Asked[],
  { tokenizer, vocabulary }: TextEncoding,
  parts: readonly (readonly string[])[] = asked.map(({ text }) => [text]),
): void {
  const unknownIn = (text: string) =>
    vocabulary.encode(tokenizer.tokenize(text)).filter((id) => id === UNKNOWN).length;
  const lines = parts.flatMap((texts, i) => {
    const unknown = texts.reduce((sum, text) => sum + unknownIn(text), 0);
    return unknown > 0 ? [`${asked[i]!.origin}: ${counted(unknown, 'token')} unknown to the model`] : [];
  });
  for (const line of lines.slice(0, NAMED)) process.stderr.write(`heddle: ${line}\n`);
  const more = lines.length - NAMED;
  if (more > 0)
    process.stderr.write(
      `heddle: ${counted(more, 'further text has', 'further texts have')} tokens unknown to the model\n`,
    );
}
