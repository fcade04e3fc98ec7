import type { DType } from '../../tensor/dtype.js';
import type { HostTensor } from '../engine.js';

/** Name and dtype of a program's input or output. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
}

/**
 * The value for each port, in order; undefined where there is none. Checks what native code would not survive: dtypes,
 * and that an array is as long as its shape says.
 * @throws Error naming the value.
 */
export function valuesFor(
  ports: readonly Port[],
  tensors: Readonly<Record<string, HostTensor>>,
): (HostTensor | undefined)[] {
  return ports.map(({ name, dtype }) => {
    const tensor = tensors[name];
    if (!tensor) return undefined;
    if (tensor.dtype !== dtype)
      throw new Error(`'${name}' is ${dtype} in the graph but was given ${tensor.dtype}.`);
    let size = 1;
    for (const length of tensor.shape) size *= length;
    if (tensor.data.length !== size) {
      throw new Error(`'${name}' has shape [${tensor.shape.join(', ')}] but ${tensor.data.length} values.`);
    }
    return tensor;
  });
}

/** Like `valuesFor`, for inputs: every one must be there; further names are ignored. */
export function feedsFor(ports: readonly Port[], feeds: Readonly<Record<string, HostTensor>>): HostTensor[] {
  const values = valuesFor(ports, feeds);
  const missing = ports.filter((_, index) => !values[index]).map(({ name }) => `'${name}'`);
  if (missing.length > 0) throw new Error(`The graph was not given its input ${missing.join(', ')}.`);
  return values as HostTensor[];
}

/** Like `valuesFor`, for arrays that outputs are written into: a name that is no output is an error. */
export function targetsFor(
  ports: readonly Port[],
  into: Readonly<Record<string, HostTensor>>,
): (HostTensor | undefined)[] {
  for (const name of Object.keys(into)) {
    if (!ports.some((port) => port.name === name)) throw new Error(`The graph has no output '${name}'.`);
  }
  return valuesFor(ports, into);
}
