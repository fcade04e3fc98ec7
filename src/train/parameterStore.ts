import type { Engine, HostTensor } from '../engine/engine.js';
import type { Module, Parameter } from '../nn/module.js';
import { parametersOf } from '../nn/module.js';
import { slotName, type Optimizer } from '../optimizers/transform.js';
import { showShape } from '../tensor/dim.js';
import { isFloat } from '../tensor/dtype.js';
import { UserError } from '../tensor/errors.js';
import { hashText, randomKey } from '../tensor/random.js';

/** Every parameter starts at a multiple of this many values (64 bytes): a cache line of its own. */
const alignment = 16;

/** One flat array for all trained parameters, and a view per parameter. The gaps between them stay zero. */
export interface FlatState {
  readonly flat: Float32Array;
  readonly views: ReadonlyMap<string, HostTensor & { readonly data: Float32Array }>;
}

type Views = Map<string, HostTensor & { readonly data: Float32Array }>;

/**
 * A model's parameters in engine memory: flat arrays that the optimiser walks once, and views by name that programs read
 * and write in place. Parameters that are not trained have views in `values`, but lie apart from the flat array.
 */
export class ParameterStore {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly values: FlatState;
  /** Those that are not trained: no gradient, no optimiser state. */
  readonly untrained: FlatState;

  constructor(
    readonly engine: Engine,
    readonly model: Module,
  ) {
    this.parameters = parametersOf(model);
    this.untrained = this.layOut(false);
    this.values = this.withUntrained(this.layOut(true));
  }

  /** The parameters that gradients change, in the order of the flat arrays. */
  get trained(): readonly Parameter[] {
    return [...this.parameters.values()].filter(({ trainable }) => trainable);
  }

  /** Number of trainable values. */
  get count(): number {
    return this.trained.reduce((count, { size }) => count + size, 0);
  }

  /**
   * A zero-filled array laid out like the trained parameters: gradients, optimiser state. `shapeOf` makes it one of other
   * shapes, without those parameters for which it gives none.
   */
  allocate(shapeOf: (parameter: readonly number[]) => readonly number[] | undefined = (x) => x): FlatState {
    return this.layOut(true, shapeOf);
  }

  /** A zero-filled array laid out like those that are not trained. */
  allocateUntrained(): FlatState {
    return this.layOut(false);
  }

  /** A state of the trained parameters as a whole model's: with views of the values of the others as they stand. */
  withUntrained({ flat, views }: FlatState): FlatState {
    const all: Views = new Map();
    for (const name of this.parameters.keys())
      all.set(name, views.get(name) ?? this.untrained.views.get(name)!);
    return { flat, views: all };
  }

  private layOut(
    trainable: boolean,
    shapeOf: (parameter: readonly number[]) => readonly number[] | undefined = (x) => x,
  ): FlatState {
    const places: { name: string; shape: readonly number[]; start: number; size: number }[] = [];
    let length = 0;
    for (const [name, parameter] of this.parameters) {
      const shape = parameter.trainable === trainable ? shapeOf(parameter.shape) : undefined;
      if (!shape) continue;
      const size = shape.reduce((a, b) => a * b, 1);
      places.push({ name, shape, start: length, size });
      length += Math.ceil(size / alignment) * alignment;
    }
    const flat = this.engine.allocate('float32', length);
    const views: Views = new Map();
    for (const { name, shape, start, size } of places)
      views.set(name, { dtype: 'float32', shape, data: flat.subarray(start, start + size) });
    return { flat, views };
  }

  /** Draws the first values. They depend on the seed and each parameter's name and shape alone. */
  initialize(seed: number): void {
    for (const [name, parameter] of this.parameters)
      parameter.initializer(
        this.values.views.get(name)!.data,
        randomKey(seed, hashText(name)),
        parameter.shape,
      );
  }

  /**
   * Takes over values by parameter name.
   * @throws UserError naming the parameters that are missing, of another shape, not of floats, or unknown to the model; nothing
   * is taken over then.
   */
  load(values: Readonly<Record<string, HostTensor>>, target: FlatState = this.values): void {
    const problems = misfits(values, target);
    if (problems.length > 0) {
      const more = problems.length > SHOWN ? ` (${problems.length} misfits in all)` : '';
      throw new UserError(
        `The values do not fit the model: ${problems.slice(0, SHOWN).join(', ')}${more}. Build the model as it was when they were saved.`,
      );
    }
    for (const [name, view] of target.views) view.data.set(values[name]!.data as Float32Array);
  }

  /** Copies of the values by name. */
  snapshot(source: FlatState = this.values): Record<string, HostTensor> {
    return Object.fromEntries(
      [...source.views].map(([name, view]) => [name, { ...view, data: view.data.slice() }]),
    );
  }
}

/** Misfits that a message names: enough to see what they have in common. */
const SHOWN = 4;

/** What keeps values from being a model's, in words. */
function misfits(values: Readonly<Record<string, HostTensor>>, { views }: FlatState): string[] {
  const problems: string[] = [];
  for (const [name, { shape }] of views) {
    const value = values[name];
    if (!value) problems.push(`'${name}' is missing`);
    else if (value.shape.join() !== shape.join())
      problems.push(`'${name}' is ${showShape(value.shape)} instead of ${showShape(shape)}`);
    else if (!isFloat(value.dtype)) problems.push(`'${name}' is ${value.dtype} instead of float32`);
  }
  for (const name of Object.keys(values)) if (!views.has(name)) problems.push(`'${name}' is unknown`);
  return problems;
}

/** The optimiser's state arrays by slot name. */
export function allocateSlots(store: ParameterStore, optimizer: Optimizer): Map<string, FlatState> {
  const slots = new Map<string, FlatState>();
  optimizer.transforms.forEach(({ slots: names, slotShape }, i) => {
    for (const name of names)
      slots.set(slotName(i, name), store.allocate(slotShape && ((shape) => slotShape(name, shape))));
  });
  return slots;
}
