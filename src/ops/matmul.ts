import { product, sameShape, type Shape } from '../tensor/dim.js';
import { traceError, type Tensor } from '../tensor/tensor.js';
import { broadcastShape } from './elementwise.js';
import { defineOp, type Emitter } from './registry.js';
import { sumTo } from './reduce.js';
import { reshape } from './shape.js';

interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function swapped(x: Tensor, swap: boolean): Shape {
  const [rows, columns] = x.shape.slice(-2);
  return swap ? [...x.shape.slice(0, -2), columns!, rows!] : x.shape;
}

function transposed(emitter: Emitter, name: string, x: Tensor): string {
  const order = x.shape.map((_, i) => i);
  order.splice(-2, 2, x.rank - 1, x.rank - 2);
  return emitter.node('Transpose', [name], { perm: order });
}

const matmulOp = defineOp({
  name: 'matmul',
  infer: ([a, b, c], attributes) => {
    const { transposeA, transposeB } = attributes as unknown as MatmulAttributes;
    if (a!.rank < 2 || b!.rank < 2) throw traceError('matmul', `takes matrices, got ${a!} and ${b!}.`);
    const left = swapped(a!, transposeA);
    const right = swapped(b!, transposeB);
    if (left.at(-1) !== right.at(-2))
      throw traceError(
        'matmul',
        `the inner dims ${left.at(-1)} and ${right.at(-2)} of ${a!} and ${b!} differ.`,
      );
    const batch = broadcastShape('matmul', left.slice(0, -2), right.slice(0, -2));
    const shape = [...batch, left.at(-2)!, right.at(-1)!];
    if (c && !sameShape(broadcastShape('matmul', shape, c.shape), shape))
      throw traceError('matmul', `the summand ${c} does not fit the product [${shape.join(', ')}].`);
    return [{ dtype: a!.dtype, shape }];
  },
  emit: (emitter, names, node) => {
    const { transposeA, transposeB } = node.attributes as unknown as MatmulAttributes;
    const [a, b, c] = node.inputs;
    if (a!.rank === 2 && b!.rank === 2 && (transposeA || transposeB || c))
      return [emitter.node('Gemm', names, { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 })];
    // ORT merges a Transpose with the product that reads it.
    const left = transposeA ? transposed(emitter, names[0]!, a!) : names[0]!;
    const right = transposeB ? transposed(emitter, names[1]!, b!) : names[1]!;
    return [emitter.node('MatMul', [left, right])];
  },
  gradient: ({ node, inputs, upstream, wanted }) => {
    const { transposeA, transposeB } = node.attributes as unknown as MatmulAttributes;
    const [a, b, c] = inputs as [Tensor, Tensor, Tensor | undefined];
    const dy = upstream[0]!;
    const da = () =>
      transposeA
        ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, b, { transposeB: !transposeB });
    const db = () =>
      transposeB
        ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, dy, { transposeA: !transposeA });
    return [
      wanted[0] ? sumTo(da(), a.shape) : undefined,
      wanted[1] ? sumTo(db(), b.shape) : undefined,
      c && wanted[2] ? sumTo(dy, c.shape) : undefined,
    ];
  },
});

/**
 * Matrix product a·b over the last two axes, broadcasting the others; `transposeA`/`transposeB` read a matrix transposed.
 * `plus` (matrices only) is added in the same pass.
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  options: { transposeA?: boolean; transposeB?: boolean; plus?: Tensor } = {},
): Tensor {
  const { transposeA = false, transposeB = false, plus } = options;
  if (plus && (a.rank !== 2 || b.rank !== 2))
    throw traceError('matmul', `'plus' goes with matrices, got ${a} and ${b}.`);
  return matmulOp(plus ? [a, b, plus] : [a, b], { transposeA, transposeB })[0]!;
}

/** y = x·Wᵀ + b.  x [..., input], W [output, input], b [output] → y [..., output]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  if (x.shape.at(-1) !== weight.shape[1])
    throw traceError('linear', `the weight ${weight} takes ${weight.shape[1]} features, the input is ${x}.`);
  const rows = reshape(x, [product(x.shape.slice(0, -1)), x.shape.at(-1)!]);
  const y = matmul(rows, weight, bias ? { transposeB: true, plus: bias } : { transposeB: true });
  return reshape(y, [...x.shape.slice(0, -1), weight.shape[0]!]);
}
