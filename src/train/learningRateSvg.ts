import { lineChartSvg } from '../formats/lineChart.js';
import type { LearningRateScan } from './learningRateFinder.js';

/** A scan as a picture, SVG: the smoothed loss over the logarithm of the rate. */
export function learningRateSvg({ rates, losses }: LearningRateScan): string {
  return lineChartSvg({
    series: [{ name: 'loss', points: rates.map((rate, i) => [Math.log10(rate), losses[i]!] as const) }],
    title: 'Loss while the learning rate rises',
    xLabel: 'log₁₀ of the learning rate',
    yLabel: 'smoothed loss',
    logarithmic: false,
  });
}
