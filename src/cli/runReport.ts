import { lossUnitOf, metricLabel, metricValue } from '../config/figures.js';
import { formatConfig } from '../config/parseConfig.js';
import type { TrainedRun } from '../config/node/trainedRun.js';
import type { AttentionExample } from '../formats/attentionPicture.js';
import { reportHtml } from '../formats/report.js';
import { formatCount, formatDuration, groupDigits } from '../formats/terminal.js';
import { isDecodedMetric, type MetricName } from '../metrics/metrics.js';
import type { FitResult } from '../train/trainer.js';
import type { EvaluationSummary } from './evaluate.js';

/** Sources whose attention the report shows. */
const PICTURES = 3;

/** Writes `report.html`: figures, curves, samples, attention, parameters and configuration of a run. */
export async function writeReport(
  trained: TrainedRun,
  fit: FitResult,
  test: EvaluationSummary | undefined,
): Promise<void> {
  const { run, config, parameters, step } = trained;
  const samples = await run.samples.read();
  const sources = [...new Set(samples.map((sample) => sample.source))].slice(0, PICTURES);
  const attention: AttentionExample[] = [];
  // A held-out source may have a symbol that the training data lack.
  if (trained.task === 'sequence-to-sequence' && trained.hasAttention)
    for (const source of sources)
      if (!trained.predictor.problemWith(source)) attention.push(await trained.predictor.attend(source));
  const shapes = [...parameters].map(([name, { shape }]) => ({ name, shape }));
  const count = shapes.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const report = reportHtml({
    title: config.name ?? config.task,
    summary: [
      ...testFigures(test, config.training.validation.metrics),
      ['Best step', `${groupDigits(step)} of ${groupDigits(fit.steps)}`],
      ['Time', formatDuration(fit.seconds)],
      ['Parameters', formatCount(count)],
    ],
    lossUnit: lossUnitOf(config),
    metrics: await run.metrics.read(),
    samples,
    attention,
    parameters: shapes,
    config: formatConfig(config),
  });
  await run.writeText('report.html', report);
}

function testFigures(
  test: EvaluationSummary | undefined,
  names: readonly MetricName[],
): (readonly [string, string])[] {
  if (!test) return [];
  return names.flatMap((name) => {
    const value = test.metrics[name];
    // One of several tasks may have nothing to test.
    if (value === undefined) return [];
    const how = isDecodedMetric(name) ? ` (${test.decoding})` : '';
    return [[`${metricLabel(name)} on ${test.split}${how}`, metricValue(name, value)] as const];
  });
}
