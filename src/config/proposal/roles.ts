import { amountsOf, chooseFeatures, telling } from '../../data/features.js';
import type { ColumnProfile } from '../../data/profile.js';
import { recogniseTask, title, unreadable, type Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { UserError } from '../../tensor/errors.js';
import type { Wishes } from './proposal.js';

/**
 * What the columns of a table are for: as the user says, and where nothing is said as they look.
 * @throws UserError when a column is not there, or cannot be what is asked.
 */
export function rolesOf(survey: TableSurvey, { task, source, target }: Wishes): Recognised {
  const { columns, rows } = survey;
  const [from, to] = [columnOf(survey, source, 'source'), columnOf(survey, target, 'target')];
  if (task === undefined && !from && !to) return recogniseTask(columns, rows);
  if (from && from === to)
    throw new UserError(`--source and --target are both ${title(from)}. Name two columns.`);
  const wanted = task ?? (to ? taskOf(to, from, survey) : recogniseTask(columns, rows).task);
  const reasons = [
    [
      ...(task ? [`You asked for ${task}`] : []),
      ...(from ? [`source ${title(from)}`] : []),
      ...(to ? [`target ${title(to)}`] : []),
    ].join(', ') + '.',
  ];
  for (const named of [from, to]) if (named?.kind === 'formatted') throw unreadable(named);
  const others = columns.filter((column) => column !== to && column !== from);
  const textOf = () =>
    from ??
    longest(others.filter(({ kind }) => kind === 'text')) ??
    refuse('--source', 'no other column holds texts', survey);
  /** What is read: the column that the user names, a text, or numbers. */
  const readOf = (left: readonly ColumnProfile[]) => {
    if (from && amountsOf([from]).length > 0) return { text: undefined, features: [from] };
    const text = from ?? longest(left.filter(({ kind }) => kind === 'text'));
    if (text) return { text, features: [] };
    const features = chooseFeatures(left, rows);
    if (features.length === 0) return refuse('--source', 'no other column holds texts or numbers', survey);
    return { text: undefined, features };
  };
  switch (wanted) {
    case 'classification': {
      const label =
        to ?? fewest(others) ?? refuse('--target', 'no column has a few different values', survey);
      const read = readOf(others.filter((column) => column !== label));
      if (read.text) return { task: 'classification', text: read.text, label, reasons };
      return { task: 'classification', text: undefined, features: read.features, label, reasons };
    }
    case 'sequence-to-sequence': {
      if (from && to) return { task: 'sequence-to-sequence', source: from, target: to, reasons };
      const pair = recogniseTask(
        columns.filter(({ kind }) => kind === 'text'),
        rows,
      );
      if (pair.task !== 'sequence-to-sequence')
        return refuse('--source and --target', 'which two columns belong together is not clear', survey);
      const turned = from ? from === pair.target : to === pair.source;
      if ((from && !isOf(pair, from)) || (to && !isOf(pair, to)))
        return refuse(from ? '--target' : '--source', `only the one side is named`, survey);
      return { ...pair, ...(turned && { source: pair.target, target: pair.source }), reasons };
    }
    case 'tagging': {
      if (from && to) return { task: 'tagging', tokens: from, tags: to, reasons };
      const tagged = recogniseTask(columns, rows);
      if (tagged.task === 'tagging') return { ...tagged, reasons };
      return refuse('--source and --target', 'no two columns have as many words in each row', survey);
    }
    case 'regression': {
      const numbers = telling(others.filter(({ kind }) => kind === 'number'));
      const value = to ?? numbers.at(-1) ?? refuse('--target', 'no column holds numbers', survey);
      const { text, features } = readOf(others.filter((column) => column !== value));
      return { task: 'regression', text, features, values: [value], reasons };
    }
    case 'forecasting': {
      const values = to ? [to] : telling(columns.filter(({ kind }) => kind === 'number'));
      if (values.length === 0) return refuse('--target', 'no column holds numbers', survey);
      return { task: 'forecasting', values, reasons };
    }
    case 'language-model':
      return { task: 'language-model', text: to ?? textOf(), reasons };
    default:
      throw new UserError(
        `--task ${wanted}: heddle init proposes classification, sequence-to-sequence, tagging, regression, forecasting and language-model; write the others by hand (docs/config.md).`,
      );
  }
}

/** What is asked where only columns are named. */
function taskOf(to: ColumnProfile, from: ColumnProfile | undefined, survey: TableSurvey): Recognised['task'] {
  if (to.kind === 'category') return 'classification';
  if (to.kind === 'number') return 'regression';
  const used = from ? [from, to] : undefined;
  const tagged =
    used && used.every(({ kind }) => kind === 'text') ? recogniseTask(used, survey.rows) : undefined;
  return tagged?.task === 'tagging' && tagged.tags === to ? 'tagging' : 'sequence-to-sequence';
}

function isOf(pair: Extract<Recognised, { task: 'sequence-to-sequence' }>, column: ColumnProfile): boolean {
  return pair.source === column || pair.target === column;
}

/** The column that the user names, or gives the place of. @throws UserError when there is none. */
function columnOf(survey: TableSurvey, asked: string | undefined, flag: string): ColumnProfile | undefined {
  if (asked === undefined) return undefined;
  const { columns, names } = survey;
  const place = names.findIndex((name) => String(name) === asked);
  const found = place >= 0 ? columns[place] : columns.find((column) => String(column.place) === asked);
  return found ?? refuse(`--${flag} ${asked}`, 'no such column', survey);
}

function longest(columns: readonly ColumnProfile[]): ColumnProfile | undefined {
  return [...columns].sort((a, b) => b.characters.mean - a.characters.mean)[0];
}

function fewest(columns: readonly ColumnProfile[]): ColumnProfile | undefined {
  return columns
    .filter(({ kind, distinct }) => kind === 'category' && distinct > 1)
    .sort((a, b) => a.distinct - b.distinct)[0];
}

function refuse(flag: string, why: string, { source, columns }: TableSurvey): never {
  throw new UserError(
    `${flag}: ${why}. ${source.file} has ${columns.map((column) => `${title(column)} (${column.kind})`).join(', ')}. Name columns by --source and --target.`,
  );
}
