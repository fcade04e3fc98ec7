import type { NamedConfusion } from '../config/node/taskRun.js';
import { displayWidth, padWidth } from '../formats/displayWidth.js';
import { groupDigits } from '../formats/terminal.js';
import { figuresByClass, type ClassFigures } from '../metrics/classification.js';

/** How often each class was taken for each: a row for what is, a column for what was said. */
export function confusionTable({ names, counts }: NamedConfusion): string {
  const cells = counts.map((row) => row.map(groupDigits));
  const widths = names.map((name, column) =>
    Math.max(displayWidth(name), ...cells.map((row) => row[column]!.length)),
  );
  const first = Math.max(...names.map(displayWidth));
  const line = (name: string, row: readonly string[]) =>
    `  ${padWidth(name, first)}  ${row.map((cell, c) => padWidth(cell, widths[c]!, 'start')).join('  ')}\n`;
  return [
    'Confusion: a row for each true class, a column for what was said\n',
    line('', names),
    ...names.map((name, i) => line(name, cells[i]!)),
    figuresTable(names, figuresByClass(counts)),
  ].join('');
}

/** Precision, recall and F1 of each class against all others. */
export function figuresTable(names: readonly string[], figures: readonly ClassFigures[]): string {
  const first = Math.max(...names.map(displayWidth));
  const percent = (share: number) => (share * 100).toFixed(2).padStart(9);
  const row = ({ precision, recall, f1, support }: ClassFigures) =>
    [precision, recall, f1].map(percent).join('  ') + groupDigits(support).padStart(10);
  return [
    `Each class, in %\n  ${padWidth('', first)}  precision     recall         F1  examples\n`,
    ...names.map((name, i) => `  ${padWidth(name, first)}  ${row(figures[i]!)}\n`),
  ].join('');
}
