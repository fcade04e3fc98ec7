import type { ColumnProfile } from '../../data/profile.js';
import type { TableSurvey } from '../../data/survey.js';
import type { TextFacts } from '../../data/textFacts.js';
import type { TableSource } from '../../data/tableSource.js';
import { entry, group, type Entry } from './commentedYaml.js';
import type { Circumstances, Wishes } from './proposal.js';
import { percent } from './words.js';

/** Where a table stands and how it is written. */
export function tableEntries(
  { file, format, encoding, header, separator, decimal, subset }: TableSource,
  path: (path: string) => string,
): Entry[] {
  return [
    entry('file', path(file), 'the data; a relative path starts at the folder of this file'),
    ...(format ? [entry('format', format, 'as its content shows; its name does not say so')] : []),
    ...(encoding ? [entry('encoding', encoding, 'it is not UTF-8')] : []),
    ...(separator ? [entry('separator', separator, 'what stands between two cells')] : []),
    ...(header ? [entry('header', true, 'the first row names the columns')] : []),
    ...(decimal ? [entry('decimal', decimal, 'what stands before the decimals of the numbers')] : []),
    ...(subset ? [entry('subset', subset, 'one of the data sets in the folder')] : []),
  ];
}

/** Examples, and the files of their own that the user names for validation and test. */
export function partEntries(
  { survey, wishes, path }: Circumstances<TableSurvey>,
  own: readonly Entry[],
): Entry[] {
  const part = (file: string | undefined) =>
    file === undefined ? [] : [...tableEntries({ ...survey.source, file }, path), ...own];
  return [
    group('source', [...tableEntries(survey.source, path), ...own]),
    ...(['validation', 'test'] as const).flatMap((name) => {
      const entries = part(wishes[name]);
      return entries.length > 0 ? [group(name, entries, `your own file to ${verb[name]}`)] : [];
    }),
  ];
}

const verb = { validation: 'validate', test: 'test' } as const;

/** Shares that are set aside, by the number of examples. */
export function shareOf(count: number): number {
  return count < 10_000 ? 0.1 : count < 100_000 ? 0.05 : 0.02;
}

/**
 * How the data are split.
 * @param own parts that have files of their own.
 * @param more what must stay in one part, and the like.
 */
export function splitEntries(
  count: number,
  own: ReadonlySet<'validation' | 'test'>,
  more: readonly Entry[] = [],
): Entry | undefined {
  const share = shareOf(count);
  const entries = (['validation', 'test'] as const)
    .filter((name) => !own.has(name))
    .map((name) =>
      entry(
        name,
        share,
        name === 'validation'
          ? 'chooses the best checkpoint, and is never trained on'
          : 'measured once, at the end',
      ),
    );
  return entries.length === 0
    ? undefined
    : group('split', [entry('seed', 1, 'another one draws other examples'), ...entries, ...more]);
}

/** Keeps together what is the same text written otherwise. */
export function groupingOfTexts({ repeatedTexts }: TextFacts): Entry[] {
  if (repeatedTexts === 0) return [];
  const why = `${percent(repeatedTexts)} of the texts come again but for case, punctuation and spaces: copies of a tested text must not be trained on`;
  return [entry('groupBy', 'normalized', why)];
}

/** Parts that have files of their own. */
export function ownParts(survey: TableSurvey, wishes: Wishes): Set<'validation' | 'test'> {
  return new Set([
    ...survey.ownSplits,
    ...(['validation', 'test'] as const).filter((name) => wishes[name] !== undefined),
  ]);
}

/** Examples to train on. */
export function trainingCount(count: number, own: ReadonlySet<'validation' | 'test'>): number {
  return Math.max(1, Math.round(count * (1 - (2 - own.size) * shareOf(count))));
}

/** Characters that still make a handy command. */
const HANDY = 48;

/** A text of a column that can be typed, to ask a model for. */
export function exampleOf({ first }: TableSurvey, { place }: ColumnProfile): string {
  const texts = first.slice(0, 100).map((row) => (row[place] ?? '').trim());
  const handy = texts.filter((text) => text !== '' && [...text].length <= HANDY);
  return handy.reduce((best, text) => (text.length > best.length ? text : best), handy[0] ?? 'TEXT');
}
