import { escapeXml, round, svgDocument, textWidth } from './svg.js';

export interface Bar {
  readonly label: string;
  /** Its length, from 0 to 1. */
  readonly share: number;
  /** Written behind it. */
  readonly text: string;
}

const ROW = 28;
const TOP = 44;

/** Horizontal bars with labels, one below the other, as SVG. @param width in pixels. */
export function barChartSvg(title: string, bars: readonly Bar[], width = 560): string {
  const left = 26 + Math.max(0, ...bars.map(({ label }) => textWidth(label, 12)));
  const room = width - left - 24 - Math.max(0, ...bars.map(({ text }) => textWidth(text, 12)));
  const rows = bars.map(({ label, share, text }, i) => {
    const y = TOP + i * ROW;
    const length = round(share * room);
    return (
      `<text class="heddle-text" x="${round(left - 8)}" y="${y + 14}" text-anchor="end">${escapeXml(label)}</text>` +
      `<rect class="heddle-frame" x="${round(left)}" y="${y}" width="${round(room)}" height="20" rx="3"/>` +
      `<rect class="heddle-dot0" x="${round(left)}" y="${y}" width="${length}" height="20" rx="3"/>` +
      `<text class="heddle-faint" x="${width - 14}" y="${y + 14}" text-anchor="end">${escapeXml(text)}</text>`
    );
  });
  const heading = `<text class="heddle-text" x="14" y="24" font-size="14" font-weight="600">${escapeXml(title)}</text>`;
  return svgDocument(width, TOP + bars.length * ROW + 8, title, heading + rows.join(''));
}
