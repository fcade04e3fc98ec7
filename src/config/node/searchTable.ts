import { groupDigits } from '../../formats/terminal.js';
import type { MetricName } from '../../metrics/metrics.js';
import { ranking, type Trial } from '../../tune/search.js';
import { shortNames, type Value } from '../../tune/space.js';
import { metricLabel, metricValue } from '../figures.js';
import type { SearchPlan } from './searchPlan.js';

/** Trials as texts, from the best to the worst. */
export interface SearchTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function searchTable({ search, base }: SearchPlan, trials: readonly Trial[]): SearchTable {
  const metric = base.training.validation.stopOn;
  const keys = Object.keys(search.space);
  const rows = ranking(search, trials).map(({ number, values, results, error }) => {
    const result = results.at(-1);
    return [
      String(number),
      error === undefined ? figureText(metric, result?.value) : 'failed',
      ...keys.map((key) => valueText(values[key])),
      result ? groupDigits(result.steps) : '–',
      result ? (result.seconds / 60).toFixed(1) : '–',
    ];
  });
  return { headings: ['trial', metricLabel(metric), ...shortNames(keys), 'steps', 'minutes'], rows };
}

/** The table in columns; `mark` stands behind its first row. */
export function tableText({ headings, rows }: SearchTable, mark: string): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i]!)).join('  ');
  return [headings, ...rows].map((cells, i) => `${line(cells)}${i === 1 ? mark : ''}\n`).join('');
}

/** A figure of a trial; there may be none yet, or one that is no number. */
export function figureText(metric: MetricName, value: number | undefined): string {
  if (value === undefined) return '–';
  return Number.isNaN(value) ? 'diverged' : metricValue(metric, value);
}

/** A value of a key: texts as they are, groups of keys as JSON. */
export function valueText(value: Value): string {
  if (value === null) return 'default';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `optimizer.learningRate 0.002 · encoder.layers 2` */
export function valuesText({ search: { space } }: SearchPlan, { values }: Pick<Trial, 'values'>): string {
  const keys = Object.keys(space);
  const names = shortNames(keys);
  return keys.map((key, i) => `${names[i]} ${valueText(values[key])}`).join(' · ');
}
