import { escapeXml, round, svgDocument, textWidth } from './svg.js';

/** One of the parallel axes. */
export interface ParallelAxis {
  readonly label: string;
  /** Marked places, from 0 at the bottom to 1 at the top. */
  readonly ticks: readonly { readonly place: number; readonly text: string }[];
}

/** Something that has a place on each axis. */
export interface ParallelLine {
  /** Shown under the pointer. */
  readonly title: string;
  /** By axis, from 0 to 1. */
  readonly places: readonly number[];
  /** How much it stands out. */
  readonly rank: 'best' | 'good' | 'other';
}

export interface ParallelCoordinates {
  readonly title: string;
  readonly axes: readonly ParallelAxis[];
  readonly lines: readonly ParallelLine[];
  /** What the ranks are called in the legend. */
  readonly ranks: Readonly<Record<ParallelLine['rank'], string>>;
}

const HEIGHT = 380;
/** Of the axes. */
const TOP = 84;
const BOTTOM = HEIGHT - 22;
/** The axes share so much width, but are neither nearer to each other nor farther apart than this. */
const WIDTH = 1120;
const NEAREST = 120;
const FARTHEST = 240;

/** Drawn in this order, so that what matters lies on top. */
const looks = {
  other: 'class="heddle-line5" stroke-width="1.2" stroke-opacity="0.45"',
  good: 'class="heddle-line0" stroke-width="1.6" stroke-opacity="0.85"',
  best: 'class="heddle-line1" stroke-width="3"',
} as const;

/** A line for each thing across parallel axes (Inselberg 1985): which values go with which outcome. */
export function parallelCoordinatesSvg({ title, axes, lines, ranks }: ParallelCoordinates): string {
  const widths = axes.map(({ label }) => textWidth(label, 12));
  const tickRoom = Math.max(0, ...(axes[0]?.ticks ?? []).map(({ text }) => textWidth(text, 12))) + 20;
  const left = Math.max(40, tickRoom, (widths[0] ?? 0) / 2 + 12);
  const right = Math.max(40, (widths.at(-1) ?? 0) / 2 + 12);
  const even = Math.min(FARTHEST, (WIDTH - left - right) / Math.max(1, axes.length - 1));
  const distance = Math.max(NEAREST, even, ...widths.map((each) => each + 24));
  const width = left + Math.max(0, axes.length - 1) * distance + right;
  const x = (axis: number): number => round(left + axis * distance);
  const y = (place: number): number => round(BOTTOM - place * (BOTTOM - TOP));

  const parts = [
    `<text class="heddle-text" x="14" y="24" font-size="14" font-weight="600">${escapeXml(title)}</text>`,
    legend(ranks),
  ];
  for (const rank of ['other', 'good', 'best'] as const)
    for (const line of lines) {
      if (line.rank !== rank) continue;
      const path = line.places.map((place, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${y(place)}`).join('');
      parts.push(
        `<path ${looks[rank]} d="${path}" fill="none" stroke-linejoin="round"><title>${escapeXml(line.title)}</title></path>`,
      );
    }
  axes.forEach(({ label, ticks }, i) => {
    parts.push(
      `<line class="heddle-axis" x1="${x(i)}" x2="${x(i)}" y1="${y(1)}" y2="${y(0)}"/>`,
      `<text class="heddle-text" x="${x(i)}" y="${TOP - 12}" text-anchor="middle">${escapeXml(label)}</text>`,
    );
    for (const { place, text } of ticks) {
      const room = textWidth(text, 12);
      parts.push(
        `<line class="heddle-axis" x1="${round(x(i) - 4)}" x2="${x(i)}" y1="${y(place)}" y2="${y(place)}"/>`,
        // On a ground of its own, since lines pass behind it.
        `<rect class="heddle-ground" opacity="0.8" x="${round(x(i) - 8 - room)}" y="${round(y(place) - 8)}" width="${round(room + 3)}" height="16"/>`,
        `<text class="heddle-faint" x="${round(x(i) - 7)}" y="${round(y(place) + 4)}" text-anchor="end">${escapeXml(text)}</text>`,
      );
    }
  });
  return svgDocument(width, HEIGHT, title, parts.join(''));
}

function legend(ranks: ParallelCoordinates['ranks']): string {
  let x = 14;
  return (['best', 'good', 'other'] as const)
    .map((rank) => {
      const entry =
        `<line ${looks[rank]} x1="${round(x)}" x2="${round(x + 16)}" y1="44" y2="44"/>` +
        `<text class="heddle-faint" x="${round(x + 22)}" y="48">${escapeXml(ranks[rank])}</text>`;
      x += 22 + textWidth(ranks[rank], 12) + 16;
      return entry;
    })
    .join('');
}
