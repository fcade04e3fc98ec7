import { attentionSvg, type AttentionExample } from './attentionPicture.js';
import { lineChartSvg, type Series } from './lineChart.js';
import type { MetricsRow } from './metricsRow.js';
import { figures, reportPage, section, table, type Summary } from './reportPage.js';
import { escapeXml, shortNumber } from './svg.js';
import { formatCount, groupDigits } from './terminal.js';

/** A prediction made during training. */
export interface ReportSample {
  source: string;
  /** What is right; several where several are. */
  target: string | readonly string[];
  prediction: string;
  /** How far off the prediction is, in words, where being equal or not says too little. */
  error?: string;
  step: number;
}

export interface Report {
  title: string;
  summary: Summary;
  /** Of the loss; 'nats per token' by default. */
  lossUnit?: string;
  /** The rows of `metrics.jsonl`. */
  metrics: readonly MetricsRow[];
  samples: readonly ReportSample[];
  attention: readonly AttentionExample[];
  /** Parameters by path, with their shapes. */
  parameters: readonly { name: string; shape: readonly number[] }[];
  /** The resolved configuration as YAML. */
  config: string;
}

/** One self-contained page on a run; see `reportPage`. */
export function reportHtml(report: Report): string {
  return reportPage(report.title, report.summary, [
    section('Curves', curves(report.metrics, report.lossUnit)),
    section('Samples', sampleTable(report.samples)),
    section('Attention', figures(report.attention.map(attentionSvg), 'pictures')),
    section('Model', parameterTable(report.parameters)),
    section('Configuration', report.config && `<pre>${escapeXml(report.config)}</pre>`),
  ]);
}

/** What a row says about itself, not what was measured. */
const notMetrics = new Set(['step', 'epoch', 'split', 'time']);

/** One chart for each metric, with a line for each split that has it. */
function curves(rows: readonly MetricsRow[], lossUnit = 'nats per token'): string {
  const units: Record<string, string> = { ...otherUnits, loss: lossUnit };
  const metrics = new Map<string, Map<string, [number, number][]>>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      // null stands for NaN or infinity: the line gets a gap there.
      if (notMetrics.has(name) || !(typeof value === 'number' || value === null)) continue;
      const splits = metrics.get(name) ?? new Map<string, [number, number][]>();
      metrics.set(name, splits);
      const points = splits.get(row.split) ?? [];
      splits.set(row.split, points);
      points.push([row.step, value ?? NaN]);
    }
  }
  const charts = [...metrics].map(([name, splits]) => {
    const series: Series[] = [...splits]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([split, points]) => ({ name: split, points, colour: split === 'train' ? 0 : 1 }));
    const title = series.length === 1 ? `${inWords(name)} (${series[0]!.name})` : inWords(name);
    return lineChartSvg({ series, title, xLabel: 'step', yLabel: units[name] ?? '' });
  });
  return figures(charts, 'charts');
}

/** Units of the metrics whose name does not say them; see DESIGN's definitions. */
const otherUnits: Record<string, string> = {
  tokensPerSecond: 'tokens/s',
  memory: 'MiB',
};

const acronyms = new Set(['per', 'cer', 'bleu', 'ter', 'chrf']);

/** Two rates of words that one name would mix up. */
const wordRates: Readonly<Record<string, string>> = {
  wer: 'WER (whole answers)',
  wordEditRate: 'WER (word edits)',
};

/** `tokenAccuracy` → `Token accuracy`, `per` → `PER`, `intent.macroF1` → `Intent: macro f1`. */
function inWords(name: string): string {
  if (acronyms.has(name)) return name.toUpperCase();
  if (wordRates[name] !== undefined) return wordRates[name];
  const words = name
    .replace('.', ': ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A group of rows for each source: how its answer changed. */
/** Samples of one source that follow each other with the same prediction: the first and the last of each stretch. */
function unchanged(samples: readonly ReportSample[]): { first: ReportSample; last: ReportSample }[] {
  const stretches: { first: ReportSample; last: ReportSample }[] = [];
  for (const sample of samples) {
    const stretch = stretches.at(-1);
    const { first } = stretch ?? {};
    if (stretch && first?.prediction === sample.prediction && first.error === sample.error)
      stretch.last = sample;
    else stretches.push({ first: sample, last: sample });
  }
  return stretches;
}

function sampleTable(samples: readonly ReportSample[]): string {
  const groups = new Map<string, ReportSample[]>();
  for (const sample of samples) groups.set(sample.source, [...(groups.get(sample.source) ?? []), sample]);
  const rows = [...groups.values()].flatMap((group) => {
    const stretches = unchanged(group);
    return stretches.map(({ first, last }, i) => {
      const { source, target, prediction, error } = first;
      const targets = typeof target === 'string' ? [target] : target;
      const verdict = targets.includes(prediction) ? 'right' : 'wrong';
      const said =
        error === undefined
          ? `<td class="${verdict}">${escapeXml(prediction)}</td>`
          : `<td>${escapeXml(`${prediction} (${error})`)}</td>`;
      const once = (cell: string) => (i === 0 ? `<td rowspan="${stretches.length}">${cell}</td>` : '');
      const steps = [...new Set([first.step, last.step])].map(groupDigits).join(' – ');
      return `<tr>${once(escapeXml(source))}${once(targets.map(escapeXml).join('<br>'))}<td class="number">${steps}</td>${said}</tr>`;
    });
  });
  return table(['Source', 'Target', 'Step', 'Prediction'], rows, [2]);
}

function parameterTable(parameters: Report['parameters']): string {
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  const total = parameters.reduce((sum, { shape }) => sum + size(shape), 0);
  const rows = parameters.map(
    ({ name, shape }) =>
      `<tr><td><code>${escapeXml(name)}</code></td><td>${shape.join(' × ') || 'scalar'}</td>` +
      `<td class="number">${groupDigits(size(shape))}</td><td class="number">${((100 * size(shape)) / total).toFixed(1)} %</td></tr>`,
  );
  if (!rows.length) return '';
  const heading = `${formatCount(total)} parameters in ${shortNumber(parameters.length)} tensors`;
  return `<details><summary>${heading}</summary>${table(['Name', 'Shape', 'Values', 'Share'], rows, [2, 3])}</details>`;
}
