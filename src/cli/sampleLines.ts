import { displayWidth, fitWidth, padWidth } from '../formats/displayWidth.js';
import type { ReportSample } from '../formats/report.js';

const INDENT = '    ';
const GAP = '  ';

/**
 * Sources, answers, and where an answer is wrong what is right, with how far off it is where that is known, in columns: a
 * line each that is at most `width` columns of the terminal wide. What does not fit is cut, the widest columns first.
 */
export function sampleLines(
  samples: readonly Pick<ReportSample, 'source' | 'prediction' | 'target' | 'error'>[],
  { width, color }: { readonly width: number; readonly color: boolean },
): string[] {
  const rows = samples.map(({ source, prediction, target, error }) => {
    const references = typeof target === 'string' ? [target] : target;
    const isRight = error === undefined && references.includes(prediction);
    const right = references.join(' / ');
    const missed = error === undefined ? `✗ ${right}` : `${error}, right: ${right}`;
    const verdict = references.length === 0 ? '' : isRight ? '✓' : missed;
    return { cells: [source, prediction, verdict].map(oneLine), isRight };
  });
  const wanted = [0, 1, 2].map((column) =>
    Math.max(0, ...rows.map(({ cells }) => displayWidth(cells[column]!))),
  );
  const [sourceWidth, predictionWidth, verdictWidth] = shares(
    wanted,
    width - INDENT.length - 2 * GAP.length,
  ) as [number, number, number];
  return rows.map(({ cells: [source, prediction, verdict], isRight }) => {
    const start = [
      padWidth(fitWidth(source!, sourceWidth), sourceWidth),
      padWidth(fitWidth(prediction!, predictionWidth), predictionWidth),
    ].join(GAP);
    const end = fitWidth(verdict!, verdictWidth);
    if (end === '') return `${INDENT}${start}`.trimEnd();
    return `${INDENT}${start}${GAP}${color ? `\u001b[${isRight ? 32 : 2}m${end}\u001b[0m` : end}`;
  });
}

/** The widths of columns that share some room: those that want less than an equal part get what they want. */
function shares(wanted: readonly number[], room: number): number[] {
  const given = wanted.map(() => 0);
  let left = Math.max(0, room);
  const narrowestFirst = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  narrowestFirst.forEach((column, i) => {
    given[column] = Math.min(wanted[column]!, Math.floor(left / (wanted.length - i)));
    left -= given[column];
  });
  return given;
}

/** Line breaks and tabs as signs that take one place. */
function oneLine(text: string): string {
  return text.replaceAll(/\r?\n/g, '↵').replaceAll('\t', '⇥');
}
