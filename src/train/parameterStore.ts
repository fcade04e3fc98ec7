import type { Engine, HostTensor } from '../engine/engine.js';
import type { Module, Parameter } from '../nn/module.js';
import { parametersOf } from '../nn/module.js';
import { slotName, type Optimizer } from '../optimizers/transform.js';
import { hashText, randomKey } from '../tensor/random.js';

/** Every parameter starts at a multiple of this many values (64 bytes): a cache line of its own. */
const alignment = 16;

/** One flat array for all parameters, with a view per parameter. The gaps between them stay zero. */
export interface FlatState {
  readonly flat: Float32Array;
  readonly views: ReadonlyMap<string, HostTensor & { readonly data: Float32Array }>;
}

/**
 * A model's parameters in engine memory: flat arrays that the optimiser walks once, and views by name that programs read
 * and write in place.
 */
export class ParameterStore {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly values: FlatState;
  private readonly offsets = new Map<string, number>();
  private readonly length: number;

  constructor(
    readonly engine: Engine,
    readonly model: Module,
  ) {
    this.parameters = parametersOf(model);
    let length = 0;
    for (const [name, parameter] of this.parameters) {
      this.offsets.set(name, length);
      length += Math.ceil(parameter.size / alignment) * alignment;
    }
    this.length = length;
    this.values = this.allocate();
  }

  /** Number of trainable values. */
  get count(): number {
    let count = 0;
    for (const parameter of this.parameters.values()) count += parameter.size;
    return count;
  }

  /** A zero-filled array laid out like the parameters: gradients, optimiser state. */
  allocate(): FlatState {
    const flat = this.engine.allocate('float32', this.length);
    const views = new Map<string, HostTensor & { data: Float32Array }>();
    for (const [name, parameter] of this.parameters) {
      const start = this.offsets.get(name)!;
      views.set(name, {
        dtype: 'float32',
        shape: parameter.shape,
        data: flat.subarray(start, start + parameter.size),
      });
    }
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
   * @throws Error naming the first parameter that is missing, of another shape, or unknown to the model.
   */
  load(values: Readonly<Record<string, HostTensor>>, target: FlatState = this.values): void {
    for (const [name, view] of target.views) {
      const value = values[name];
      if (!value) throw new Error(`The parameter '${name}' is missing; the model was built differently.`);
      if (value.shape.join() !== view.shape.join())
        throw new Error(
          `The parameter '${name}' is [${value.shape.join(', ')}], the model needs [${view.shape.join(', ')}].`,
        );
    }
    for (const name of Object.keys(values))
      if (!target.views.has(name))
        throw new Error(`The model has no parameter '${name}'; it was built differently.`);
    for (const [name, view] of target.views) view.data.set(values[name]!.data as Float32Array);
  }

  /** Copies of the values by name. */
  snapshot(source: FlatState = this.values): Record<string, HostTensor> {
    return Object.fromEntries(
      [...source.views].map(([name, view]) => [name, { ...view, data: view.data.slice() }]),
    );
  }
}

/** The optimiser's state arrays by slot name. */
export function allocateSlots(store: ParameterStore, optimizer: Optimizer): Map<string, FlatState> {
  const slots = new Map<string, FlatState>();
  optimizer.transforms.forEach((transform, i) => {
    for (const name of transform.slots) slots.set(slotName(i, name), store.allocate());
  });
  return slots;
}
