import type { ColumnProfile } from '../../data/profile.js';
import { title } from '../../data/recognise.js';
import type { ClassCounts } from '../../data/survey.js';
import { counted, groupDigits } from '../../formats/terminal.js';

/** A share as people say it: `13 %`, `0.4 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 9.95 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}

/** A mean as people say it: `6.1`, `31`. */
export function mean(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

/** Values with their shares, the first of them: `ham 87 %, spam 13 %`. */
export function shares(classes: ClassCounts, most = 4): string {
  const total = classes.reduce((sum, [, count]) => sum + count, 0);
  const listed = classes.slice(0, most).map(([name, count]) => `${cut(name)} ${percent(count / total)}`);
  return `${listed.join(', ')}${classes.length > most ? ' …' : ''}`;
}

const forms = {
  'decimal comma': 'with a decimal comma',
  thousands: 'with separated thousands, which training does not read',
  unit: 'with a currency or unit, which training does not read',
  'decimal point': 'with a decimal point, where others have a comma',
} as const;

/** A column in a line. */
export function describeColumn(column: ColumnProfile): string {
  const { kind, distinct, characters, words, script } = column;
  switch (kind) {
    case 'number':
    case 'formatted': {
      const { form, odd, filled } = column;
      const written = form === undefined || form === 'plain' ? '' : ` (${forms[form]})`;
      const others =
        kind === 'number' && odd
          ? `, ${percent(odd.count / filled)} of the filled cells are none: ${JSON.stringify(odd.cell)}`
          : '';
      return `numbers${written}${others}`;
    }
    case 'time':
      return 'times';
    case 'empty':
      return 'nothing';
    case 'category':
      return `${counted(distinct, 'different value')}: ${shares(column.values)}`;
    case 'text':
      return [
        `texts${script ? ` in ${script} letters` : ''}, ${mean(characters.mean)} characters`,
        ...(words.mean >= 1.5 ? [`or ${mean(words.mean)} words`] : []),
        `on average, ${groupDigits(distinct)} different`,
      ].join(' ');
  }
}

/** How a column is called: by its name, or its place. */
export function called(column: ColumnProfile): string {
  return column.name === undefined ? `column ${column.place}` : title(column);
}

function cut(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}
