// Draws how a run's error rates fell: npm run build && node scripts/curves.mjs RUN FILE.svg
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineChartSvg } from '../dist/formats/lineChart.js';

const [run, file] = process.argv.slice(2);
const rows = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ split }) => split === 'validation');
const series = ['wer', 'per'].map((name) => ({
  name: name.toUpperCase(),
  points: rows.map((row) => [row.step, 100 * row[name]]),
}));
const title = 'Errors on validation words, greedy';
writeFileSync(file, lineChartSvg({ series, title, xLabel: 'step', yLabel: '%', logarithmic: true }));
