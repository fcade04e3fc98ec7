import type { NamedConfusion } from '../config/node/taskRun.js';
import { displayWidth, padWidth } from '../formats/displayWidth.js';
import { groupDigits } from '../formats/terminal.js';

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
  ].join('');
}
