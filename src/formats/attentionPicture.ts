import { displayWidth, fitWidth, padWidth } from './displayWidth.js';
import { escapeXml, round, shortNumber, svgDocument, textWidth } from './svg.js';

/** Attention weights of one example. */
export interface AttentionExample {
  /** [rows, columns]: how much each row (an output symbol) attends to each column (an input symbol). */
  weights: readonly (readonly number[])[];
  rowLabels: readonly string[];
  columnLabels: readonly string[];
  title: string;
}

/** The attention as a heat map in SVG; the strongest weight has the full colour. */
export function attentionSvg(example: AttentionExample): string {
  checkShape(example);
  const { weights, title } = example;
  const rows = example.rowLabels.map(visible);
  const columns = example.columnLabels.map(visible);
  // Small enough for a page, large enough that neighbouring labels, also slanted ones, do not touch.
  const cell = Math.max(17, Math.min(30, Math.floor(600 / Math.max(rows.length, columns.length, 1))));
  const widest = (labels: string[]): number => Math.max(0, ...labels.map((label) => textWidth(label, 12)));
  const slanted = widest(columns) > cell - 3;
  const slant = Math.SQRT1_2;
  const left = 14 + widest(rows) + 8;
  const top = 38 + (slanted ? widest(columns) * slant + 14 : 20);
  const gridWidth = cell * columns.length;
  const bottom = top + cell * rows.length;
  const overhang = slanted ? textWidth(columns.at(-1) ?? '', 12) * slant : 0;
  const titleText = fitWidth(title, 100);
  const width = Math.max(
    left + gridWidth + Math.max(14, overhang),
    28 + textWidth(titleText, 14) * 1.05,
    left + 150,
  );
  const most = strongest(weights);
  const parts = [
    `<text class="heddle-text" x="14" y="24" font-size="14" font-weight="600">${escapeXml(titleText)}</text>`,
    `<rect class="heddle-frame" x="${round(left)}" y="${round(top)}" width="${gridWidth}" height="${cell * rows.length}" rx="2"/>`,
  ];
  columns.forEach((label, j) => {
    const x = round(left + (j + 0.5) * cell);
    const y = round(top - 6);
    const place = slanted
      ? `x="${round(x + 4)}" y="${y}" transform="rotate(-45 ${round(x + 4)} ${y})"`
      : `x="${x}" y="${y}" text-anchor="middle"`;
    parts.push(`<text class="heddle-text" ${place}>${escapeXml(label)}</text>`);
  });
  weights.forEach((row, i) => {
    const y = round(top + i * cell);
    parts.push(
      `<text class="heddle-text" x="${round(left - 8)}" y="${round(y + cell / 2 + 4)}" text-anchor="end">${escapeXml(rows[i]!)}</text>`,
    );
    row.forEach((weight, j) => {
      const opacity = Math.round(shade(weight, most) * 1000) / 1000;
      parts.push(
        `<rect class="heddle-cell" x="${round(left + j * cell)}" y="${y}" width="${cell - 1}" height="${cell - 1}" rx="2" fill-opacity="${opacity}">` +
          `<title>${escapeXml(`${rows[i]} → ${columns[j]}: ${weight.toFixed(3)}`)}</title></rect>`,
      );
    });
  });
  parts.push(drawScale(left, bottom + 14, most));
  return svgDocument(width, bottom + 40, title, parts.join(''));
}

function drawScale(left: number, top: number, most: number): string {
  const steps = 8;
  let body = `<text class="heddle-faint" x="${round(left)}" y="${round(top + 10)}" font-size="11">0</text>`;
  for (let i = 0; i < steps; i++) {
    const place = `x="${round(left + 12 + i * 10)}" y="${round(top + 1)}" width="10" height="10"`;
    body += `<rect class="heddle-frame" ${place}/><rect class="heddle-cell" ${place} fill-opacity="${round(i / (steps - 1))}"/>`;
  }
  const label = shortNumber(Number(most.toPrecision(2)));
  return `${body}<text class="heddle-faint" x="${round(left + 18 + steps * 10)}" y="${round(top + 10)}" font-size="11">${label}</text>`;
}

/** Dark to bright through blue, green and yellow, from the 256-colour palette, which nearly every terminal has. */
const palette = [234, 17, 18, 19, 25, 31, 37, 36, 42, 77, 113, 149, 185, 221, 227];
const shades = ' ░▒▓█';

/**
 * The attention as text for a terminal: rows of two-column cells.
 * @param options.color 256-colour backgrounds; without, the shades ░▒▓█.
 */
export function attentionText(example: AttentionExample, options: { color: boolean }): string {
  checkShape(example);
  const { weights, title } = example;
  const rows = example.rowLabels.map((label) => fitWidth(visible(label), 16));
  const columns = example.columnLabels.map((label) => fitWidth(visible(label), 16));
  const left = Math.max(0, ...rows.map(displayWidth));
  const cell = Math.max(0, ...columns.map(displayWidth)) > 3 ? 2 : 3;
  const most = strongest(weights);
  const lines = [title];
  if (columns.every((label) => displayWidth(label) <= 3)) {
    lines.push(' '.repeat(left + 1) + columns.map((label) => padWidth(label, cell, 'both')).join(''));
  } else {
    // Long labels stand upright, one character a line, ending at the grid.
    const characters = columns.map((label) => [...graphemes.segment(label)].map(({ segment }) => segment));
    const height = Math.max(...characters.map(({ length }) => length));
    for (let line = 0; line < height; line++) {
      const letters = characters.map((label) => label[line - height + label.length] ?? '');
      lines.push(' '.repeat(left + 1) + letters.map((letter) => padWidth(letter, cell)).join(''));
    }
  }
  weights.forEach((row, i) => {
    const cells = row.map((weight) => {
      const share = shade(weight, most);
      return options.color
        ? `\u001b[48;5;${palette[Math.round(share * (palette.length - 1))]}m${' '.repeat(cell)}`
        : shades[Math.round(share * (shades.length - 1))]!.repeat(cell);
    });
    lines.push(`${padWidth(rows[i]!, left, 'start')} ${cells.join('')}${options.color ? '\u001b[0m' : ''}`);
  });
  return lines.map((line) => line.trimEnd()).join('\n') + '\n';
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function checkShape({ weights, rowLabels, columnLabels, title }: AttentionExample): void {
  const fits =
    weights.length === rowLabels.length && weights.every((row) => row.length === columnLabels.length);
  if (!fits) {
    throw new Error(
      `Attention '${title}': the weights are [${weights.length}, ${weights[0]?.length ?? 0}], the labels [${rowLabels.length}, ${columnLabels.length}]; they must agree.`,
    );
  }
}

/** The largest weight; 1 where all are zero or not finite, so that shades can be divided by it. */
function strongest(weights: readonly (readonly number[])[]): number {
  return (
    weights.flat().reduce((most, weight) => Math.max(most, Number.isFinite(weight) ? weight : 0), 0) || 1
  );
}

/** A weight as a share of the strongest, in [0, 1]. */
function shade(weight: number, most: number): number {
  return Number.isFinite(weight) ? Math.max(0, weight) / most : 0;
}

/** Blanks made visible. */
function visible(label: string): string {
  return label.replace(/ /g, '␣').replace(/\n/g, '⏎').replace(/\t/g, '⇥') || '∅';
}
