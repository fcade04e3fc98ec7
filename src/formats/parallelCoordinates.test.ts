import { describe, expect, it } from 'vitest';
import { barChartSvg } from './barChart.js';
import { parallelCoordinatesSvg } from './parallelCoordinates.js';

const ticks = [
  { place: 0, text: '1e-4' },
  { place: 1, text: '1e-2' },
];
const ranks = { best: 'the best', good: 'good', other: 'others' };

describe('parallel coordinates', () => {
  const svg = parallelCoordinatesSvg({
    title: 'Trials',
    axes: [
      { label: 'rate', ticks },
      { label: 'a label <longer> than the usual distance of two axes', ticks },
      { label: 'PER', ticks: [] },
    ],
    lines: [
      { title: 'trial 2: 9 %', places: [0, 0.5, 1], rank: 'best' },
      { title: 'trial 1: 10 %', places: [1, 0.5, 0], rank: 'other' },
    ],
    ranks,
  });

  it('have a line for each trial, the best on top, and axes with ticks', () => {
    const paths = [...svg.matchAll(/<path class="(\S+)"[^>]* d="([^"]+)"[^>]*><title>([^<]+)</g)];
    expect(paths.map(([, look, , title]) => [look, title])).toEqual([
      ['heddle-line5', 'trial 1: 10 %'],
      ['heddle-line1', 'trial 2: 9 %'],
    ]);
    const places = paths.map(([, , path]) => [...path!.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])); // prettier-ignore
    expect(places[0]!.map(([x]) => x)).toEqual(places[1]!.map(([x]) => x));
    // Higher places are nearer to the top.
    expect(places[1]![2]![1]).toBeLessThan(places[1]![0]![1]!);
    for (const text of ['>rate<', '>1e-4<', '>the best<', '&lt;longer&gt;']) expect(svg).toContain(text);
  });

  it('leave room for long labels', () => {
    const [, width] = /viewBox="0 0 ([\d.]+) /.exec(svg)!;
    expect(Number(width)).toBeGreaterThan(700);
  });

  it('can be empty', () => {
    expect(parallelCoordinatesSvg({ title: 'Trials', axes: [], lines: [], ranks })).not.toMatch(
      /NaN|Infinity/,
    );
  });
});

describe('a bar chart', () => {
  it('has bars as long as their share, with labels', () => {
    const svg = barChartSvg('Importance', [
      { label: 'rate', share: 1, text: '100 %' },
      { label: 'a & b', share: 0.5, text: '50 %' },
      { label: 'none', share: 0, text: '0 %' },
    ]);
    const lengths = [...svg.matchAll(/class="heddle-dot0"[^>]* width="([\d.]+)"/g)].map((match) => Number(match[1])); // prettier-ignore
    expect(lengths[1]).toBeCloseTo(lengths[0]! / 2, 0);
    expect(lengths[2]).toBe(0);
    expect(svg).toContain('>a &amp; b<');
    expect(barChartSvg('Importance', [])).not.toMatch(/NaN|Infinity/);
  });
});
