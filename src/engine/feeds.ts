import type { GraphInput } from '../onnx/exportGraph.js';
import { evaluateDim, factors, isStatic, showShape } from '../tensor/dim.js';
import { arrayName } from '../tensor/dtype.js';
import { UserError } from '../tensor/errors.js';
import type { HostTensor } from './engine.js';

/** Values by input name. */
export type Feeds = Readonly<Record<string, HostTensor>>;

/** What decided the size of a named dim: the first input that has it. */
interface Size {
  readonly size: number;
  readonly by: string;
}

/**
 * The sizes of named dims, as the values fed for `inputs` say; other values are not looked at.
 * @throws UserError naming the input, and the dim with both sizes, when a value is missing, or does not fit its input or
 * the other values.
 */
export function dimSizes(inputs: readonly GraphInput[], feeds: Feeds): Record<string, number> {
  const found = new Map<string, Size>();
  const products: { dim: string; input: string; size: number }[] = [];
  for (const input of inputs) {
    const value = feeds[input.name];
    if (!value) throw missing(input, inputs, feeds);
    requireType(input, value);
    input.shape.forEach((dim, axis) => {
      const size = value.shape[axis]!;
      const misfit = (wanted: string) =>
        new UserError(
          `The input '${input.name}' is ${showShape(input.shape)}, but ${showShape(value.shape)} was fed: axis ${axis} must be ${wanted}, not ${size}.`,
        );
      if (isStatic(dim)) {
        if (size !== dim) throw misfit(String(dim));
        return;
      }
      const { factor, names } = factors(dim);
      if (names.length > 1) products.push({ dim, input: input.name, size });
      else if (size % factor === 0) agree(found, names[0]!, size / factor, input.name, feeds);
      else throw misfit(`a multiple of ${factor}`);
    });
  }
  const sizes = Object.fromEntries([...found].map(([dim, { size }]) => [dim, size]));
  for (const { dim, input, size } of products) {
    // A product of dims that no input has alone is a size like any other.
    if (!factors(dim).names.every((name) => found.has(name))) agree(found, dim, size, input, feeds);
    else if (size !== evaluateDim(dim, sizes))
      throw new UserError(
        `The dim '${dim}' is ${size} in '${input}', but the other inputs make it ${evaluateDim(dim, sizes)}.`,
      );
  }
  return sizes;
}

/** @throws UserError naming a value that the graph has no input for. */
export function requireKnown(inputs: readonly GraphInput[], feeds: Feeds): void {
  const unknown = unknownNames(inputs, feeds);
  if (unknown.length > 0)
    throw new UserError(
      `The graph has no input ${quote(unknown)}; it reads ${quote(inputs.map(({ name }) => name))}. Feed those alone.`,
    );
}

function requireType({ name, dtype, shape }: GraphInput, value: HostTensor): void {
  // Written in JavaScript, it may be a bare array.
  if (!Array.isArray(value.shape))
    throw new UserError(
      `The input '${name}' takes { dtype: '${dtype}', shape, data }: a ${arrayName(dtype)} with its shape, ${showShape(shape)}.`,
    );
  if (value.dtype !== dtype)
    throw new UserError(`The input '${name}' is ${dtype}, but ${value.dtype} was fed.`);
  if (value.shape.length !== shape.length)
    throw new UserError(
      `The input '${name}' is ${showShape(shape)}, but ${showShape(value.shape)} was fed: it must have ${shape.length} dims, not ${value.shape.length}.`,
    );
  // Native code reads as many bytes as dtype and shape say.
  const kind = value.data[Symbol.toStringTag] as string | undefined;
  if (kind !== arrayName(dtype))
    throw new UserError(
      `The input '${name}' is ${dtype}, so its data must be a ${arrayName(dtype)}, not ${kind ?? 'another kind of array'}.`,
    );
  const size = value.shape.reduce((product, length) => product * length, 1);
  if (value.data.length !== size)
    throw new UserError(
      `The value fed for '${name}' is ${showShape(value.shape)}, which takes ${size} numbers, but its data has ${value.data.length}.`,
    );
}

function agree(found: Map<string, Size>, dim: string, size: number, input: string, feeds: Feeds): void {
  const known = found.get(dim);
  if (!known) found.set(dim, { size, by: input });
  if (!known || known.size === size) return;
  const show = (name: string) => `'${name}' ${showShape(feeds[name]!.shape)}`;
  throw new UserError(
    `The dim '${dim}' is ${known.size} in ${show(known.by)}, but ${size} in ${show(input)}; it must be one size.`,
  );
}

function missing({ name, dtype, shape }: GraphInput, inputs: readonly GraphInput[], feeds: Feeds): UserError {
  const unknown = unknownNames(inputs, feeds);
  const instead = unknown.length > 0 ? `; ${quote(unknown)} was, which it does not read` : '';
  return new UserError(`The graph's input '${name}' (${dtype} ${showShape(shape)}) was not fed${instead}.`);
}

function unknownNames(inputs: readonly GraphInput[], feeds: Feeds): string[] {
  return Object.keys(feeds).filter((fed) => !inputs.some(({ name }) => name === fed));
}

function quote(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
