/** What the pictures share: escaping, the widths of texts, colours for light and dark, and nice numbers on axes. */

/** Text for XML and HTML content and attributes; characters that XML forbids become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // XML 1.0 allows the controls of U+007F to U+009F, and of those below U+0020 only three.
      .replace(/(?![\t\n\r\x7F-\x9F])\p{Cc}|[\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

/**
 * About how wide a text is in a sans-serif font, in pixels. There is no font to measure with where pictures are made;
 * the classes are DejaVu Sans's, one of the wider common fonts, so that labels get room enough rather than too little.
 */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    if (/[ijlIt.,:;'|!()[\]ˈˌː]/.test(character)) ems += 0.36;
    else if (/[mwMW@%—→]/.test(character)) ems += 0.95;
    else if (/[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF01-\uFF60\u{1F300}-\u{1FAFF}]/u.test(character))
      ems += 1;
    else if (/\p{Lu}/u.test(character)) ems += 0.7;
    else ems += 0.6;
  }
  return ems * fontSize;
}

/** Series colours, after Okabe & Ito (2008), which stay apart for colour-blind readers; lighter ones on dark ground. */
const light = ['#0072b2', '#d55e00', '#009e73', '#aa4499', '#b38600', '#56707f'];
const dark = ['#56b4e9', '#ff8c42', '#2ec4a0', '#e38fc7', '#f0c52e', '#a9bac4'];
export const SERIES_COLOURS = light.length;

/**
 * The style sheet of every picture. Class names start with `heddle-`, since styles inside an SVG reach the whole page
 * that it is put into.
 */
export const svgStyle = `<style>${[
  '.heddle-ground{fill:#fff}.heddle-text{fill:#1f2328}.heddle-faint{fill:#656d76}',
  '.heddle-grid{stroke:#e3e6ea}.heddle-axis{stroke:#8c959f}.heddle-cell{fill:#0757a8}.heddle-frame{fill:#f3f5f7}',
  ...light.map((colour, i) => `.heddle-line${i}{stroke:${colour}}.heddle-dot${i}{fill:${colour}}`),
  '@media(prefers-color-scheme:dark){',
  '.heddle-ground{fill:#16191d}.heddle-text{fill:#e6e9ec}.heddle-faint{fill:#9aa4ae}',
  '.heddle-grid{stroke:#2b3138}.heddle-axis{stroke:#6b7682}.heddle-cell{fill:#7cc4ff}.heddle-frame{fill:#20252b}',
  ...dark.map((colour, i) => `.heddle-line${i}{stroke:${colour}}.heddle-dot${i}{fill:${colour}}`),
  '}',
].join('')}</style>`;

/** An SVG document on its own ground, readable on light and dark pages, with `title` for screen readers. */
export function svgDocument(width: number, height: number, title: string, body: string): string {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(title)}" ` +
    `font-family="system-ui,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif" font-size="12">${svgStyle}` +
    `<rect class="heddle-ground" width="100%" height="100%" rx="6"/>${body}</svg>\n`
  );
}

/** A coordinate with at most one decimal: a tenth of a pixel is below what anyone sees. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** About `count` evenly spaced round numbers (1, 2 or 5 times a power of ten apart) that cover [low, high]. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10]
    .map((factor) => factor * magnitude)
    .find((candidate) => candidate >= raw * 0.999)!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Round numbers for a logarithmic axis that cover [low, high]: powers of ten, with 2 and 5 between when they are few. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const factors = last - first <= 3 ? [1, 2, 5] : [1];
  const all = Array.from({ length: last - first + 1 }, (_, i) =>
    factors.map((factor) => Number((factor * 10 ** (first + i)).toPrecision(12))),
  ).flat();
  const from = all.findLastIndex((tick) => tick <= low);
  const to = all.findIndex((tick) => tick >= high);
  return all.slice(from, to + 1);
}

/** A short number for an axis or a table: 12k, 0.25, 5e-5. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-4)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  for (const [unit, suffix] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (size >= unit) return `${Number((value / unit).toPrecision(4))}${suffix}`;
  }
  return String(Number(value.toPrecision(4)));
}
