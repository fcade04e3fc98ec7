import { textsIn } from '../config/askedTexts.js';
import type { RegressionRun } from '../config/node/regressionRun.js';
import { namedValues, shownValue } from '../config/values.js';
import { askedText, type Answerer } from './answerEach.js';
import { askedParts, refuseWriting, requireTable } from './classify.js';
import type { Arguments } from './command.js';
import { tellUnknown } from './tellUnknown.js';

const DOES = 'this one says numbers';

/**
 * Says the values of each text: `text ⇥ value …`, a text a line.
 * @throws UserError for options that do not go with it.
 */
export function valueAnswerer(run: RegressionRun, args: Arguments): Answerer {
  refuseWriting(args, ['n-best'], DOES);
  // A model without texts is asked by `estimateRows`.
  const encoding = run.encoding.text!;
  return async (asked) => {
    const texts = asked.map((each) => askedText(each, run.contextKind, encoding));
    const answers = await run.valueTexts(texts, (i) => asked[i]!.origin);
    tellUnknown(
      asked,
      encoding,
      texts.map((each) => textsIn(each, run.contextKind)),
    );
    return answers.map((values, i) => [
      args.flag('json')
        ? JSON.stringify({ ...askedParts(texts[i]!), values: namedValues(run.encoding.values.names, values) })
        : [asked[i]!.text, ...Array.from(values, shownValue)].join('\t'),
    ]);
  };
}

/**
 * Says the values of each row of features in a table, under their names.
 * @throws UserError without a table, and for options that do not go with it.
 */
export async function estimateRows(run: RegressionRun, args: Arguments): Promise<undefined> {
  refuseWriting(args, ['n-best'], DOES);
  const rows = await run.valueRows(requireTable(args));
  const { names } = run.encoding.values;
  const lines = args.flag('json')
    ? rows.map((values, i) => JSON.stringify({ row: i + 1, values: namedValues(names, values) }))
    : [names, ...rows.map((values) => Array.from(values, shownValue))].map((row) => row.join('\t'));
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return undefined;
}
