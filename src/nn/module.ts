import { createNode, inScope, Tensor } from '../tensor/tensor.js';
import type { Initializer } from './initializers.js';

/**
 * A tensor that is saved with the model: trained, or kept by the model itself (running statistics). Its name is the path
 * of fields that leads to it ('decoder.attention.key.weight').
 */
export class Parameter extends Tensor {
  private readonly identity: { name: string };
  private drawn: Initializer;
  /** Whether the optimiser changes it. */
  readonly trainable: boolean;

  /**
   * @param shape sizes, in PyTorch's layout. @param initializer draws the first values.
   * @param options `trainable: false` for what no gradient changes: training leaves it alone, or a layer tells its next
   * value with `recordUpdate` (PyTorch's buffers).
   */
  constructor(
    override readonly shape: readonly number[],
    initializer: Initializer,
    options: { trainable?: boolean } = {},
  ) {
    const identity = { name: '' };
    const node = createNode('parameter', [], { identity }, []);
    super(node, 0, 'float32', shape);
    this.identity = identity;
    this.drawn = initializer;
    this.trainable = options.trainable ?? true;
    node.outputs.push(this);
  }

  get name(): string {
    return this.identity.name;
  }

  /** Draws the first values. */
  get initializer(): Initializer {
    return this.drawn;
  }

  /** Has the first values be drawn in another way. It counts when they are drawn: call it before a trainer is made. */
  startFrom(initializer: Initializer): void {
    this.drawn = initializer;
  }

  /** Number of values. */
  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /** Gives the parameter its name; `parametersOf` does it. */
  rename(name: string): void {
    this.identity.name = name;
  }
}

/**
 * A piece of a model: parameters and sub-modules in fields, and methods that trace tensors through them. Both are found
 * in ordinary fields, TypeScript's `private` ones included, and in arrays there; not in `#private` fields, maps or plain
 * objects, and not when they are made after the model was named.
 */
export abstract class Module {
  private modulePath = '';

  /** Where the module stands in the model ('decoder.attention'); empty until the model is named. */
  get path(): string {
    return this.modulePath;
  }

  /** Names this module and has its methods trace under that name, so that errors and graph nodes carry it. */
  attach(path: string): void {
    this.modulePath = path;
    const names = new Set<string>();
    for (
      let prototype: object = Object.getPrototypeOf(this) as object;
      prototype !== Module.prototype;
      prototype = Object.getPrototypeOf(prototype) as object
    ) {
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        if (name === 'constructor' || typeof descriptor.value !== 'function' || names.has(name)) continue;
        names.add(name);
        const method = descriptor.value as (...args: unknown[]) => unknown;
        Object.defineProperty(this, name, {
          value: (...args: unknown[]) => inScope(path, () => method.apply(this, args), this.constructor.name),
          enumerable: false,
          configurable: true,
          writable: true,
        });
      }
    }
  }
}

function children(value: unknown, path: string): [string, Module | Parameter][] {
  if (value instanceof Module || value instanceof Parameter) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, i) => children(item, `${path}.${i}`));
  return [];
}

/** A model's modules by path, itself first under ''. A module met twice keeps its first path. */
export function modulesOf(model: Module): Map<string, Module> {
  const found = new Map<string, Module>([['', model]]);
  const seen = new Set<Module>([model]);
  const visit = (module: Module, prefix: string) => {
    for (const [key, value] of Object.entries(module))
      for (const [path, child] of children(value, prefix ? `${prefix}.${key}` : key)) {
        if (!(child instanceof Module) || seen.has(child)) continue;
        seen.add(child);
        found.set(path, child);
        visit(child, path);
      }
  };
  visit(model, '');
  return found;
}

/**
 * A model's parameters by name, in the order of its fields (see `Module` for which). Names the parameters and modules as
 * it goes. A parameter met twice (tied weights) keeps its first name.
 */
export function parametersOf(model: Module): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  const seen = new Set<Parameter>();
  for (const [prefix, module] of modulesOf(model)) {
    module.attach(prefix);
    for (const [key, value] of Object.entries(module))
      for (const [path, child] of children(value, prefix ? `${prefix}.${key}` : key)) {
        if (!(child instanceof Parameter) || seen.has(child)) continue;
        seen.add(child);
        child.rename(path);
        found.set(path, child);
      }
  }
  return found;
}
