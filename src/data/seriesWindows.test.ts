import { describe, expect, it } from 'vitest';
import { SeriesWindows } from './seriesWindows.js';
import { StandardScaler } from './standardScaler.js';

const count = (length: number, from = 0) => Float32Array.from({ length }, (_, i) => from + i);

describe('windows of series', () => {
  const data = new SeriesWindows({
    // The second has no room for a window.
    series: [count(10), count(4, 50), count(8, 100)],
    variables: 2,
    window: 2,
    horizon: 1,
  });

  it('begin at every step with room, and stay within their series', () => {
    expect(data.count).toBe(3 + 0 + 2);
    const { series, future, exampleIndex } = data.batch(Int32Array.of(2, 3, 4));
    expect(series!.shape).toEqual([3, 2, 2]);
    expect([...(series!.data as Float32Array)]).toEqual([4, 5, 6, 7, 100, 101, 102, 103, 102, 103, 104, 105]);
    expect(future!.shape).toEqual([3, 1, 2]);
    expect([...(future!.data as Float32Array)]).toEqual([8, 9, 104, 105, 106, 107]);
    expect(exampleIndex!.data).toEqual(Int32Array.of(2, 3, 4));
  });

  it('come in another order in each epoch', () => {
    const plans = [0, 0, 1].map((epoch) => data.plan({ batchTokens: 6 }, { seed: 2, epoch }));
    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0]).not.toEqual(plans[2]);
    expect(plans[0]!.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(data.planEvaluation(4).map(({ length }) => length)).toEqual([4, 1]);
  });

  it('need room, and whole steps', () => {
    expect(() => new SeriesWindows({ series: [count(3)], window: 3 })).toThrow('no series has the 4 steps');
    expect(() => new SeriesWindows({ series: [count(3)], variables: 2, window: 1 })).toThrow(
      'the 3 values of series 1 do not make up steps of 2',
    );
    expect(() => new SeriesWindows({ series: [count(3)], window: 0 })).toThrow('window is 0');
  });
});

describe('a standard scaler', () => {
  const values = [1, 10, 3, 10, NaN, 10, 5, 10];
  const scaler = StandardScaler.fit(values, 2);

  it('makes each variable have mean 0 and deviation 1, and turns that back', () => {
    expect(scaler.means).toEqual([3, 10]);
    expect(scaler.deviations).toEqual([Math.sqrt(8 / 3), 1]);
    const scaled = scaler.transform(values);
    expect(scaled[0]).toBeCloseTo(-2 / Math.sqrt(8 / 3), 6);
    expect(scaled[1]).toBe(0);
    const back = scaler.invert(scaled);
    expect(back[0]).toBeCloseTo(1, 6);
    expect([...back].slice(1)).toEqual([10, 3, 10, NaN, 10, 5, 10]);
  });

  it('refuses what is no row', () => {
    expect(() => scaler.transform([1])).toThrow('1 values do not make up rows of 2');
    expect(() => StandardScaler.fit([NaN])).toThrow('variable 1 has no value');
    expect(() => new StandardScaler([0], [0])).toThrow('deviations[0] is 0');
    expect(() => new StandardScaler([0], [1, 1])).toThrow('1 means, but 2 deviations');
  });
});
