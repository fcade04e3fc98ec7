import {
  escapeXml,
  logTicks,
  niceTicks,
  round,
  SERIES_COLOURS,
  shortNumber,
  svgDocument,
  textWidth,
} from './svg.js';

/** A line of a chart. */
export interface Series {
  name: string;
  /** [x, y], by rising x; where y is not finite the line has a gap. */
  points: readonly (readonly [number, number])[];
  /** Which of the series colours; default: the place in the list. For the same thing to look the same in several charts. */
  colour?: number;
}

/** Lines over one x axis. */
export interface LineChart {
  series: readonly Series[];
  title: string;
  xLabel: string;
  yLabel: string;
  /**
   * Logarithmic y axis; values that are not positive are left out. Default: when the largest value is more than 20
   * times the median, as perplexity's first ones are, and all are positive.
   */
  logarithmic?: boolean;
  /** Pixels, default 560 × 300. */
  width?: number;
  height?: number;
}

/** Longer series are thinned: more points than these are not told apart on the screen. */
const MAX_POINTS = 800;
/** Up to so many points are marked with dots that show their value under the pointer. */
const MAX_DOTS = 60;

/** A line chart with ticks, grid and legend, as SVG. */
export function lineChartSvg(chart: LineChart): string {
  const { title, xLabel, yLabel, width = 560, height = 300 } = chart;
  const all = chart.series.flatMap(({ points }) => points).filter((point) => point.every(Number.isFinite));
  const logarithmic = chart.logarithmic ?? isHeavyTailed(all.map(([, y]) => y));
  const drawn = logarithmic ? all.filter(([, y]) => y > 0) : all;
  const heading = `<text class="heddle-text" x="14" y="24" font-size="14" font-weight="600">${escapeXml(title)}</text>`;
  if (drawn.length === 0) {
    const note = `<text class="heddle-faint" x="${width / 2}" y="${height / 2}" text-anchor="middle">no values</text>`;
    return svgDocument(width, height, title, heading + note);
  }
  const yTicks = verticalTicks(
    drawn.map(([, y]) => y),
    logarithmic,
  );
  const yTexts = yTicks.map(shortNumber);
  const legend =
    chart.series.length > 1 ? drawLegend(chart.series, width - 16, title) : { body: '', rows: 0 };
  const area = {
    left: 34 + Math.max(...yTexts.map((text) => textWidth(text, 12))),
    right: width - 18,
    top: 42 + 18 * legend.rows,
    bottom: height - 44,
  };
  const xs = drawn.map(([x]) => x);
  const [xLow, xHigh] = widened(min(xs), max(xs));
  const scaleY = logarithmic ? Math.log : (y: number) => y;
  const [yLow, yHigh] = [scaleY(yTicks[0]!), scaleY(yTicks.at(-1)!)];
  const toX = (x: number): number =>
    round(area.left + ((x - xLow) / (xHigh - xLow)) * (area.right - area.left));
  const toY = (y: number): number =>
    round(area.bottom - ((scaleY(y) - yLow) / (yHigh - yLow)) * (area.bottom - area.top));

  const parts = [heading, legend.body];
  yTicks.forEach((tick, i) => {
    const y = toY(tick);
    parts.push(
      `<line class="heddle-grid" x1="${round(area.left)}" x2="${area.right}" y1="${y}" y2="${y}"/>`,
      `<text class="heddle-faint" x="${round(area.left - 6)}" y="${round(y + 4)}" text-anchor="end">${yTexts[i]}</text>`,
    );
  });
  for (const tick of niceTicks(xLow, xHigh, 6)) {
    if (tick < xLow || tick > xHigh) continue;
    const x = toX(tick);
    parts.push(
      `<line class="heddle-axis" x1="${x}" x2="${x}" y1="${area.bottom}" y2="${area.bottom + 4}"/>`,
      `<text class="heddle-faint" x="${x}" y="${area.bottom + 17}" text-anchor="middle">${shortNumber(tick)}</text>`,
    );
  }
  const middle = round((area.top + area.bottom) / 2);
  parts.push(
    `<line class="heddle-axis" x1="${round(area.left)}" x2="${area.right}" y1="${area.bottom}" y2="${area.bottom}"/>`,
    `<text class="heddle-faint" x="${round((area.left + area.right) / 2)}" y="${height - 10}" text-anchor="middle">${escapeXml(xLabel)}</text>`,
    `<text class="heddle-faint" x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">${escapeXml(yLabel)}</text>`,
  );
  chart.series.forEach((series, i) => {
    const usable = series.points.filter(
      ([x, y]) => Number.isFinite(x) && !(logarithmic && Number.isFinite(y) && y <= 0),
    );
    parts.push(drawSeries(series.name, thin(usable, MAX_POINTS), colourOf(series, i), toX, toY));
  });
  return svgDocument(width, height, title, parts.join(''));
}

function drawSeries(
  name: string,
  points: readonly (readonly [number, number])[],
  colour: number,
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  let path = '';
  let dots = '';
  let pen = 'M';
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${toX(x)} ${toY(y)}`;
    pen = 'L';
    if (points.length <= MAX_DOTS) {
      dots +=
        `<circle class="heddle-dot${colour}" cx="${toX(x)}" cy="${toY(y)}" r="2.5">` +
        `<title>${escapeXml(name)} at ${shortNumber(x)}: ${shortNumber(y)}</title></circle>`;
    }
  }
  return `<path class="heddle-line${colour}" d="${path}" fill="none" stroke-width="1.6" stroke-linejoin="round"/>${dots}`;
}

function colourOf(series: Series, place: number): number {
  return (series.colour ?? place) % SERIES_COLOURS;
}

/** Beside the title if there is room, else in rows below it. */
function drawLegend(series: readonly Series[], right: number, title: string): { body: string; rows: number } {
  const widths = series.map(({ name }) => 22 + textWidth(name, 12) + 14);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const beside = total < right - textWidth(title, 14) - 40;
  let x = beside ? right - total + 14 : 14;
  let row = beside ? 0 : 1;
  let body = '';
  series.forEach((item, i) => {
    if (!beside && x > 14 && x + widths[i]! - 14 > right) {
      x = 14;
      row++;
    }
    const y = 20 + 18 * row;
    body +=
      `<line class="heddle-line${colourOf(item, i)}" x1="${round(x)}" x2="${round(x + 16)}" y1="${y}" y2="${y}" stroke-width="3" stroke-linecap="round"/>` +
      `<text class="heddle-text" x="${round(x + 22)}" y="${y + 4}">${escapeXml(item.name)}</text>`;
    x += widths[i]!;
  });
  return { body, rows: row };
}

function verticalTicks(ys: readonly number[], logarithmic: boolean): number[] {
  const [low, high] = widened(min(ys), max(ys));
  if (logarithmic) return logTicks(min(ys), Math.max(max(ys), min(ys) * 1.01));
  // Down to zero where that costs little of the height: a curve then shows its true proportion.
  return niceTicks(low > 0 && low < 0.3 * high ? 0 : low, high, 5);
}

function isHeavyTailed(values: readonly number[]): boolean {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length > 0 && sorted[0]! > 0 && sorted.at(-1)! > 20 * sorted[sorted.length >> 1]!;
}

/** A range that is not empty. */
function widened(low: number, high: number): [number, number] {
  if (high > low) return [low, high];
  const margin = low === 0 ? 1 : Math.abs(low) / 10;
  return [low - margin, high + margin];
}

/** Keeps the lowest and the highest point of each of `limit / 2` stretches, so that spikes stay. */
function thin<P extends readonly [number, number]>(points: readonly P[], limit: number): readonly P[] {
  if (points.length <= limit) return points;
  const stretches = limit / 2;
  const kept: P[] = [];
  for (let i = 0; i < stretches; i++) {
    const start = Math.floor((i * points.length) / stretches);
    const end = Math.floor(((i + 1) * points.length) / stretches);
    let lowest = start;
    let highest = start;
    for (let j = start; j < end; j++) {
      if (points[j]![1] < points[lowest]![1]) lowest = j;
      if (points[j]![1] > points[highest]![1]) highest = j;
    }
    kept.push(points[Math.min(lowest, highest)]!);
    if (lowest !== highest) kept.push(points[Math.max(lowest, highest)]!);
  }
  return kept;
}

/** Not Math.min(...values), which overflows the stack on a long run. */
function min(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function max(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}
