import type { DataParts, DataSummary, Spread, TextSummary } from '../config/dataSummary.js';
import type { Cleaner, RawRow } from '../data/cleaning.js';
import { splitNames } from '../data/split.js';
import { displayWidth, fitWidth, padWidth } from '../formats/displayWidth.js';
import { counted, groupDigits } from '../formats/terminal.js';

/** Labels that are listed; of more, their number is told. */
const LABELS = 20;
/** Leaks that are shown. */
const LEAKS = 5;

/** What cleaning did, in words. @param name of the task, of several. */
export function cleaningText(cleaner: Cleaner, width: number, name = ''): string {
  const { kept, changed, dropped, examples, changes } = cleaner;
  const all = kept + [...dropped.values()].reduce((a, b) => a + b, 0);
  const lines = [
    `Cleaning${name && ` of ${name}`}: ${counted(all, 'row')} read, ${groupDigits(kept)} kept`,
    ...[...dropped].flatMap(([reason, count]) => [
      `  ${groupDigits(count)} dropped: ${reason}`,
      ...examples
        .filter((row) => row.reason === reason)
        .map((row) => fitWidth(`    ${placeOf(row)}  ${shown(row)}`, width)),
    ]),
    ...(changed > 0 ? [`  ${groupDigits(changed)} changed`] : []),
    ...changes.flatMap(({ before, after }) => [
      fitWidth(`    ${placeOf(before)}  ${shown(before)}`, width),
      fitWidth(`    ${' '.repeat(placeOf(before).length - 1)}→  ${shown(after)}`, width),
    ]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `line 12` of `words.tsv: line 12`. */
function placeOf({ origin }: RawRow): string {
  return origin.split(': ').at(-1)!;
}

function shown({ texts }: RawRow): string {
  return Object.values(texts)
    .map((text) => JSON.stringify(text))
    .join('  ');
}

/** The figures of data as tables. */
export function summaryText(summary: DataSummary, width: number): string {
  const { task, unit, counts, texts, labels, values, grouping } = summary;
  const sections = [
    table([
      [task === undefined ? 'Parts' : `Task ${task}`, ...splitNames],
      [`  ${unit}s`, ...splitNames.map((part) => groupDigits(counts[part]))],
      ...(labels?.counts.slice(0, LABELS) ?? []).map(({ label, parts }) => [
        `  ${labels!.name} ${fitWidth(label, 30)}`,
        ...splitNames.map((part) => groupDigits(parts[part])),
      ]),
    ]),
    labels && labels.counts.length > LABELS
      ? `  and ${groupDigits(labels.counts.length - LABELS)} more ${labels.name}s\n`
      : '',
    ...texts.map((text) => `\n${lengthsText(text)}`),
    ...(values ? [`\n${valuesText(values)}`] : []),
    ...texts.map((text) => leaksText(text, width, grouping)),
  ];
  return sections.join('');
}

function lengthsText({ name, characters, tokens, unknown, units, vocabulary }: TextSummary): string {
  const title = [`Length of ${name}`, 'least', 'median', '90 %', '99 %', 'longest', 'mean', ''];
  const row = (label: string, spread: Spread | undefined) =>
    spread ? [[`  ${label}`, ...spreadCells(spread), bars(spread.histogram)]] : [];
  const lacking = splitNames
    .filter((part) => unknown[part] > 0)
    .map((part) => `${part} ${(unknown[part] * 100).toFixed(2)} %`);
  return [
    table([
      title,
      ...splitNames.flatMap((part) => row(`${part}, characters`, characters[part])),
      ...splitNames.flatMap((part) => row(`${part}, ${units.split(' ').at(-1)!}`, tokens[part])),
    ]),
    `  ${groupDigits(vocabulary)} ${units}${lacking.length > 0 ? `; unknown: ${lacking.join(', ')}` : ''}\n`,
  ].join('');
}

function valuesText(values: NonNullable<DataSummary['values']>): string {
  const rows = values.flatMap(({ name, parts }) =>
    splitNames.flatMap((part) => {
      const spread = parts[part];
      if (!spread) return [];
      return [
        [`  ${name}, ${part}`, ...spreadCells(spread), number(spread.deviation), bars(spread.histogram)],
      ];
    }),
  );
  const title = ['Values', 'least', 'median', '90 %', '99 %', 'largest', 'mean', 'deviation', ''];
  return table([title, ...rows]);
}

function spreadCells({ least, median, p90, p99, most, mean }: Spread): string[] {
  return [least, median, p90, p99, most, mean].map(number);
}

function number(value: number): string {
  if (Number.isInteger(value)) return groupDigits(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A histogram in one line. */
function bars(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts.map((count) => (count === 0 ? ' ' : '▁▂▃▄▅▆▇█'[Math.ceil((count / most) * 8) - 1]!)).join('');
}

function leaksText({ name, leaks }: TextSummary, width: number, grouping: string | undefined): string {
  if (leaks.length === 0) return `\nLeaks: no ${name} stands in two parts\n`;
  const remedy = grouping === undefined ? '' : `; data.split.groupBy: ${grouping} keeps such texts together`;
  const count = leaks.length === 1 ? `1 ${name} stands` : `${groupDigits(leaks.length)} ${name}s stand`;
  return [
    `\nLeaks: ${count} in an earlier part, too, but for case, punctuation and spaces${remedy}\n`,
    ...leaks
      .slice(0, LEAKS)
      .map(
        ({ parts, texts }) =>
          `${fitWidth(`  ${parts.join(' · ')}  ${texts.map((text) => JSON.stringify(text)).join('  ')}`, width)}\n`,
      ),
  ].join('');
}

/** A few training examples, whole and as the model reads them. */
export function samplesText(
  { texts, labels, counts, task }: DataParts,
  count: number,
  width: number,
): string {
  if (texts.length === 0) return '';
  const single = labels && labels.parts.train.length === counts.train;
  const rows = Math.min(count, counts.train);
  const lines = Array.from({ length: rows }, (_, k) => {
    const i = Math.floor((k * counts.train) / rows);
    const own = texts.flatMap(({ name, parts, at, units }) => {
      // Of a whole book only what has room.
      const text = (at ? at(i) : parts.train[i]!).slice(0, 2 * width);
      return [
        `  ${name}  ${JSON.stringify(text)}`,
        `  ${' '.repeat(name.length)}  ${units
          .of(text)
          .join('·')
          .replace(/[\r\n]/g, '⏎')}`,
      ];
    });
    return [...own, ...(single ? [`  ${labels.name}  ${labels.parts.train[i]!}`] : []), ''];
  });
  const title = `\nSamples${task === undefined ? '' : ` of ${task}`} of the training part, and what a model sees of them\n`;
  const flat = lines.flat().slice(0, -1);
  return title + flat.map((line) => `${fitWidth(line, width)}\n`).join('');
}

/** Rows of cells, the first column to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => displayWidth(row[c]!))));
  return rows
    .map((row) =>
      row
        .map((cell, c) => padWidth(cell, widths[c]!, c === 0 ? 'end' : 'start'))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
