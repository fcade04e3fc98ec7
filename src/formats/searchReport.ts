import { barChartSvg, type Bar } from './barChart.js';
import { lineChartSvg, type LineChart } from './lineChart.js';
import { parallelCoordinatesSvg, type ParallelCoordinates } from './parallelCoordinates.js';
import { figures, reportPage, section, table, type Summary } from './reportPage.js';
import { escapeXml } from './svg.js';

/** What a search found. */
export interface SearchReport {
  readonly title: string;
  readonly summary: Summary;
  readonly parallel: ParallelCoordinates;
  readonly importance: readonly Bar[];
  /** How the bars were measured. */
  readonly importanceNote: string;
  /** Figures over trials. */
  readonly progress: LineChart;
  /** Trials from the best to the worst, as texts. */
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The best configuration as YAML. */
  readonly config: string;
}

/** One self-contained page on a search for hyper-parameters; see `reportPage`. */
export function searchReportHtml(report: SearchReport): string {
  const rows = report.rows.map(
    (row) => `<tr>${row.map((cell) => `<td class="number">${escapeXml(cell)}</td>`).join('')}</tr>`,
  );
  const charts = [barChartSvg('Importance', report.importance), lineChartSvg(report.progress)];
  return reportPage(report.title, report.summary, [
    section('Values and figures', figures([parallelCoordinatesSvg(report.parallel)], 'pictures')),
    section(
      'What matters',
      `${figures(charts, 'charts')}\n<p class="note">${escapeXml(report.importanceNote)}</p>`,
    ),
    section('Trials', table(report.headings, rows, [...report.headings.keys()])),
    section('Best configuration', report.config && `<pre>${escapeXml(report.config)}</pre>`),
  ]);
}
