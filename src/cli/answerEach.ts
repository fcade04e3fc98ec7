import { parseAsked, parsePlain, type AskedText, type ContextKind } from '../config/askedTexts.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/** A text to answer. */
export interface Asked {
  readonly text: string;
  /** The text, and its context, as a table has them; undefined where they are yet to be told from a line. */
  readonly parts?: AskedText;
  /** Where it stands, for messages. */
  readonly origin: string;
  /** Which text it is, counted from 1. */
  readonly number: number;
}

/** A text of a model that reads no context. @throws UserError as `parsePlain`. */
export function plainText({ text, parts, origin }: Asked, encoding: TextEncoding | undefined): string {
  return typeof parts === 'string' ? parts : parsePlain(text, encoding, origin);
}

/** A text with its context. @throws UserError as `parseAsked`. */
export function askedText(
  { text, parts, origin }: Asked,
  kind: ContextKind,
  encoding: TextEncoding | undefined,
): AskedText {
  return parts ?? parseAsked(text, kind, encoding, origin);
}

/** Answers texts together: the lines to print of each. @throws UserError naming a text that it cannot answer. */
export type Answerer = (asked: readonly Asked[]) => Promise<(readonly string[])[]>;

/**
 * Prints the answers of the texts that can be answered, and reports the others on standard error, with JSON in their place
 * too; resolves to the exit code.
 */
export async function answerEach(
  asked: readonly Asked[],
  answer: Answerer,
  { json }: { readonly json: boolean },
): Promise<number> {
  const answers = await answerOrRefuse(asked, answer);
  const [first] = answers;
  // What every text is refused for in the same words is no matter of a text.
  if (first instanceof UserError && asked.length > 1)
    if (answers.every((each) => each instanceof UserError && each.message === first.message)) throw first;
  const lines = answers.flatMap((each, i) => {
    if (!(each instanceof UserError)) return each;
    return json ? [JSON.stringify({ text: asked[i]!.text, error: each.message })] : [];
  });
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  const problems = answers.filter((each) => each instanceof UserError);
  for (const { message } of problems) process.stderr.write(`heddle: ${message}\n`);
  return problems.length > 0 ? 2 : 0;
}

/** Where some cannot be answered, they are found by halves. */
async function answerOrRefuse(
  asked: readonly Asked[],
  answer: Answerer,
): Promise<(readonly string[] | UserError)[]> {
  if (asked.length === 0) return [];
  try {
    return await answer(asked);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (asked.length === 1) return [error];
    const half = Math.ceil(asked.length / 2);
    const first = await answerOrRefuse(asked.slice(0, half), answer);
    return [...first, ...(await answerOrRefuse(asked.slice(half), answer))];
  }
}
