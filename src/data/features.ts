import { isMissing, readNumber } from './numberForms.js';
import { decimalOf, type ColumnProfile } from './profile.js';

/** The columns of numbers, those of a few whole ones among them. */
export function amountsOf(columns: readonly ColumnProfile[]): ColumnProfile[] {
  const isWhole = ({ values }: ColumnProfile) =>
    values.some(([value]) => isDigits(value)) &&
    values.every(([value]) => isDigits(value) || isMissing(value));
  return columns.filter((column) => column.kind === 'number' || (isVaried(column) && isWhole(column)));
}

function isDigits(value: string): boolean {
  return /^\d+$/.test(value);
}

/** Whether a column has a few values, and not always the same. */
export function isVaried({ kind, distinct }: ColumnProfile): boolean {
  return kind === 'category' && distinct > 1;
}

/** Those that say something of a row; all of them where none does. */
export function telling(columns: readonly ColumnProfile[]): ColumnProfile[] {
  const found = columns.filter(({ identifies }) => !identifies);
  return found.length > 0 ? found : [...columns];
}

/** Share of the rows that may lack a number, and are left out then. */
const MOST_LACKING = 0.2;

/**
 * The columns of numbers that a model can read: without those that only say which row it is, and, as a row without one of
 * the numbers is left out, without the emptiest ones until at most a fifth of the rows is.
 */
export function chooseFeatures(
  columns: readonly ColumnProfile[],
  rows: readonly (readonly string[])[],
): ColumnProfile[] {
  const candidates = telling(amountsOf(columns)).map((column) => {
    const lacking = rows.map((row) => lacksNumber(row, column));
    return { column, lacking, count: lacking.filter(Boolean).length };
  });
  const lost = () => rows.filter((_, i) => candidates.some(({ lacking }) => lacking[i])).length;
  while (candidates.length > 1 && lost() > MOST_LACKING * rows.length) {
    const emptiest = candidates.reduce((most, each) => (each.count > most.count ? each : most));
    candidates.splice(candidates.indexOf(emptiest), 1);
  }
  return candidates.map(({ column }) => column);
}

/** Whether training finds no number in the cell of a column. */
export function lacksNumber(row: readonly string[], { place, form }: ColumnProfile): boolean {
  return Number.isNaN(readNumber(row[place] ?? '', decimalOf(form)));
}
