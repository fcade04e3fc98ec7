import { join } from 'node:path';
import type { LineChart } from '../../formats/lineChart.js';
import { writeFileAtomically } from '../../formats/node/files.js';
import type { ParallelAxis, ParallelCoordinates } from '../../formats/parallelCoordinates.js';
import { searchReportHtml } from '../../formats/searchReport.js';
import { logTicks, niceTicks, shortNumber } from '../../formats/svg.js';
import { counted, formatDuration, groupDigits } from '../../formats/terminal.js';
import type { MetricName } from '../../metrics/metrics.js';
import { importances } from '../../tune/importance.js';
import { ranking, scoredTrials, winner, type Search, type Trial } from '../../tune/search.js';
import { encode, rangeOf, shortNames, type Dimension } from '../../tune/space.js';
import { metricLabel, metricValue } from '../figures.js';
import { formatConfig } from '../parseConfig.js';
import type { NamedConfig } from './readConfig.js';
import type { SearchResult } from './runSearch.js';
import type { SearchPlan } from './searchPlan.js';
import { figureText, searchTable, valuesText, valueText } from './searchTable.js';

const IMPORTANCE_NOTE =
  'The share of the variance of the trials’ ranks that each key explains in a model of them, a sum of one smooth function per key (functional analysis of variance with an additive Gaussian process). What is missing to 100 % is noise and what keys do only together. Few trials say little.';

/**
 * The configuration of the best of the trials that were trained to the end, under a name of its own: training it anew
 * finds its directory free. Undefined while there is none with a figure.
 */
export function bestConfig(plan: SearchPlan, trials: readonly Trial[]): NamedConfig | undefined {
  const best = winner(plan.search, trials);
  if (!best) return undefined;
  const config = plan.configOf(best.values);
  return { ...config, name: `${config.name}-best` };
}

export interface SearchReportOptions {
  /** The directory that both files are written to. */
  readonly path: string;
  /** The command that searched, for the first line of `best.yaml`. */
  readonly command?: string;
}

/**
 * Writes `best.yaml`, the {@link bestConfig} with what it reached, and `report.html`, as far as the search has come.
 * @returns the best of the trials that were trained to the end, if there is one.
 */
export async function writeSearchReport(
  plan: SearchPlan,
  { trials }: Pick<SearchResult, 'trials'>,
  { path, command }: SearchReportOptions,
): Promise<Trial | undefined> {
  const { search, base } = plan;
  const metric = base.training.validation.stopOn;
  const best = winner(search, trials);
  const config = bestText(plan, trials, command) ?? '';
  if (best) await writeFileAtomically(join(path, 'best.yaml'), config);
  const seconds = trials.reduce((sum, { results }) => sum + (results.at(-1)?.seconds ?? 0), 0);
  const keys = Object.keys(search.space);
  const names = shortNames(keys);
  const report = searchReportHtml({
    title: `${base.name}: search`,
    summary: [
      ...(best
        ? ([
            [`Best ${metricLabel(metric)} on validation`, metricValue(metric, best.results.at(-1)!.value)],
            ['Best trial', String(best.number)],
          ] as const)
        : []),
      ['Trials', `${trials.length} of ${search.trials}`],
      ['Strategy', search.strategy.type],
      ['Time of training', formatDuration(seconds)],
    ],
    parallel: parallelCoordinates(plan, trials),
    importance: importances(search.space, scoredTrials(search, trials)).map(({ key, share }) => ({
      label: names[keys.indexOf(key)]!,
      share,
      text: `${Math.round(100 * share)} %`,
    })),
    importanceNote: IMPORTANCE_NOTE,
    progress: progressChart(search, metric, trials),
    ...searchTable(plan, trials),
    config,
  });
  await writeFileAtomically(join(path, 'report.html'), report);
  return best;
}

/** `best.yaml`: the best configuration behind comments on what it reached. */
function bestText(plan: SearchPlan, trials: readonly Trial[], command?: string): string | undefined {
  const best = winner(plan.search, trials);
  const config = bestConfig(plan, trials);
  if (!best || !config) return undefined;
  const metric = plan.base.training.validation.stopOn;
  const { value, step } = best.results.at(-1)!;
  return `# The best of ${counted(trials.length, 'trial')}${command === undefined ? '' : ` of: ${command}`}
# Trial ${best.number}: ${metricLabel(metric)} ${metricValue(metric, value)} on validation at step ${groupDigits(step)}
# ${valuesText(plan, best)}
${formatConfig(config)}`;
}

/** An axis for each key, and one for the figure, on which better is higher. */
function parallelCoordinates({ search, base }: SearchPlan, trials: readonly Trial[]): ParallelCoordinates {
  const metric = base.training.validation.stopOn;
  const keys = Object.keys(search.space);
  const sorted = ranking(search, trials).filter(({ results }) => results.length > 0);
  const figure = figureAxis(
    search,
    metric,
    sorted.map(({ results }) => results.at(-1)!.value),
  );
  const dimensions = Object.values(search.space);
  const good = Math.ceil(sorted.length / 4);
  return {
    title: 'Every trial as a line through its values',
    ranks: { best: 'the best', good: 'the best quarter', other: 'the others' },
    axes: [
      ...shortNames(keys).map((name, i) => ({ label: name, ticks: ticksOf(dimensions[i]!) })),
      figure.axis,
    ],
    lines: sorted.map(({ number, values, results }, rank) => {
      const { value } = results.at(-1)!;
      return {
        title: `trial ${number}: ${metricLabel(metric)} ${figureText(metric, value)}`,
        places: [...keys.map((key, i) => encode(dimensions[i]!, values[key])), figure.placeOf(value)],
        rank: rank === 0 ? 'best' : rank < good ? 'good' : 'other',
      };
    }),
  };
}

function ticksOf(dimension: Dimension): ParallelAxis['ticks'] {
  const tick = (value: unknown, text: string) => ({ place: encode(dimension, value), text });
  if ('choice' in dimension) return dimension.choice.map((value) => tick(value, valueText(value)));
  const [low, high] = rangeOf(dimension)!;
  const all = 'logUniform' in dimension ? logTicks(low, high) : niceTicks(low, high, 4);
  const within = all.filter(
    (value) => value >= low && value <= high && (!('integer' in dimension) || Number.isInteger(value)),
  );
  const shown = within.length > 1 ? within : [low, high];
  return shown.map((value) => tick(value, shortNumber(value)));
}

/** How many times as far from the best as the median a figure may be before the axis ends. */
const FARTHEST = 3;

/** The axis of the figures; what is much worse than most lies at its lower end, so that the others stay apart. */
function figureAxis({ betterWhen }: Search, metric: MetricName, values: readonly number[]) {
  const sign = betterWhen === 'lower' ? 1 : -1;
  const costs = values.filter(Number.isFinite).map((value) => sign * value);
  costs.sort((a, b) => a - b);
  const [least = 0] = costs;
  const median = costs[costs.length >> 1] ?? least;
  const most = Math.max(Math.min(costs.at(-1) ?? least, least + FARTHEST * (median - least)), least + 1e-9);
  const placeOf = (value: number) =>
    Number.isFinite(value) ? Math.max(0, 1 - (sign * value - least) / (most - least)) : 0;
  const scale = scaleOf(metric);
  const inside = niceTicks(Math.min(sign * least, sign * most), Math.max(sign * least, sign * most), 4);
  const ticks = inside
    .filter((value) => sign * value >= least && sign * value <= most)
    .map((value) => ({
      place: placeOf(value),
      text: `${shortNumber(scale * value)}${scale > 1 ? ' %' : ''}`,
    }));
  return { axis: { label: `${metricLabel(metric)} (up: better)`, ticks }, placeOf };
}

/** Whether trials that failed to learn would press the others flat. */
function isFarOff(values: readonly number[]): boolean {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  return sorted[0]! > 0 && sorted.at(-1)! > FARTHEST * median;
}

/** Rates are shown in percent. */
function scaleOf(metric: MetricName): number {
  return metricValue(metric, 1).endsWith('%') ? 100 : 1;
}

/** The figure of each trial; of a search in rungs a line for each, else the best so far beside it. */
function progressChart(search: Search, metric: MetricName, trials: readonly Trial[]): LineChart {
  const scale = scaleOf(metric);
  const pointsOf = (rung: number) =>
    trials.flatMap(({ number, results }) => {
      const result = results[rung];
      return result ? [[number, scale * result.value] as const] : [];
    });
  const last = search.rungs.length - 1;
  const names = search.rungs.map((steps) =>
    Number.isFinite(steps) ? `to step ${shortNumber(steps)}` : last > 0 ? 'to the end' : 'trial',
  );
  const series = names.map((name, rung) => ({ name, points: pointsOf(rung), colour: last > 0 ? rung : 5 }));
  const bestSoFar = () => {
    const better = search.betterWhen === 'lower' ? Math.min : Math.max;
    const finite = pointsOf(0).filter(([, value]) => Number.isFinite(value));
    return finite.map(
      ([number], i) => [number, better(...finite.slice(0, i + 1).map(([, value]) => value))] as const,
    );
  };
  return {
    series: last > 0 ? series : [...series, { name: 'best so far', points: bestSoFar(), colour: 1 }],
    title: `${metricLabel(metric)} on validation`,
    xLabel: 'trial',
    yLabel: scale > 1 ? '%' : '',
    logarithmic: isFarOff(search.rungs.flatMap((_, rung) => pointsOf(rung).map(([, value]) => value))),
  };
}
