import type { Decimal } from './tableSource.js';

/** `1234,56` and `1.234,56`: with a decimal comma, points may stand between thousands only before it. */
const withComma = /^[+-]?(\d+|\d{1,3}(\.\d{3})+(?=,)|(?=,))(,\d+)?(e[+-]?\d+)?$/i;

/** The number that a cell holds, white space around it aside; NaN where it holds none that is finite. */
export function readNumber(cell: string, decimal: Decimal = 'point'): number {
  const text = cell.trim();
  if (text === '' || (decimal === 'comma' && !withComma.test(text))) return NaN;
  const value = Number(decimal === 'comma' ? text.replaceAll('.', '').replace(',', '.') : text);
  return Number.isFinite(value) ? value : NaN;
}

/**
 * How a column of numbers is written: as training reads it, with a decimal comma, or with signs that it does not read
 * (`1,234`; `$5`, `12 %`; decimal points in a table of decimal commas).
 */
export type NumberForm = 'plain' | 'decimal comma' | 'thousands' | 'unit' | 'decimal point';

/** Share of the cells that hold something from which on a column is what they are, whatever the others hold. */
export const MOSTLY = 0.8;

const sign = '[+-]?';
/** One group of thousands after a comma may as well be three decimals. */
const group = new RegExp(`^${sign}[1-9]\\d{0,2},\\d{3}$`);
const thousands = new RegExp(
  `^${sign}\\d{1,3}((,\\d{3})+(\\.\\d+)?|(\\.\\d{3}){2,}|(\\.\\d{3})+,\\d+|([ '’\\u00a0\\u202f]\\d{3})+([.,]\\d+)?)$`,
);
const currency = '[$€£¥₹]|USD|EUR|GBP|CHF|JPY|CNY';
const unit = new RegExp(
  `^${sign}(?:${currency})?\\s*${sign}([\\d.,'’\\s]*\\d)\\s*(?:${currency}|%|‰|°[CF]?)?$`,
  'i',
);
/** Else it were a version, an address or a telephone number. */
const hasUnit = /[^\d.,'’\s+-]/;

/** How the numbers are written that most of some cells are; 'group' where commas may be decimal ones or not. */
export function numberFormOf(cells: readonly string[]): NumberForm | 'group' | undefined {
  const filled = cells.filter((cell) => !isMissing(cell));
  let [plain, pointed, comma, groups, grouped, units] = [0, 0, 0, 0, 0, 0];
  for (const cell of filled) {
    if (!Number.isNaN(readNumber(cell))) {
      plain++;
      if (cell.includes('.')) pointed++;
    } else if (group.test(cell)) groups++;
    else if (!Number.isNaN(readNumber(cell, 'comma'))) comma++;
    else if (thousands.test(cell)) grouped++;
    else if (unit.test(cell) && hasUnit.test(cell)) units++;
  }
  const needed = MOSTLY * filled.length;
  if (filled.length === 0 || plain + comma + groups + grouped + units < needed) return undefined;
  const withCommas = plain - pointed + comma + groups;
  if (withCommas > plain && withCommas >= needed) return comma > 0 ? 'decimal comma' : 'group';
  if (plain >= needed) return 'plain';
  return units > grouped + groups ? 'unit' : 'thousands';
}

/** Whether a cell is a number in any form. */
export function looksLikeNumber(cell: string): boolean {
  return numberFormOf([cell]) !== undefined;
}

/** Whether a cell says that there is no value. */
export function isMissing(cell: string): boolean {
  return /^(|n\/?a|nan|null|none|nil|\?|-+|\.|missing|unknown)$/i.test(cell.trim());
}

/** What a number that training cannot read looks like, and the remedy. */
export function tellForm(form: NumberForm): string {
  return unreadable[form];
}

const unreadable: Readonly<Record<NumberForm, string>> = {
  plain: 'is no number. Correct it',
  'decimal comma':
    'looks like a number with a decimal comma. Write a point, or of a CSV or TSV file say decimal: comma',
  thousands: 'looks like a number with separated thousands. Write the digits without signs between',
  unit: 'looks like a number with a currency or unit. Write the number alone',
  'decimal point':
    'looks like a number with a decimal point, other columns have decimal commas. Write all alike',
};
