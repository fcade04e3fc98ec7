import { placeOf } from '../config/dataParts.js';
import type { DataSummary, Spread, TextSummary } from '../config/dataSummary.js';
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
        .map((row) => fitWidth(`    ${placeOf(row.origin)}  ${shown(row)}`, width)),
    ]),
    ...(changed > 0 ? [`  ${groupDigits(changed)} changed`] : []),
    ...changes.flatMap(({ before, after }) => [
      fitWidth(`    ${placeOf(before.origin)}  ${shown(before)}`, width),
      fitWidth(`    ${' '.repeat(placeOf(before.origin).length - 1)}→  ${shown(after)}`, width),
    ]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function shown({ texts }: RawRow): string {
  return Object.values(texts)
    .map((text) => JSON.stringify(text))
    .join('  ');
}

/** The figures of data as tables. */
export function summaryText(summary: DataSummary, width: number): string {
  const { task, unit, counts, used, watched, leftOut = [], form, texts, labels, values, scaling } = summary;
  const { leaks, grouping } = summary;
  const remedy = grouping === undefined ? '' : `; data.split.groupBy: ${grouping} keeps such texts together`;
  const countRow = (name: string, of: DataSummary['counts']) => [
    `  ${name}s`,
    ...splitNames.map((part) => groupDigits(of[part])),
  ];
  const sections = [
    table([
      [task === undefined ? 'Parts' : `Task ${task}`, ...splitNames],
      countRow(unit, counts),
      ...(used ? [countRow(used.unit, used.counts)] : []),
      ...(labels?.counts.slice(0, LABELS) ?? []).map(({ label, parts }) => [
        `  ${labels!.name} ${fitWidth(label, 30)}`,
        ...splitNames.map((part) => groupDigits(parts[part])),
      ]),
    ]),
    labels && labels.counts.length > LABELS
      ? `  and ${groupDigits(labels.counts.length - LABELS)} more ${labels.name}s\n`
      : '',
    watched === undefined
      ? ''
      : `  ${groupDigits(watched)} for validation while training (training.validation.examples)\n`,
    leftOutText(leftOut, width),
    form === undefined ? '' : `\n${form[0]!.toUpperCase()}${form.slice(1)}\n`,
    ...texts.map((text) => `\n${lengthsText(text)}`),
    ...(values ? [`\n${valuesText(values)}`] : []),
    ...(scaling ? [`\n${scalingText(scaling)}`] : []),
    ...texts.map(({ name, leaks: found }) =>
      leaksText({ noun: name, found }, { how: ', but for case, punctuation and spaces', remedy, width }),
    ),
    ...(leaks ? [leaksText(leaks, { how: '', remedy: '', width })] : []),
  ];
  return sections.join('');
}

/** What training leaves out, in words. */
function leftOutText(leftOut: NonNullable<DataSummary['leftOut']>, width: number): string {
  if (leftOut.length === 0) return '';
  const lines = leftOut.flatMap(({ part, unit, reason, count, examples }) => [
    `  ${counted(count, unit)} of ${part}: ${reason}`,
    ...examples.map(({ origin, texts }) =>
      fitWidth(`    ${placeOf(origin)}  ${texts.map((text) => JSON.stringify(text)).join('  ')}`, width),
    ),
  ]);
  return ['\nLeft out after splitting', ...lines].map((line) => `${line}\n`).join('');
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

function leaksText(
  { noun, found }: NonNullable<DataSummary['leaks']>,
  { how, remedy, width }: { readonly how: string; readonly remedy: string; readonly width: number },
): string {
  if (found.length === 0) return `\nLeaks: no ${noun} stands in two parts\n`;
  const count = found.length === 1 ? `1 ${noun} stands` : `${groupDigits(found.length)} ${noun}s stand`;
  return [
    `\nLeaks: ${count} in an earlier part, too${how}${remedy}\n`,
    ...found
      .slice(0, LEAKS)
      .map(
        ({ parts, texts }) =>
          `${fitWidth(`  ${parts.join(' · ')}  ${texts.map((text) => JSON.stringify(text)).join('  ')}`, width)}\n`,
      ),
  ].join('');
}

/** How columns are scaled, and a value of each before and after. */
function scalingText(columns: NonNullable<DataSummary['scaling']>): string {
  const minMax = columns.some((column) => 'range' in column);
  return table([
    [
      'Scaling by the training part',
      ...(minMax ? ['least', 'range'] : ['mean', 'deviation']),
      'first row',
      'scaled',
    ],
    ...columns.map(({ name, before, after, ...fitted }) => [
      `  ${name}`,
      ...('range' in fitted ? [fitted.minimum, fitted.range] : [fitted.mean, fitted.deviation]).map(number),
      number(before),
      number(after),
    ]),
  ]);
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
