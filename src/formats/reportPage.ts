import { reportStyle } from './reportStyle.js';
import { escapeXml } from './svg.js';

/** Figures at the top of a page: what a reader looks for first, such as ['PER on test (greedy)', '9.8 %']. */
export type Summary = readonly (readonly [name: string, value: string])[];

/** A self-contained page, light or dark as the reader's system is: no scripts, nothing from the network. */
export function reportPage(title: string, summary: Summary, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
${summaryCards(summary)}
${sections.join('')}</main>
</body>
</html>
`;
}

/** A part of a page under its heading; nothing where the body is empty. */
export function section(title: string, body: string): string {
  return body ? `<section>\n<h2>${title}</h2>\n${body}\n</section>\n` : '';
}

function summaryCards(summary: Summary): string {
  const cards = summary.map(
    ([name, value]) => `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd></div>`,
  );
  return cards.length ? `<dl class="summary">${cards.join('')}</dl>` : '';
}

/** Pictures: charts in columns of equal width, others as wide as they are. */
export function figures(svgs: readonly string[], layout: 'charts' | 'pictures'): string {
  return svgs.length
    ? `<div class="${layout}">${svgs.map((svg) => `<figure>${svg}</figure>`).join('\n')}</div>`
    : '';
}

/** @param rows HTML, `<tr>` each. @param numeric columns whose cells stand to the right. */
export function table(
  headings: readonly string[],
  rows: readonly string[],
  numeric: readonly number[],
): string {
  if (!rows.length) return '';
  const head = headings.map(
    (heading, i) => `<th${numeric.includes(i) ? ' class="number"' : ''}>${escapeXml(heading)}</th>`,
  );
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}
