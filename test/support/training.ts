import { gradients } from '../../src/autodiff/gradients.js';
import type { Trainable } from '../../src/models/trainable.js';
import { collectUpdates, inTraining } from '../../src/nn/mode.js';
import { parametersOf } from '../../src/nn/module.js';
import { exportGraph } from '../../src/onnx/exportGraph.js';
import { slotName, traceUpdate, type Optimizer } from '../../src/optimizers/transform.js';
import { TrainStep } from '../../src/train/trainStep.js';
import { compile, hostTensor, testEngine, type Value, type Values } from './evaluate.js';

/** What a step tells: means over what the loss counts, all before the update. */
export interface TrainedStep {
  readonly loss: number;
  /** What was minimised; undefined where the step does not tell it. */
  readonly objective?: number;
  readonly gradientNorm: number;
  readonly gradients: Values;
}

/** Trains a model from given parameters on one batch, at the optimiser's rate. */
export type Training = (
  model: Trainable,
  optimizer: Optimizer,
  initial: Values,
  batch: Values,
) => Promise<{ run(step: number): Promise<TrainedStep>; parameters(): Values }>;

function mean({ shape, values }: Value, count: number): Value {
  return { shape, values: Array.from(values, (x) => x / count) };
}

function scalar(value: number): Value {
  return { shape: [], values: [value] };
}

const entries = <A, B>(values: Readonly<Record<string, A>>, entry: (name: string, value: A) => [string, B]) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => entry(name, value)));

/** As people train: `TrainStep`. */
export const trainInFloat32: Training = async (model, optimizer, initial, batch) => {
  const step = await TrainStep.create({ engine: await testEngine(), model, optimizer, seed: 1 });
  step.store.load(
    entries(initial, (name, { shape, values }) => [
      name,
      { dtype: 'float32', shape, data: Float32Array.from(values) },
    ]),
  );
  const { loss: traced, objective = traced } = inTraining(() => model.traceLoss());
  const { inputs } = exportGraph({ traced, objective });
  const feeds = Object.fromEntries(
    inputs.flatMap((input) =>
      input.kind === 'input' ? [[input.name, hostTensor(input, batch[input.name])]] : [],
    ),
  );
  const valuesOf = (views: typeof step.gradients.views): Values =>
    Object.fromEntries([...views].map(([name, { shape, data }]) => [name, { shape, values: data }]));
  return {
    run: async (i) => {
      const { loss, count, gradientNorm } = await step.run(feeds, i, optimizer.learningRate);
      return {
        loss,
        gradientNorm,
        gradients: entries(valuesOf(step.gradients.views), (name, sum) => [name, mean(sum, count)]),
      };
    },
    parameters: () => valuesOf(step.store.values.views),
  };
};

/** The same step from its parts, in float64: loss, gradients and running statistics, then the update, parameter by parameter. */
export const trainInFloat64: Training = async (model, optimizer, initial, batch) => {
  const known = [...parametersOf(model).values()];
  const trained = known.filter(({ trainable }) => trainable);
  const { result, updates } = collectUpdates(() => inTraining(() => model.traceLoss()));
  const { loss, count, objective = loss } = result;
  const found = gradients(objective, trained);
  const program = await compile(
    {
      loss,
      count,
      objective,
      ...Object.fromEntries(trained.map(({ name }, i) => [`gradient.${name}`, found[i]!])),
      ...Object.fromEntries([...updates].map(([{ name }, next]) => [`update.${name}`, next])),
    },
    { precision: 'float64' },
  );
  const traced = traceUpdate(optimizer, new Map(trained.map(({ name, shape }) => [name, shape])));
  const update = await compile(traced, { precision: 'float64' });
  let parameters = { ...initial };
  let slots: Record<string, Value> = {};
  for (const [name, { shape }] of Object.entries(traced)) {
    const sizes = shape as readonly number[];
    if (!name.startsWith('next.parameters:'))
      slots[name.slice('next.'.length)] = {
        shape: sizes,
        values: new Float64Array(sizes.reduce((a, b) => a * b, 1)),
      };
  }
  return {
    run: async (step) => {
      const sums = await program({ ...batch, ...parameters });
      const over = sums['count']!.values[0]!;
      const { learningRate } = optimizer;
      const numbers: Record<string, Value> = {
        learningRate: scalar(learningRate),
        gradientScale: scalar(1 / over),
      };
      optimizer.transforms.forEach((transform, i) => {
        for (const [name, value] of Object.entries(transform.scalars(step, learningRate)))
          numbers[slotName(i, name)] = scalar(value);
      });
      const summed = Object.fromEntries(trained.map(({ name }) => [name, sums[`gradient.${name}`]!]));
      const next = await update({
        ...numbers,
        ...slots,
        ...entries(summed, (name, value) => [`gradients:${name}`, value]),
        ...entries(parameters, (name, value) => [`parameters:${name}`, value]),
      });
      slots = entries(slots, (name) => [name, next[`next.${name}`]!]);
      parameters = entries(parameters, (name, old) => [
        name,
        next[`next.parameters:${name}`] ?? sums[`update.${name}`] ?? old,
      ]);
      const means = entries(summed, (name, value) => [name, mean(value, over)]);
      return {
        loss: sums['loss']!.values[0]! / over,
        objective: sums['objective']!.values[0]! / over,
        gradientNorm: Math.hypot(...Object.values(means).flatMap(({ values }) => Array.from(values))),
        gradients: means,
      };
    },
    parameters: () => parameters,
  };
};
