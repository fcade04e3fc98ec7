import { describe, expect, it } from 'vitest';
import { lineChartSvg, type Series } from './lineChart.js';

const chart = (series: Series[], options: object = {}): string =>
  lineChartSvg({ series, title: 'Loss', xLabel: 'step', yLabel: 'nats', ...options });
const paths = (svg: string): string[] =>
  [...svg.matchAll(/<path [^>]*d="([^"]*)"/g)].map((match) => match[1]!);

describe('a line chart', () => {
  it('has a line for each series, dots with values, ticks, labels and a legend', () => {
    const svg = chart([
      { name: 'train', points: [[0, 4], [100, 2], [200, 1]] }, // prettier-ignore
      { name: 'validation', points: [[100, 2.5], [200, 1.5]] }, // prettier-ignore
    ]);
    expect(paths(svg).map((path) => path.match(/[ML]/g)!.join(''))).toEqual(['MLL', 'ML']);
    expect(svg).toContain('<title>train at 100: 2</title>');
    for (const text of ['>Loss<', '>step<', '>nats<', '>train<', '>validation<', '>4<', '>200<']) {
      expect(svg).toContain(text);
    }
  });

  it('has a gap where a value is not finite, and leaves out points that cannot be drawn', () => {
    const [path] = paths(chart([{ name: 'a', points: [[0, 1], [1, NaN], [2, 2], [3, Infinity], [4, 3]] }])); // prettier-ignore
    expect(path!.match(/[ML]/g)!.join('')).toBe('MMM');
    const logarithmic = paths(
      chart([{ name: 'a', points: [[0, 0], [1, 10], [2, 100]] }], { logarithmic: true }), // prettier-ignore
    );
    expect(logarithmic[0]!.match(/[ML]/g)!.join('')).toBe('ML');
  });

  it('becomes logarithmic for values with a long tail', () => {
    const points = Array.from({ length: 20 }, (_, i): [number, number] => [i, i === 0 ? 5000 : 2]);
    expect(chart([{ name: 'a', points }])).toMatch(/>5k<|>10k</);
    expect(chart([{ name: 'a', points }])).toContain('>100<');
    expect(chart([{ name: 'a', points }], { logarithmic: false })).not.toContain('>100<');
  });

  it('draws one value, equal values and none', () => {
    for (const points of [
      [[5, 0]],
      [
        [1, 3],
        [2, 3],
      ],
      [[1, NaN]],
      [],
    ] as [number, number][][]) {
      // prettier-ignore
      const svg = chart([{ name: 'a', points }]);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(chart([])).toContain('no values');
  });

  it('thins long series but keeps their spikes', () => {
    const points = Array.from({ length: 100_000 }, (_, i): [number, number] => [i, i === 54_321 ? 9 : 1]);
    const svg = chart([{ name: 'a', points }]);
    expect(svg.length).toBeLessThan(20_000);
    // The spike's place: y at the tick 9 lies above all others.
    const ys = [...paths(svg)[0]!.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((match) => Number(match[1]));
    expect(ys.filter((y) => y < ys[0]!)).toHaveLength(1);
  });
});
