import { expect, it } from 'vitest';
import { StandardScaler } from '../data/standardScaler.js';
import { bootstrapInterval } from '../metrics/resampling.js';
import { stepChanges } from '../metrics/values.js';
import { randomNormal } from '../tensor/random.js';
import { forecastFigures, forecastMeasurables } from './forecastFigures.js';
import { fitScaling, scalingTypes } from './scaling.js';

// Two variables: the first is 10 + 2x, the second x.
const scaling = {
  names: ['a', 'b'],
  scaler: new StandardScaler([10, 0], [2, 1]),
  means: [10, 0],
  deviations: [2, 1],
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
  const measured = forecastMeasurables(pairs, { windows: 2, block: 1 }, scaling, names);
  expect(Object.keys(measured)).toEqual(['mae', 'mape', 'smape', 'mase']);
  for (const name of names.slice(1)) {
    const { examples, measure } = measured[name]!;
    expect(examples).toHaveLength(2);
    expect(measure(examples)).toBeCloseTo(figures[name]!, 12);
  }
  // The second window twice.
  expect(measured.mae!.measure([measured.mae!.examples[1], measured.mae!.examples[1]])).toBe(0.5);
});

it('figures are of standardised values however a model has them scaled', () => {
  // The second variable is a thousand times the first, and skewed, so that its range is many deviations.
  const known = Array.from({ length: 60 }, (_, i) => (i % 2 ? 1000 * Math.exp(i / 12) : 2 + Math.sin(i)));
  const [targets, predictions] = [known.slice(0, 20), known.slice(2, 22)];
  const all = ['mse', 'mae', 'rmse', 'r2', 'mape', 'smape', 'mase'] as const;
  const [standard, minMax] = scalingTypes.map((type) => {
    const fitted = fitScaling({ names: ['a', 'b'], values: known }, type);
    const scaled = (values: readonly number[]) => fitted.scaler.transform(values);
    const changes = stepChanges(scaled(known), 2);
    const own = { targets: scaled(targets), predictions: scaled(predictions) };
    return forecastFigures({ pairs: own }, { ...fitted, changes }, all);
  });
  for (const name of all) expect(minMax![name]! / standard![name]!).toBeCloseTo(1, 3);
  // By hand, of what stands in the table.
  const squares = [0, 1].map((variable) => {
    const values = known.filter((_, i) => i % 2 === variable);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    const errors = targets.flatMap((x, i) => (i % 2 === variable ? [(x - predictions[i]!) ** 2] : []));
    return errors.reduce((a, b) => a + b) / errors.length / variance;
  });
  expect(minMax!.mse).toBeCloseTo((squares[0]! + squares[1]!) / 2, 4);
});

it('windows that overlap are drawn together, which makes intervals as wide as they are', () => {
  // Errors of single steps are independent; a window has 20 of them, and shares 19 with the next.
  const [horizon, windows] = [20, 1500];
  const errors = Array.from({ length: windows + horizon - 1 }, (_, t) => randomNormal(3, t));
  const predictions = Array.from(
    { length: windows * horizon },
    (_, i) => errors[Math.floor(i / horizon) + (i % horizon)]!,
  );
  const single = { names: ['a'], scaler: new StandardScaler([0], [1]), means: [0], deviations: [1] };
  const measured = { targets: predictions.map(() => 0), predictions };
  const width = (block: number) => {
    const { mse } = forecastMeasurables(measured, { windows, block }, single, ['mse']);
    const { low, high } = bootstrapInterval(mse!, { samples: 400 });
    return (high - low) / 2;
  };
  // Of n independent squares of normal errors: 1.96 · √(2 ÷ n).
  const theory = 1.96 * Math.sqrt(2 / windows);
  expect(width(1) / theory).toBeLessThan(0.35);
  expect(width(40) / theory).toBeGreaterThan(0.65);
  expect(width(40) / theory).toBeLessThan(1.3);
});
