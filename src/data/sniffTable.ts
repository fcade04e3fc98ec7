import type { Separator, TableFormat } from './tableSource.js';

/** How a text file seems to be written. */
export interface Sniffed {
  readonly format: Exclude<TableFormat, 'parquet'>;
  /** Of CSV, where it is not the usual one of the format. */
  readonly separator?: Separator;
}

const signs: readonly (readonly [Separator, string])[] = [
  ['tab', '\t'],
  ['semicolon', ';'],
  ['comma', ','],
];

/**
 * Tells how a table is written by its first lines, whatever its name is: JSON Lines by the brackets, others by a sign that
 * stands equally often in (nearly) every row.
 * @param lines the first of the file, the last one whole.
 */
export function sniffTable(lines: readonly string[]): Sniffed {
  const some = lines.filter((line) => line.trim() !== '');
  if (some.length > 0 && some.every((line) => /^\s*\{.*\}\s*$/.test(line))) return { format: 'jsonl' };
  // A tab hardly ever stands in a text, so a few rows with more of them (remarks) do not count.
  const tabs = some.map((line) => line.split('\t').length - 1);
  if (share(tabs, (count) => count > 0 && count >= Math.min(...tabs)) === 1)
    return isQuoted(some, '\t') ? { format: 'csv', separator: 'tab' } : { format: 'tsv' };
  for (const [separator, sign] of signs.slice(1)) {
    const counts = signsOutsideQuotes(some.join('\n'), sign);
    const usual = mostFrequent(counts);
    if (usual > 0 && counts.length > 1 && share(counts, (count) => count === usual) >= SAME)
      return separator === 'comma' ? { format: 'csv' } : { format: 'csv', separator };
  }
  return { format: 'text' };
}

/** Share of the rows that have as many signs as the others: prose with a comma in each line has not. */
const SAME = 0.98;

function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.length === 0 ? 0 : values.filter(holds).length / values.length;
}

/** Whether cells stand between quotes. */
function isQuoted(lines: readonly string[], sign: string): boolean {
  const cells = lines.flatMap((line) => line.split(sign));
  return cells.filter((cell) => /^".*"$/.test(cell)).length > lines.length / 2;
}

/** How often a sign stands in each row, where quotes may go on over lines. */
function signsOutsideQuotes(text: string, sign: string): number[] {
  const counts: number[] = [];
  let [count, quoted] = [0, false];
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === sign) count++;
    else if (character === '\n') {
      counts.push(count);
      count = 0;
    }
  }
  // The last row may be cut within its quotes.
  if (!quoted) counts.push(count);
  return counts;
}

function mostFrequent(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0])[0];
}
