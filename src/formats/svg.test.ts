import { describe, expect, it } from 'vitest';
import { escapeXml, logTicks, niceTicks, shortNumber } from './svg.js';

it('escapes what XML gives a meaning, and replaces what it forbids', () => {
  expect(escapeXml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  expect(escapeXml('a\u0000\u001Bb\uD800c\n😀')).toBe('a\uFFFD\uFFFDb\uFFFDc\n😀');
});

describe('ticks', () => {
  it('are round and cover the range', () => {
    expect(niceTicks(0, 3.4, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(niceTicks(-0.1, 0.1, 5)).toEqual([-0.1, -0.05, 0, 0.05, 0.1]);
    expect(niceTicks(411.7, 419.4, 5)).toEqual([410, 412, 414, 416, 418, 420]);
  });
  it('of a logarithmic axis are powers of ten, with 2 and 5 between when they are few', () => {
    expect(logTicks(1.4, 30)).toEqual([1, 2, 5, 10, 20, 50]);
    expect(logTicks(0.003, 900)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  });
  it('are written short', () => {
    const written = [0, 0.25, -0.0005, 5e-5, 12, 1500, 31234, 2e6, 1e15, 0.1 + 0.2].map(shortNumber);
    expect(written).toEqual(['0', '0.25', '-0.0005', '5e-5', '12', '1.5k', '31.23k', '2M', '1e15', '0.3']);
  });
});
