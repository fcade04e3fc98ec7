import { add, mul, sub } from '../ops/elementwise.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';

/**
 * What a gradient transform sees while it is traced. Every entry is one array of parameters, as a tensor: all parameters
 * in one flat array, or each in its own shape where a transform of the chain has a `slotShape`.
 */
export interface TransformContext {
  /** The gradients, or what the transforms before have made of them. */
  readonly updates: readonly Tensor[];
  readonly parameters: readonly Tensor[];
  /** The transform's own state, per slot name, as it stands before the step. */
  readonly slots: Readonly<Record<string, SlotTensors>>;
  /** Numbers that change with the step, by the names of `scalars`. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/** A slot's state per array; none for an array that the slot does not serve. */
export type SlotTensors = readonly (Tensor | undefined)[];

/**
 * One link of an optimiser: a pure function from updates to updates, written in ops, so that it runs wherever the model
 * does (after optax). `kernel` says which part of a fused native update does the same, if one does.
 */
export interface GradientTransform {
  /** State arrays, all zero at the start; of the parameters' shapes unless `slotShape` says otherwise. */
  readonly slots: readonly string[];
  /**
   * The shape of a slot for a parameter of the given shape; undefined where that parameter has no such state. A transform
   * that has this sees each parameter in its own shape, and so does the rest of its chain.
   */
  readonly slotShape?: (slot: string, parameter: readonly number[]) => readonly number[] | undefined;
  /** Numbers for the given step, counted from 1, at the learning rate that the schedule gives it. */
  readonly scalars: (step: number, learningRate: number) => Readonly<Record<string, number>>;
  readonly apply: (context: TransformContext) => {
    updates: readonly Tensor[];
    slots: Readonly<Record<string, SlotTensors>>;
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

/** Whether a chain must see each parameter in its own shape, not all in one flat array. */
export function needsShapes({ transforms }: Optimizer): boolean {
  return transforms.some(({ slotShape }) => slotShape);
}

/**
 * Traces one optimiser step: the graph form of the native kernels.
 * @param arrays the length of one flat array of all parameters, or the shape of each parameter by name.
 */
export function traceUpdate(
  optimizer: Optimizer,
  arrays: number | ReadonlyMap<string, readonly number[]>,
): Record<string, Tensor> {
  const pieces = typeof arrays === 'number' ? [['', [arrays]] as const] : [...arrays];
  const scalar = (name: string) => input(name, 'float32', []);
  const piecesOf = (what: string) =>
    pieces.map(([name, shape]) => input(pieceName(what, name), 'float32', shape));
  const parameters = piecesOf('parameters');
  const [gradientScale, learningRate] = [scalar('gradientScale'), scalar('learningRate')];
  let updates: readonly Tensor[] = piecesOf('gradients').map((g) => mul(g, gradientScale));
  const outputs: Record<string, Tensor> = {};
  optimizer.transforms.forEach((transform, i) => {
    const slotTensors = (slot: string) =>
      pieces.map(([name, whole]) => {
        const shape = transform.slotShape ? transform.slotShape(slot, whole) : whole;
        return shape && input(pieceName(slotName(i, slot), name), 'float32', shape);
      });
    const slots = Object.fromEntries(transform.slots.map((slot) => [slot, slotTensors(slot)]));
    const scalars = Object.fromEntries(
      Object.keys(transform.scalars(1, optimizer.learningRate)).map((name) => [
        name,
        scalar(slotName(i, name)),
      ]),
    );
    const result = transform.apply({ updates, parameters, slots, scalars });
    updates = result.updates;
    for (const [slot, values] of Object.entries(result.slots))
      values.forEach((value, k) => {
        if (value) outputs[`next.${pieceName(slotName(i, slot), pieces[k]![0])}`] = value;
      });
  });
  pieces.forEach(([name], k) => {
    outputs[`next.${pieceName('parameters', name)}`] = sub(parameters[k]!, mul(updates[k]!, learningRate));
  });
  return outputs;
}

/** The name in the traced update of one parameter's array ('gradients:encoder.weight'), or of the flat one. */
export function pieceName(what: string, parameter: string): string {
  return parameter === '' ? what : `${what}:${parameter}`;
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
