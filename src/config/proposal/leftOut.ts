import type { ColumnProfile } from '../../data/profile.js';
import { lacksNumber } from '../../data/features.js';
import type { TableSurvey } from '../../data/survey.js';
import { counted, groupDigits } from '../../formats/terminal.js';
import { entry, type Entry } from './commentedYaml.js';

/** Columns of a table as a task reads them: a row is bad where one of the cells is blank, or no number where one is read. */
export interface UsedColumns {
  readonly texts?: readonly ColumnProfile[];
  readonly numbers?: readonly ColumnProfile[];
  /** Of a tag for each word: whose words must be as many. */
  readonly alike?: readonly [ColumnProfile, ColumnProfile];
}

/** Rows that training leaves out. */
export interface LeftOut {
  readonly count: number;
  /** In a sentence; undefined where there are none. */
  readonly words: string | undefined;
}

/** Rows that are named. */
const NAMED = 3;

/** The rows that training cannot read, counted over the whole table, or estimated by the rows that are kept of it. */
export function leftOutRows(survey: TableSurvey, used: UsedColumns): LeftOut {
  const { rows, origins, bad } = survey;
  const found = rows.map((row) => problemOf(row, used));
  const scale = rows.length > 0 ? survey.count / rows.length : 1;
  const of = (problem: Problem) => Math.round(scale * found.filter((each) => each === problem).length);
  const counts = { unreadable: bad.count, blank: of('blank'), number: of('number'), alike: of('alike') };
  const count = Object.values(counts).reduce((sum, each) => sum + each);
  if (count === 0) return { count, words: undefined };
  const causes = (Object.keys(counts) as (keyof typeof counts)[])
    .filter((cause) => counts[cause] > 0)
    .map((cause) => `${counts[cause] === count ? '' : `${groupDigits(counts[cause])} `}${reasons[cause]}`);
  const places = [...bad.rows.map(({ origin }) => origin), ...origins.filter((_, i) => found[i])]
    .map((origin) => placeIn(survey.source.file, origin))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const named = places.slice(0, NAMED).join(', ');
  const note = bad.rows[0] && `; ${placeIn(survey.source.file, bad.rows[0].origin)}: ${bad.rows[0].reason}`;
  return {
    count,
    words: `${scale > 1 ? 'about ' : ''}${groupDigits(count)} of ${counted(survey.count + bad.count, 'row')} left out (${causes.join(', ')}): ${named}${count > NAMED ? ' …' : ''}${note ?? ''}`,
  };
}

/** What is done about bad rows, where there are some. */
export function badRowEntry({ words }: LeftOut): Entry | undefined {
  return words === undefined ? undefined : entry('onBadRow', 'skip', words);
}

/** The same for the eye. */
export function badRowHints({ words }: LeftOut): string[] {
  return words === undefined ? [] : [`Bad rows: ${words.replace(/[^.…]$/, '$&.')}`];
}

type Problem = 'blank' | 'number' | 'alike';

const reasons = {
  unreadable: 'cannot be read',
  blank: 'with an empty cell',
  number: 'without a number where one is read',
  alike: 'with other numbers of words and tags',
} as const;

function problemOf(
  row: readonly string[],
  { texts = [], numbers = [], alike }: UsedColumns,
): Problem | undefined {
  const cell = ({ place }: ColumnProfile) => (row[place] ?? '').trim();
  if ([...texts, ...numbers].some((column) => cell(column) === '')) return 'blank';
  if (numbers.some((column) => lacksNumber(row, column))) return 'number';
  const [words, tags] = alike?.map((column) => cell(column).split(/\s+/u).length) ?? [];
  return words === tags ? undefined : 'alike';
}

/** A place without the file, where the table is one: `line 12`. */
export function placeIn(file: string, origin: string): string {
  return origin.startsWith(`${file}: `) ? origin.slice(file.length + 2) : origin;
}
