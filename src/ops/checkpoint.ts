import { isFloat } from '../tensor/dtype.js';
import { traceError, type Tensor } from '../tensor/tensor.js';
import { defineOp } from './registry.js';
import { capturesOf, retrace } from './subgraph.js';

const afterOp = defineOp({
  name: 'after',
  infer: ([x]) => [x!],
  // x − 0, where the 0 is computed from one value of the anchor, whatever that is (NaN is true as bool).
  emit: (emitter, [x, anchor], node) => {
    const vector = (...values: number[]) => emitter.constant('int64', [values.length], values);
    const flat = emitter.node('Reshape', [anchor!, vector(-1)]);
    const first = emitter.node('Slice', [flat, vector(0), vector(1), vector(0)]);
    const flag = emitter.node('Cast', [first], { to: emitter.typeCode('bool') });
    const { dtype } = node.inputs[0]!;
    const number = emitter.node('Cast', [flag], { to: emitter.typeCode(dtype) });
    const total = emitter.node('ReduceSum', [number], { keepdims: 0 });
    return [emitter.node('Sub', [x!, emitter.node('Mul', [total, emitter.constant(dtype, [], [0])])])];
  },
  gradient: ({ upstream }) => [upstream[0], undefined],
});

/**
 * x itself, but not before `anchor` is computed: neither the clean-up of the graph nor the runtime's optimiser can tell
 * that the value does not depend on it. Both float.
 */
export function after(x: Tensor, anchor: Tensor): Tensor {
  if (!isFloat(x.dtype) || !isFloat(anchor.dtype))
    throw traceError('after', `takes floats, got ${x} and ${anchor}.`);
  return afterOp([x, anchor])[0]!;
}

const checkpointOp = defineOp({
  name: 'checkpoint',
  infer: ([output]) => [output!],
  emit: (_, [output]) => [output!],
  gradient: ({ node, inputs, upstream, wanted, differentiate }) => {
    const [output, ...sources] = inputs as [Tensor, ...Tensor[]];
    const anchor = upstream[0]!;
    const count = node.attributes['inputs'] as number;
    const tied = sources.map((x, i) => (i < count && isFloat(x.dtype) ? after(x, anchor) : x));
    const [again] = retrace([output], new Map(sources.slice(0, count).map((x, i) => [x, tied[i]!])));
    const found = differentiate(
      [again!],
      [anchor],
      tied.filter((_, i) => wanted[i + 1]),
    );
    let next = 0;
    return [undefined, ...sources.map((_, i) => (wanted[i + 1] ? found[next++] : undefined))];
  },
});

/**
 * Gradient checkpointing (Chen et al. 2016): `block` of `inputs`, whose inner values are not kept for the backward pass
 * but computed a second time there, from the inputs. A stack of n such blocks keeps n inputs, and the inner values of
 * one block at a time, for about a third more arithmetic. The result and all gradients are the same.
 *
 * ```ts
 * import { checkpoint, input, Linear, tanh } from 'heddle';
 *
 * const layers = [1, 2, 3].map(() => new Linear(64, 64));
 * let x = input('x', 'float32', ['batch', 64]);
 * for (const layer of layers) x = checkpoint((y) => tanh(layer.forward(y)), x);
 * ```
 *
 * What depends on the float inputs is computed twice; what the block reads besides them, parameters, masks and what
 * follows from those alone, is shared, dropout masks included. A value inside that is read from outside of the block is
 * kept after all. Where no gradient is asked for, the graph is the same as without.
 */
export function checkpoint<Inputs extends readonly Tensor[]>(
  block: (...inputs: NoInfer<Inputs>) => Tensor,
  ...inputs: Inputs
): Tensor {
  const output = block(...inputs);
  const captures = capturesOf([output], new Set(inputs));
  return checkpointOp([output, ...inputs, ...captures], { inputs: inputs.length })[0]!;
}
