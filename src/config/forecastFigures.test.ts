import { expect, it } from 'vitest';
import { StandardScaler } from '../data/standardScaler.js';
import { forecastFigures, forecastMeasurables } from './forecastFigures.js';

// Two variables: the first is 10 + 2x, the second x.
const scaling = {
  names: ['a', 'b'],
  scaler: new StandardScaler([10, 0], [2, 1]),
  means: [10, 0],
  changes: [0.5, 2],
};
const pairs = { targets: [0, 2, 1, 2], predictions: [1, 2, 1, 1] };
const names = ['loss', 'mae', 'mape', 'smape', 'mase'] as const;

it('standardised errors are measured as they are, relative ones in the units of the data', () => {
  const figures = forecastFigures({ loss: 3, pairs }, scaling, names);
  expect(figures).toEqual({
    loss: 3,
    mae: 0.5,
    // 12 for 10, 2 for 2, 12 for 12, 1 for 2.
    mape: expect.closeTo((2 / 10 + 1 / 2) / 4, 6) as number,
    smape: expect.closeTo((2 / 11 + 1 / 1.5) / 4, 6) as number,
    mase: expect.closeTo((1 / 0.5 + 1 / 2) / 4, 12) as number,
  });
  const measured = forecastMeasurables(pairs, 2, scaling, names);
  expect(Object.keys(measured)).toEqual(['mae', 'mape', 'smape', 'mase']);
  for (const name of names.slice(1)) {
    const { examples, measure } = measured[name]!;
    expect(examples).toHaveLength(2);
    expect(measure(examples)).toBeCloseTo(figures[name]!, 12);
  }
  // The second window twice.
  expect(measured.mae!.measure([measured.mae!.examples[1], measured.mae!.examples[1]])).toBe(0.5);
});
