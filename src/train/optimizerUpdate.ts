import { compileGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor, Kernels } from '../engine/engine.js';
import {
  clipFactor,
  needsShapes,
  pieceName,
  slotName,
  traceUpdate,
  type KernelPart,
  type Optimizer,
} from '../optimizers/transform.js';
import type { FlatState, ParameterStore } from './parameterStore.js';

/** What one update is told. */
export interface UpdateNumbers {
  /** Counts from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Gradients are sums; this divides them by what they were summed over. */
  readonly gradientScale: number;
}

/** Applies an optimiser to the parameters in place. Resolves to the 2-norm of the scaled gradients before clipping. */
export type OptimizerUpdate = (numbers: UpdateNumbers) => Promise<number>;

export interface UpdateState {
  readonly store: ParameterStore;
  readonly gradients: FlatState;
  readonly slots: ReadonlyMap<string, FlatState>;
}

/** The native kernels where they cover the optimiser, else its graph. */
export async function createUpdate(
  engine: Engine,
  optimizer: Optimizer,
  state: UpdateState,
): Promise<OptimizerUpdate> {
  return kernelUpdate(engine.kernels, optimizer, state) ?? graphUpdate(engine, optimizer, state);
}

type Fused = (numbers: UpdateNumbers, scale: number) => void;

/** The fused update for [clip]? then one of: [decay]? adam, adam [decay]?, [decay]? [momentum]?; undefined for other chains. */
export function kernelUpdate(
  kernels: Kernels,
  optimizer: Optimizer,
  state: UpdateState,
): OptimizerUpdate | undefined {
  const parts = optimizer.transforms.flatMap(({ kernel }) => (kernel ? [kernel] : []));
  if (parts.length < optimizer.transforms.length) return undefined;
  const clip = parts[0]?.kind === 'clip' ? parts[0] : undefined;
  const fused = fusedUpdate(kernels, clip ? parts.slice(1) : parts, clip ? 1 : 0, state);
  if (!fused) return undefined;
  return (numbers) => {
    const norm = Math.sqrt(kernels.sumOfSquares(state.gradients.flat)) * numbers.gradientScale;
    fused(numbers, numbers.gradientScale * (clip ? clipFactor(norm, clip.maxNorm) : 1));
    return Promise.resolve(norm);
  };
}

function fusedUpdate(
  kernels: Kernels,
  parts: readonly KernelPart[],
  offset: number,
  { store, gradients, slots }: UpdateState,
): Fused | undefined {
  const kinds = parts.map((part) => part.kind).join(' ');
  const decay = parts.find((part) => part.kind === 'weightDecay')?.rate ?? 0;
  const slot = (at: number, name: string) => slots.get(slotName(offset + at, name))!.flat;
  const arrays = { parameters: store.values.flat, gradients: gradients.flat };
  const adamAt = parts.findIndex((part) => part.kind === 'adam');
  const adam = parts[adamAt];
  if (adam?.kind === 'adam' && ['adam', 'adam weightDecay', 'weightDecay adam'].includes(kinds)) {
    const moments = { firstMoment: slot(adamAt, 'firstMoment'), secondMoment: slot(adamAt, 'secondMoment') };
    const { beta1, beta2, epsilon } = adam;
    return ({ learningRate, step }, gradientScale) =>
      kernels.adam(
        { ...arrays, ...moments },
        {
          gradientScale,
          learningRate,
          beta1,
          beta2,
          epsilon,
          weightDecay: decay,
          decoupled: adamAt === 0,
          step,
        },
      );
  }
  if (!['', 'weightDecay', 'momentum', 'weightDecay momentum'].includes(kinds)) return undefined;
  const at = parts.findIndex((part) => part.kind === 'momentum');
  const part = parts[at];
  const { momentum, nesterov } = part?.kind === 'momentum' ? part : { momentum: 0, nesterov: false };
  const buffer = at >= 0 ? { momentum: slot(at, 'momentum') } : {};
  return ({ learningRate, step }, gradientScale) =>
    kernels.sgd(
      { ...arrays, ...buffer },
      { gradientScale, learningRate, momentum, nesterov, weightDecay: decay, step },
    );
}

/** The optimiser as its own ops, over the flat arrays or parameter by parameter: any chain, anywhere that graphs run. */
export async function graphUpdate(
  engine: Engine,
  optimizer: Optimizer,
  { store, gradients, slots }: UpdateState,
): Promise<OptimizerUpdate> {
  const apart = needsShapes(optimizer);
  const { flat, views } = store.values;
  const arrays = apart ? new Map([...views].map(([name, { shape }]) => [name, shape])) : flat.length;
  const program = await compileGraph(engine, traceUpdate(optimizer, arrays), new Map());
  const scalar = (value: number): HostTensor => ({
    dtype: 'float32',
    shape: [],
    data: Float32Array.of(value),
  });
  const targets: Record<string, Float32Array> = {};
  const feeds: Record<string, HostTensor> = {};
  for (const [what, state] of [['parameters', store.values], ['gradients', gradients], ...slots] as const)
    for (const [name, array] of apart ? state.views : [['', vector(state.flat)] as const]) {
      feeds[pieceName(what, name)] = array;
      if (state !== gradients) targets[`next.${pieceName(what, name)}`] = array.data;
    }
  return async ({ step, learningRate, gradientScale }) => {
    const numbers: Record<string, HostTensor> = {
      learningRate: scalar(learningRate),
      gradientScale: scalar(gradientScale),
    };
    optimizer.transforms.forEach((transform, i) => {
      for (const [name, value] of Object.entries(transform.scalars(step, learningRate)))
        numbers[slotName(i, name)] = scalar(value);
    });
    const norm = Math.sqrt(engine.kernels.sumOfSquares(gradients.flat)) * gradientScale;
    const outputs = await program.run(program.pick({ ...feeds, ...numbers }));
    for (const [name, target] of Object.entries(targets)) target.set(outputs[name]!.data as Float32Array);
    return norm;
  };
}

function vector(data: Float32Array) {
  return { dtype: 'float32', shape: [data.length], data } as const;
}
