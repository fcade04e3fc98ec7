import { counted } from '../formats/terminal.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { bagsOf, type BagEncoding } from '../text/vectorizerJson.js';
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
  parts: readonly (readonly string[])[] = asked.map(({ text, parts: own }) => [
    typeof own === 'string' ? own : text,
  ]),
): void {
  const unknownIn = (text: string) =>
    vocabulary.encode(tokenizer.tokenize(text)).filter((id) => id === UNKNOWN).length;
  const lines = parts.flatMap((texts, i) => {
    const unknown = texts.reduce((sum, text) => sum + unknownIn(text), 0);
    return unknown > 0 ? [`${asked[i]!.origin}: ${counted(unknown, 'token')} unknown to the model`] : [];
  });
  tell(
    lines,
    (more) => `${counted(more, 'further text has', 'further texts have')} tokens unknown to the model`,
  );
}

/** Says on standard error which texts have no term that the model knows: its answer is the same for all of them. */
export function tellWithoutTerms(asked: readonly Asked[], bag: BagEncoding): void {
  const { offsets } = bagsOf(
    asked.map(({ text }) => text),
    bag,
  );
  const lines = asked.flatMap(({ origin }, i) =>
    offsets[i] === offsets[i + 1] ? [`${origin}: the model knows no term of the text`] : [],
  );
  tell(lines, (more) => `so it is with ${counted(more, 'further text')}`);
}

function tell(lines: readonly string[], further: (count: number) => string): void {
  for (const line of lines.slice(0, NAMED)) process.stderr.write(`heddle: ${line}\n`);
  const more = lines.length - NAMED;
  if (more > 0) process.stderr.write(`heddle: ${further(more)}\n`);
}
