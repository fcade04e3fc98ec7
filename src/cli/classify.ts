import { textsIn, type AskedText } from '../config/askedTexts.js';
import type { ClassificationRun, ClassPrediction } from '../config/node/classificationRun.js';
import { UserError } from '../tensor/errors.js';
import { askedText, type Answerer } from './answerEach.js';
import type { Arguments } from './command.js';
import { tellUnknown, tellWithoutTerms } from './tellUnknown.js';

/** Options that say how a text is written; a class is not. */
const forWriters = [
  ...['beam', 'sample', 'temperature', 'top-k', 'top-p', 'min-p', 'seed', 'prefix', 'must-contain'],
  ...['length-penalty', 'max-length', 'repetition-penalty', 'no-repeat'],
];

/** @param others further options. @param heeded those that it heeds. @throws UserError for options of models that write, with what this one does. */
export function refuseWriting(
  args: Arguments,
  others: readonly string[],
  does: string,
  heeded: readonly string[] = [],
): void {
  const foreign = [...forWriters, ...others].find((name) => args.given(name) && !heeded.includes(name));
  if (foreign !== undefined) throw new UserError(`predict: --${foreign} is for models that write; ${does}.`);
}

/** A class and its probability, as they are printed. */
export function classCells({ label, probability }: ClassPrediction): string {
  return `${label}\t${probability.toFixed(4)}`;
}

/** What was asked, as JSON names it. */
export function askedParts(asked: AskedText): object {
  return typeof asked === 'string' ? { text: asked } : asked;
}

/**
 * Says which class each row of features in a table is of: `row ⇥ class ⇥ p`, rows counted from 1.
 * @throws UserError without a table, and for options that do not go with it.
 */
export async function classifyRows(run: ClassificationRun, args: Arguments): Promise<undefined> {
  refuseWriting(args, [], 'this one says of which class a row is');
  const rows = await run.classifyRows(requireTable(args));
  const shown = args.count('n-best') ?? 1;
  const lines = rows.flatMap((classes, i) => {
    const best = classes.slice(0, shown);
    return args.flag('json')
      ? [JSON.stringify({ row: i + 1, classes: best })]
      : best.map((each) => `${i + 1}\t${classCells(each)}`);
  });
  const head = args.flag('json') ? [] : ['row\tclass\tprobability'];
  process.stdout.write([...head, ...lines].map((line) => `${line}\n`).join(''));
  return undefined;
}

/** The table that a model of columns of numbers is asked about. @throws UserError where another thing is given. */
export function requireTable(args: Arguments): string {
  const input = args.text('input');
  if (args.positionals.length > 1 || input === undefined || input === '-')
    throw new UserError(
      'predict: the model reads columns of numbers, so give their table: --input FILE, written as data.source is.',
    );
  return input;
}

/**
 * Says which class each text is of, or with a model of images or recordings, which each that the named files hold:
 * `text ⇥ class ⇥ p`, the context behind the text where it has one.
 * @throws UserError for options that do not go with it.
 */
export function classAnswerer(run: ClassificationRun, args: Arguments): Answerer {
  refuseWriting(args, [], 'this one says of which class a text is');
  const shown = args.count('n-best') ?? 1;
  const linesOf = (name: string, classes: readonly ClassPrediction[], asked: object = { text: name }) => {
    const best = classes.slice(0, shown);
    return args.flag('json')
      ? [JSON.stringify({ ...asked, classes: best })]
      : best.map((each) => `${name}\t${classCells(each)}`);
  };
  return async (asked) => {
    const { text: encoding, bag, image } = run.encoding;
    if (image) {
      const files: string[][] = [];
      for (const { text: file } of asked) {
        const images = await run.classifyImages(file);
        const single = /\.(png|jpe?g|wav)$/i.test(file);
        files.push(
          images.flatMap((classes, i) => linesOf(single ? file : `${file}: image ${i + 1}`, classes)),
        );
      }
      return files;
    }
    const texts = asked.map((each) => askedText(each, run.contextKind, encoding));
    const answers = await run.classifyTexts(texts, (i) => asked[i]!.origin);
    if (encoding)
      tellUnknown(
        asked,
        encoding,
        texts.map((each) => textsIn(each, run.contextKind)),
      );
    if (bag) tellWithoutTerms(asked, bag);
    return asked.map(({ text }, i) => linesOf(text, answers[i]!, askedParts(texts[i]!)));
  };
}
