import type { HostTensor } from '../engine/engine.js';
import { showShape } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';

/**
 * The mean of several checkpoints' parameters, often better than each of them (Vaswani et al. 2017, §6.1): load it with
 * `store.load(averageParameters([first, second]))`.
 * @throws UserError unless all have the same parameters.
 */
export function averageParameters(
  checkpoints: readonly Readonly<Record<string, HostTensor>>[],
): Record<string, HostTensor> {
  const [first] = checkpoints;
  if (!first) throw new UserError('averageParameters: no checkpoint was given. Give at least one.');
  const names = Object.keys(first);
  checkpoints.forEach((checkpoint, i) => requireSame(first, checkpoint, i + 1));
  return Object.fromEntries(
    names.map((name) => {
      const { shape, data } = first[name]!;
      const mean = Float32Array.from({ length: data.length }, (_, at) => {
        const sum = checkpoints.reduce((total, checkpoint) => total + Number(checkpoint[name]!.data[at]), 0);
        return sum / checkpoints.length;
      });
      return [name, { dtype: 'float32' as const, shape, data: mean }];
    }),
  );
}

function requireSame(
  first: Readonly<Record<string, HostTensor>>,
  other: Readonly<Record<string, HostTensor>>,
  number: number,
): void {
  for (const name of new Set([...Object.keys(first), ...Object.keys(other)])) {
    const [a, b] = [first[name], other[name]];
    if (a && b && a.shape.join() === b.shape.join()) continue;
    const given = (x: HostTensor | undefined) => (x ? showShape(x.shape) : 'missing');
    throw new UserError(
      `averageParameters: '${name}' is ${given(a)} in checkpoint 1, ${given(b)} in checkpoint ${number}. Average checkpoints of one model.`,
    );
  }
}
