import { add, mul, sub } from '../ops/elementwise.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';

/** What a gradient transform sees while it is traced. Every entry is one array of parameters, as a tensor. */
export interface TransformContext {
  /** The gradients, or what the transforms before have made of them. */
  readonly updates: readonly Tensor[];
  readonly parameters: readonly Tensor[];
  /** The transform's own state, per slot name, as it stands before the step. */
  readonly slots: Readonly<Record<string, readonly Tensor[]>>;
  /** Numbers that change with the step, by the names of `scalars`. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/**
 * One link of an optimiser: a pure function from updates to updates, written in ops, so that it runs wherever the model
 * does (after optax). `kernel` says which part of a fused native update does the same, if one does.
 */
export interface GradientTransform {
  /** State arrays of the parameters' shapes, all zero at the start. */
  readonly slots: readonly string[];
  /** Numbers for the given step, counted from 1. */
  readonly scalars: (step: number) => Readonly<Record<string, number>>;
  readonly apply: (context: TransformContext) => {
    updates: readonly Tensor[];
    slots: Readonly<Record<string, readonly Tensor[]>>;
  };
  readonly kernel?: KernelPart;
}

export type KernelPart =
  | { readonly kind: 'clip'; readonly maxNorm: number }
  | { readonly kind: 'weightDecay'; readonly rate: number }
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
  | { readonly kind: 'momentum'; readonly momentum: number; readonly nesterov: boolean };

/** Gradient transforms in order, then p ← p − learningRate · update. */
export interface Optimizer {
  readonly transforms: readonly GradientTransform[];
  /** The peak rate; a schedule scales it. */
  readonly learningRate: number;
}

/**
 * Joins transforms and one optimiser, first to last: `chain(clipByGlobalNorm(1), adamW({ learningRate: 2e-3 }))`.
 * @throws UserError unless exactly one part carries a learning rate.
 */
export function chain(...parts: readonly (GradientTransform | Optimizer)[]): Optimizer {
  const rates = parts.flatMap((part) => ('learningRate' in part ? [part.learningRate] : []));
  if (rates.length !== 1)
    throw new UserError(
      `A chain needs exactly one optimiser with a learning rate (sgd, adamW, lion …), got ${rates.length}.`,
    );
  const transforms = parts.flatMap((part) => ('learningRate' in part ? part.transforms : [part]));
  return { transforms, learningRate: rates[0]! };
}

/** Traces one optimiser step over one flat array of parameters: the graph form of the native kernels. */
export function traceUpdate(optimizer: Optimizer, length: number): Record<string, Tensor> {
  const scalar = (name: string) => input(name, 'float32', []);
  const parameters = input('parameters', 'float32', [length]);
  let updates: readonly Tensor[] = [mul(input('gradients', 'float32', [length]), scalar('gradientScale'))];
  const outputs: Record<string, Tensor> = {};
  optimizer.transforms.forEach((transform, i) => {
    const slots = Object.fromEntries(
      transform.slots.map((name) => [name, [input(slotName(i, name), 'float32', [length])]]),
    );
    const scalars = Object.fromEntries(
      Object.keys(transform.scalars(1)).map((name) => [name, scalar(slotName(i, name))]),
    );
    const result = transform.apply({ updates, parameters: [parameters], slots, scalars });
    updates = result.updates;
    for (const [name, [value]] of Object.entries(result.slots)) outputs[`next.${slotName(i, name)}`] = value!;
  });
  outputs['next.parameters'] = sub(parameters, mul(updates[0]!, scalar('learningRate')));
  return outputs;
}

/** The name of a transform's slot or scalar in the traced update, and of the slot in checkpoints. */
export function slotName(transform: number, name: string): string {
  return `${transform}.${name}`;
}

/** min(1, maxNorm ÷ (norm + 10⁻⁶)): PyTorch's clipping factor. */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}

/** Of a transform whose numbers do not change with the step. */
export const noScalars = (): Readonly<Record<string, number>> => ({});

/** decay · old + (1 − decay) · value. */
export function runningMean(old: Tensor, value: Tensor, decay: number): Tensor {
  return add(mul(old, decay), mul(value, 1 - decay));
}

/** Checks what every optimiser is told. */
export function requireRates(owner: string, learningRate: number, weightDecay: number): void {
  requireOptions(owner, 'a finite number above 0', { learningRate });
  requireOptions(owner, 'a finite number from 0', { weightDecay });
}
