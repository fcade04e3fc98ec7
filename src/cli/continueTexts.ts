import type { LanguageRun } from '../config/node/languageRun.js';
import { UserError } from '../tensor/errors.js';
import type { Asked } from './answerEach.js';
import type { Arguments } from './command.js';
import { distribution } from './distribution.js';
import { writing } from './writing.js';

/** Options that only a model which answers a source heeds. */
const forAnswers = ['beam', 'length-penalty', 'n-best', 'prefix', 'must-contain', 'unknown'];

/**
 * Goes on from texts with a language model, as the command line says; a text that it cannot go on from is reported. Of
 * several continuations each has a seed of its own, from `--seed` on, so that it can be had again alone.
 * @throws UserError for options that do not go with it.
 */
export function textContinuer(
  run: LanguageRun,
  args: Arguments,
): (asked: readonly Asked[]) => Promise<number> {
  const foreign = forAnswers.find((name) => args.given(name));
  if (foreign !== undefined)
    throw new UserError(
      `predict: --${foreign} is for models that answer a source; this one goes on from a text.`,
    );
  const options = { ...distribution(args), ...writing(args) };
  const json = args.flag('json');
  const samples = args.count('sample');
  const first = args.number('seed') ?? 1;
  const drawn = Array.from({ length: samples ?? 1 }, (_, i) => ({ ...options, seed: first + i }));
  return async (asked) => {
    let exitCode = 0;
    for (const { text: line, parts, origin } of asked) {
      const text = typeof parts === 'string' ? parts : line;
      try {
        if (json) await printJson(run, text, drawn, samples !== undefined);
        else for (const each of drawn) await printStream(run, text, each);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (json) process.stdout.write(`${JSON.stringify({ text, error: error.message })}\n`);
        process.stderr.write(`heddle: ${origin}: ${error.message}\n`);
        exitCode = 2;
      }
    }
    return exitCode;
  };
}

type Options = Parameters<LanguageRun['generator']['stream']>[1];

async function printJson(
  { generator }: LanguageRun,
  text: string,
  drawn: readonly Options[],
  several: boolean,
): Promise<void> {
  const continuations: string[] = [];
  for (const options of drawn) continuations.push(await generator.generate(text, options));
  const said = several ? { continuations } : { continuation: continuations[0] };
  process.stdout.write(`${JSON.stringify({ text, ...said })}\n`);
}

/** The text and what follows, as it is written. */
async function printStream({ generator }: LanguageRun, text: string, options: Options): Promise<void> {
  let begun = false;
  for await (const piece of generator.stream(text, options)) {
    process.stdout.write(begun ? piece : text + piece);
    begun = true;
  }
  process.stdout.write(begun ? '\n' : `${text}\n`);
}
