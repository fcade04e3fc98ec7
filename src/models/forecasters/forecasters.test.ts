import { describe, expect, it } from 'vitest';
import { evaluate, testEngine } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { SeriesWindows } from '../../data/seriesWindows.js';
import { StandardScaler } from '../../data/standardScaler.js';
import { TensorExamples } from '../../data/tensorExamples.js';
import { valueMetrics } from '../../metrics/values.js';
import { inTraining } from '../../nn/mode.js';
import { parametersOf } from '../../nn/module.js';
import { adamW } from '../../optimizers/transforms.js';
import { randomKey, randomNormal } from '../../tensor/random.js';
import { ParameterStore } from '../../train/parameterStore.js';
import { Trainer } from '../../train/trainer.js';
import { TrainStep } from '../../train/trainStep.js';
import { ValueEvaluator } from '../../train/valueEvaluator.js';
import { DirectForecaster } from './directForecaster.js';
import type { Forecaster } from './forecaster.js';
import { LinearForecaster } from './linearForecaster.js';
import { RecurrentForecaster } from './recurrentForecaster.js';
import { RecurrentSeriesEncoder, TransformerSeriesEncoder } from './seriesEncoders.js';

const sizes = { variables: 2, horizon: 6 };
const window = 16;
const forecasters: Record<string, () => Forecaster> = {
  linear: () => new LinearForecaster({ ...sizes, window }),
  'direct, over a bidirectional GRU': () =>
    new DirectForecaster({
      ...sizes,
      encoder: new RecurrentSeriesEncoder({ cell: 'gru', variables: 2, hiddenSize: 16, bidirectional: true }),
    }),
  'direct, over a Transformer': () =>
    new DirectForecaster({
      ...sizes,
      loss: 'huber',
      encoder: new TransformerSeriesEncoder({ variables: 2, size: 16, heads: 2, layers: 1 }),
    }),
  'recurrent (LSTM of two layers)': () =>
    new RecurrentForecaster({ ...sizes, cell: 'lstm', hiddenSize: 16, layers: 2 }),
  'recurrent (GRU)': () => new RecurrentForecaster({ ...sizes, cell: 'gru', hiddenSize: 24 }),
  'recurrent (GRU, scheduled sampling)': () =>
    new RecurrentForecaster({
      ...{ ...sizes, cell: 'gru', hiddenSize: 24 },
      scheduledSampling: { type: 'linear', steps: 200, floor: 0.5 },
    }),
};

/** Two waves of different periods, with a little noise, around 50 and −3. */
const waves = Float32Array.from({ length: 2 * 400 }, (_, i) => {
  const [t, variable] = [i >> 1, i % 2];
  const noise = 0.05 * randomNormal(randomKey(1), i);
  return variable === 0 ? 50 + 10 * Math.sin(t / 2) + noise : Math.cos(t / 3) - 3 + 0.1 * noise;
});
const trained = 2 * 300;
const scaler = StandardScaler.fit(waves.subarray(0, trained), 2);
const scaled = scaler.transform(waves);

/** The error of saying the last value again, in units of each variable's deviation. */
function repeatLast(data: SeriesWindows): number {
  const { series, future } = data.batch(Int32Array.from({ length: data.count }, (_, i) => i));
  const last = (i: number) => {
    const [b, v] = [Math.floor(i / (2 * sizes.horizon)), i % 2];
    return Number(series!.data[(b * window + window - 1) * 2 + v]);
  };
  return valueMetrics.mse.compute({
    targets: future!.data as Float32Array,
    predictions: Float32Array.from(future!.data as Float32Array, (_, i) => last(i)),
  });
}

it('reads what the coins say with scheduled sampling: the true value of the step before, or its own', async () => {
  const options = { variables: 2, horizon: 3, cell: 'gru', hiddenSize: 5, layers: 2 } as const;
  const scheduledSampling = { type: 'linear', steps: 1, floor: 0.5 } as const;
  const model = new RecurrentForecaster({ ...options, scheduledSampling });
  const values = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i * i));
  const batch = {
    ...initialValues(parametersOf(model)),
    series: { shape: [2, 4, 2], values: values(16) },
    future: { shape: [2, 3, 2], values: values(12) },
  };
  const { forced } = await evaluate({ forced: model.traceLoss().loss }, batch);
  const { own } = await evaluate({ own: model.score().loss }, batch);
  const loss = inTraining(() => model.traceLoss().loss);
  const withCoins = async (...coins: number[]) => {
    const mask = { 'mask.forecaster.scheduledSampling': { shape: [3, 2, 1], values: coins } };
    return (await evaluate({ loss }, { ...batch, ...mask })).loss!.values[0]!;
  };
  expect(await withCoins(2, 2, 2, 2, 2, 2)).toBeCloseTo(forced!.values[0]!, 10);
  // The first step reads the last value of the window either way.
  expect(await withCoins(0, 0, 2, 2, 2, 2)).toBeCloseTo(forced!.values[0]!, 10);
  expect(await withCoins(0, 0, 0, 0, 0, 0)).toBeCloseTo(own!.values[0]!, 10);
  const mixed = await withCoins(0, 0, 0, 2, 2, 0);
  for (const other of [forced!, own!]) expect(Math.abs(mixed - other.values[0]!)).toBeGreaterThan(1e-4);
});

describe.each(Object.entries(forecasters))('a forecaster: %s', (_, make) => {
  const train = new SeriesWindows({ series: [scaled.subarray(0, trained)], ...sizes, window });
  const later = new SeriesWindows({ series: [scaled.subarray(trained - 2 * window)], ...sizes, window });

  it('learns waves, far better than to say the last value again', async () => {
    const engine = await testEngine();
    const model = make();
    const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
    await trainer.fit(train, { steps: 150, batch: { batchSize: 32 } });
    const evaluator = new ValueEvaluator(engine, model, trainer.parameters);
    const { pairs } = await evaluator.evaluate(later);
    expect(valueMetrics.mse.compute(pairs)).toBeLessThan(0.1 * repeatLast(later));

    // R² weighs each variable by its own spread.
    expect(pairs.variables).toBe(2);

    const inUnits = new ValueEvaluator(engine, model, trainer.parameters, scaler);
    const next = new TensorExamples({
      input: 'series',
      shape: [window, 2],
      values: scaled.subarray(trained - 2 * window, trained),
    });
    const [forecast] = await inUnits.predict(next);
    expect(forecast).toHaveLength(2 * sizes.horizon);
    forecast!.forEach((y, i) => expect(Math.abs(y - waves[trained + i]!)).toBeLessThan(i % 2 ? 0.7 : 7));
  });

  it('leaves unknown values out, and has the gradients of a large batch when small ones are summed', async () => {
    const engine = await testEngine();
    const holes = scaled.slice(0, 2 * (window + 4 * sizes.horizon));
    holes[2 * (window + sizes.horizon) + 1] = NaN;
    const data = new SeriesWindows({ series: [holes], ...sizes, window });
    const step = await TrainStep.create({
      engine,
      model: make(),
      optimizer: adamW({ learningRate: 1 }),
      seed: 1,
    });
    // Windows before the hole alone: it lies in the future of all but the first.
    const whole = await step.computeGradients(data.batch(Int32Array.of(0, 1, 3, 5)), 1);
    expect(whole.count).toBe(4 * 12 - 3);
    const expected = step.gradients.flat.slice();
    const first = await step.computeGradients(data.batch(Int32Array.of(0, 3)), 1);
    const sum = step.gradients.flat.slice();
    const second = await step.computeGradients(data.batch(Int32Array.of(1, 5)), 1);
    expect(first.count + second.count).toBe(whole.count);
    expect(first.lossSum + second.lossSum).toBeCloseTo(whole.lossSum, 3);
    step.gradients.flat.forEach((value, i) => {
      expect(Math.abs(sum[i]! + value - expected[i]!)).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(expected[i]!)),
      );
    });
  });
});

it('teacher forcing on its own forecast says the same', async () => {
  for (const cell of ['rnn', 'lstm', 'gru'] as const)
    for (const horizon of [1, 4]) {
      const model = new RecurrentForecaster({ variables: 2, horizon, cell, hiddenSize: 5, layers: 2 });
      const parameters = parametersOf(model);
      const batch = {
        ...initialValues(parameters),
        series: { shape: [3, 7, 2], values: Array.from({ length: 42 }, (_, i) => Math.sin(i)) },
      };
      const { predictions } = await evaluate({ predictions: model.predictions() }, batch);
      const { loss } = await evaluate({ loss: model.traceLoss().loss }, { ...batch, future: predictions! });
      expect(predictions!.shape).toEqual([3, horizon, 2]);
      expect(Math.abs(loss!.values[0]!)).toBeLessThan(1e-10);
    }
});

it('names what cannot be', async () => {
  expect(() => new LinearForecaster({ window: 0 })).toThrow('LinearForecaster: window is 0');
  expect(() => new RecurrentForecaster({ cell: 'gru', hiddenSize: 4, horizon: 0 })).toThrow('horizon is 0');
  expect(() => new LinearForecaster({ window: 1, loss: 'mape' as 'mse' })).toThrow(
    "loss is 'mape'; it must be 'mse', 'mae' or 'huber'",
  );
  const engine = await testEngine();
  const model = new LinearForecaster({ window: 4 });
  const store = new ParameterStore(engine, model);
  const data = new SeriesWindows({ series: [scaled], window: 5 });
  const evaluator = new ValueEvaluator(engine, model, store.values.views);
  await expect(evaluator.evaluate(data)).rejects.toThrow("'series'");
});
