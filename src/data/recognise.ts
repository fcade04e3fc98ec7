import { UserError } from '../tensor/errors.js';
import { amountsOf, chooseFeatures, isVaried, telling } from './features.js';
import { tellForm } from './numberForms.js';
import type { ColumnProfile } from './profile.js';

/** What a table seems to be for, and the columns that say so. */
export type Recognised = {
  /** Why, in words for people: one sentence each. */
  readonly reasons: readonly string[];
} & (
  | { readonly task: 'forecasting'; readonly values: readonly ColumnProfile[] }
  | { readonly task: 'tagging'; readonly tokens: ColumnProfile; readonly tags: ColumnProfile }
  | { readonly task: 'classification'; readonly text: ColumnProfile; readonly label: ColumnProfile }
  | {
      readonly task: 'classification';
      readonly text: undefined;
      readonly features: readonly ColumnProfile[];
      readonly label: ColumnProfile;
    }
  | { readonly task: 'sequence-to-sequence'; readonly source: ColumnProfile; readonly target: ColumnProfile }
  | {
      readonly task: 'regression';
      readonly text: ColumnProfile | undefined;
      readonly features: readonly ColumnProfile[];
      readonly values: readonly ColumnProfile[];
    }
  | { readonly task: 'language-model'; readonly text: ColumnProfile }
);

/** Names that people give to what is to be said. */
const labelNames = /^(label|class|category|type|intent|sentiment|topic|tag|y|target|gold)$/i;

/**
 * Recognises what a table is for by what its columns hold, not by their names or order; names only choose between columns
 * that are alike.
 * @param rows all cells of the rows that the profiles are of.
 * @throws UserError when no task fits.
 */
export function recogniseTask(
  columns: readonly ColumnProfile[],
  rows: readonly (readonly string[])[],
): Recognised {
  const of = (kind: ColumnProfile['kind']) => columns.filter((column) => column.kind === kind);
  const [times, numbers] = [of('time'), telling(of('number'))];
  const texts = telling(of('text').filter((column) => column.sharedPrefix < METADATA));
  const labels = of('category').filter(({ distinct }) => distinct > 1);

  if (times.length > 0 && numbers.length > 0 && texts.length === 0)
    return {
      task: 'forecasting',
      values: numbers,
      reasons: [
        `Column ${title(times[0]!)} holds times, and ${listed(numbers)} numbers: rows are steps of a series.`,
      ],
    };
  const tagged = findTagged([...texts, ...labels], rows);
  if (tagged) return tagged;
  const pair = findPair(texts, rows);
  if (pair && (labels.length === 0 || pair.likeness >= CLEAR_PAIR)) return pair.recognised;
  if (texts.length > 0 && labels.length > 0) return classification(texts, labels);
  if (pair) return pair.recognised;
  const [text] = longest(texts);
  const values = numbers.filter(({ identifies }) => !identifies);
  if (text && values.length > 0) return valuesOfTexts(text, values);
  const [formatted] = of('formatted');
  if (text && formatted) throw unreadable(formatted);
  const found = text ? undefined : fromNumbers(columns, rows);
  if (found) return found;
  if (text)
    return {
      task: 'language-model',
      text,
      reasons: [`Column ${title(text)} alone holds texts: a model can learn how they go on.`],
    };
  throw new UserError(
    `No task fits: the columns hold ${columns.map((column) => `${title(column)}: ${column.kind}`).join(', ')}. heddle init knows texts with labels, tags, numbers or other texts, columns of numbers, and series of them; write the configuration by hand (docs/config.md).`,
  );
}

/** Share of a cell from which on a beginning that all cells share makes it a remark about the row. */
const METADATA = 0.3;
/** Rank correlation of lengths from which on two texts are a pair, whatever else there is. */
const CLEAR_PAIR = 0.6;

/** How a column is called in messages. */
export function title({ name, place }: ColumnProfile): string {
  return name === undefined ? String(place) : `"${name}"`;
}

function listed(columns: readonly ColumnProfile[]): string {
  return columns.map(title).join(', ');
}

function longest(columns: readonly ColumnProfile[]): ColumnProfile[] {
  return [...columns].sort((a, b) => b.characters.mean - a.characters.mean);
}

/** Two columns of as many words in every row, of which one has few different words. */
function findTagged(
  columns: readonly ColumnProfile[],
  rows: readonly (readonly string[])[],
): Recognised | undefined {
  const wordsOf = (column: ColumnProfile) =>
    rows.map((row) => (row[column.place] ?? '').trim().split(/\s+/u));
  const split = columns.map((column) => ({ column, words: wordsOf(column) }));
  const several = split.filter(({ column }) => column.words.mean > 1.5);
  for (const tokens of several)
    for (const tags of several) {
      if (tokens === tags) continue;
      const same = rows.filter((_, i) => tokens.words[i]!.length === tags.words[i]!.length).length;
      const kinds = new Set(tags.words.flat()).size;
      const words = new Set(tokens.words.flat()).size;
      if (same < 0.98 * rows.length || kinds > 500 || kinds * 4 > words) continue;
      return {
        task: 'tagging',
        tokens: tokens.column,
        tags: tags.column,
        reasons: [
          `Columns ${title(tokens.column)} and ${title(tags.column)} have as many words in each row, and the second only ${kinds} different ones: a tag for each word.`,
        ],
      };
    }
  return undefined;
}

/** Names that people give to what is read, and to what is to be written. */
const sourceNames = /^(source|src|input|in|question|prompt|document|article|text|context|x|a)$/i;
const targetNames = /^(target|tgt|output|out|answer|response|summary|translation|completion|label|y|b)$/i;

/** The two texts whose lengths go together most, in the order of the table unless both names say another. */
function findPair(
  texts: readonly ColumnProfile[],
  rows: readonly (readonly string[])[],
): { recognised: Recognised; likeness: number } | undefined {
  if (texts.length < 2) return undefined;
  const ranked = texts.flatMap((source, i) =>
    texts
      .slice(i + 1)
      .map((target) => ({ source, target, likeness: lengthCorrelation(source, target, rows) })),
  );
  const best = ranked.reduce((a, b) => (b.likeness > a.likeness ? b : a));
  const { likeness } = best;
  const turned = targetNames.test(best.source.name ?? '') && sourceNames.test(best.target.name ?? '');
  const [source, target] = turned ? [best.target, best.source] : [best.source, best.target];
  const scripts =
    source.script !== target.script && source.script && target.script
      ? `in ${source.script} and in ${target.script} letters`
      : 'that belong together';
  return {
    likeness,
    recognised: {
      task: 'sequence-to-sequence',
      source,
      target,
      reasons: [
        `Columns ${title(source)} and ${title(target)} hold texts ${scripts}, the one about as long as the other says (rank correlation of lengths ${likeness.toFixed(2)}): the model writes the second for the first.`,
      ],
    },
  };
}

/** Spearman's rank correlation of the lengths in characters. */
function lengthCorrelation(a: ColumnProfile, b: ColumnProfile, rows: readonly (readonly string[])[]): number {
  const some = rows.slice(0, 5000);
  const [x, y] = [a, b].map(({ place }) => ranks(some.map((row) => (row[place] ?? '').length)));
  const mean = (some.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((total, value, i) => total + (value - mean) * (q[i]! - mean), 0);
  const spreads = product(x!, x!) * product(y!, y!);
  return spreads > 0 ? product(x!, y!) / Math.sqrt(spreads) : 0;
}

/** Ranks from 0; equal values share the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && order[end + 1]!.value === order[start]!.value) end++;
    for (let k = start; k <= end; k++) result[order[k]!.i] = (start + end) / 2;
    start = end + 1;
  }
  return result;
}

function classification(texts: readonly ColumnProfile[], labels: readonly ColumnProfile[]): Recognised {
  const text = longest(texts)[0]!;
  const label =
    labels.find(({ name }) => name !== undefined && labelNames.test(name)) ??
    labels.reduce((a, b) => (b.distinct < a.distinct ? b : a));
  return {
    task: 'classification',
    text,
    label,
    reasons: [
      `Column ${title(label)} has ${label.distinct} different values, and ${title(text)} holds texts: the model says which value a text has.`,
    ],
  };
}

function valuesOfTexts(text: ColumnProfile, numbers: readonly ColumnProfile[]): Recognised {
  return {
    task: 'regression',
    text,
    features: [],
    values: numbers,
    reasons: [
      `Column ${title(text)} holds texts, and ${listed(numbers)} numbers: the model says the numbers of a text.`,
    ],
  };
}

/**
 * A class, or a number, from columns of numbers. The column whose name says so is what is to be said; else one of names,
 * the one with the fewest; else the last column, which is a class where it holds a few whole numbers.
 * @throws UserError when what is to be said are numbers that training cannot read.
 */
function fromNumbers(
  columns: readonly ColumnProfile[],
  rows: readonly (readonly string[])[],
): Recognised | undefined {
  const all = amountsOf(columns);
  const names = columns.filter((column) => isVaried(column) && !all.includes(column));
  const amounts = telling(columns.filter((column) => all.includes(column) || column.kind === 'formatted'));
  const named = [...names, ...amounts].find(({ name }) => name !== undefined && labelNames.test(name));
  const fewest = names.reduce<ColumnProfile | undefined>(
    (best, each) => (best && best.distinct < each.distinct ? best : each),
    undefined,
  );
  const target = named ?? fewest ?? amounts.at(-1);
  if (target?.kind === 'formatted') throw unreadable(target);
  const features = chooseFeatures(
    columns.filter((column) => column !== target),
    rows,
  );
  if (!target || features.length === 0) return undefined;
  if (target.kind === 'category')
    return {
      task: 'classification',
      text: undefined,
      features,
      label: target,
      reasons: [
        `Column ${title(target)} has ${target.distinct} different values, and ${listed(features)} numbers: the model says which value a row has.`,
      ],
    };
  return {
    task: 'regression',
    text: undefined,
    features,
    values: [target],
    reasons: [
      `The columns that are read are numbers: the model says ${title(target)} (the last one, unless a name says otherwise) from the others.`,
    ],
  };
}

/** What is wrong with a column of numbers that training cannot read, and the remedies. */
export function unreadable(column: ColumnProfile): UserError {
  const { odd, form } = column;
  return new UserError(
    `${odd!.origin}, column ${title(column)}: ${JSON.stringify(odd!.cell)} ${tellForm(form!)}, or name another column that is to be said: --target COLUMN.`,
  );
}
