import {
  add,
  cast,
  lerp,
  logAddExp,
  mul,
  relu,
  sigmoid,
  square,
  sub,
  tanh,
  where,
  equal,
} from '../../src/ops/elementwise.js';
import { embedding } from '../../src/ops/gather.js';
import { matmul } from '../../src/ops/matmul.js';
import { sum } from '../../src/ops/reduce.js';
import { scan } from '../../src/ops/scan.js';
import { concat, fill, reshape, shift, split, transpose } from '../../src/ops/shape.js';
import { softmax } from '../../src/ops/softmax.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { awayFromZero, ids, normal, opCase, type InputSpec, type MakeCase } from './opCase.js';

const H = 3;
/** h₀ [batch, H], x [time, batch, H], U [H, H], b [H] */
const elman: readonly InputSpec[] = [
  [['batch', H], normal],
  [['time', 'batch', H], normal],
  [[H, H], normal],
  [[H], normal],
];

const recurrences: MakeCase[] = [false, true].flatMap((reverse) => [
  // Carry, sequence, captured matrix and bias.
  opCase(
    () => elman,
    (h0, x, u, b) => {
      const { carries, outputs } = scan({ initial: [h0!], sequences: [x!], reverse }, ([h], [slice]) => {
        const next = tanh(add(add(slice!, matmul(h!, u!, { transposeB: true })), b!));
        return { carries: [next], outputs: [next] };
      });
      return [...carries, ...outputs];
    },
  ),
  // Two carries; the matrix product takes the slice as its summand; gates are split off.
  opCase(
    () => [
      [['batch', 2], normal],
      [['batch', 2], normal],
      [['time', 'batch', 8], normal],
      [[8, 2], normal],
    ],
    (h0, c0, x, u) => {
      const { carries, outputs } = scan(
        { initial: [h0!, c0!], sequences: [x!], reverse },
        ([h, c], [slice]) => {
          const gates = split(matmul(h!, u!, { transposeB: true, plus: slice! }), [2, 2, 2, 2]);
          const [input, forget, candidate, output] = gates.map((gate, i) =>
            i === 2 ? tanh(gate) : sigmoid(gate),
          );
          const next = add(mul(forget!, c!), mul(input!, candidate!));
          const hidden = mul(output!, tanh(next));
          return { carries: [hidden, next], outputs: [hidden, next] };
        },
      );
      return [...carries, ...outputs];
    },
  ),
]);

const captured: MakeCase[] = [
  // Attention over a captured memory: batched products, and a softmax that stays in the loop.
  opCase(
    () => [
      [['batch', H], normal],
      [['time', 'batch', H], normal],
      [['batch', 'source', H], (draw) => draw.normal([draw.sizes['batch']!, 2, H])],
      [[H, 2 * H], normal],
    ],
    (h0, x, memory, w) => {
      const { outputs } = scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => {
        const query = reshape(h!, ['batch', 1, H]);
        const weights = softmax(matmul(query, memory!, { transposeB: true }));
        const context = reshape(matmul(weights, memory!), ['batch', H]);
        const next = tanh(matmul(concat([context, slice!]), w!, { transposeB: true }));
        return { carries: [next], outputs: [next, weights] };
      });
      return outputs;
    },
  ),
  // A captured value that is used as it is, scaled, transposed and summed; and one that the step does not change.
  opCase(
    () => elman,
    (h0, x, u, b) => {
      const { carries, outputs } = scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => ({
        carries: [add(mul(h!, square(b!)), matmul(slice!, transpose(u!, [1, 0])))],
        outputs: [add(mul(sum(h!, [1], true), b!), u!.shape[0] as number), b!, sum(slice!, [0])],
      }));
      return [...carries, ...outputs];
    },
  ),
  // One captured value made from another.
  opCase(
    () => elman,
    (h0, x, u, b) => {
      const both = add(u!, b!);
      const { carries } = scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => ({
        carries: [tanh(add(matmul(h!, both), matmul(slice!, u!)))],
        outputs: [],
      }));
      return carries;
    },
  ),
  // The row number of an embedding comes from an integer sequence.
  opCase(
    () => [
      [['batch', H], normal],
      [['time', 'batch'], ids(4), 'int32'],
      [[4, H], normal],
      [['time', 'batch', 1], normal],
    ],
    (h0, tokens, table, x) => {
      const { carries, outputs } = scan({ initial: [h0!], sequences: [tokens!, x!] }, ([h], [id, slice]) => {
        const isZero = reshape(equal(id!, 0), ['batch', 1]);
        const next = where(isZero, h!, tanh(add(embedding(table!, id!), mul(h!, slice!))));
        return { carries: [next], outputs: [mul(next, cast(reshape(id!, ['batch', 1]), 'float32'))] };
      });
      return [...carries, ...outputs];
    },
  ),
  // The row number of an embedding is carried, so that the gradient of the table comes from rows that the loop has chosen.
  opCase(
    () => [
      [['batch', H], normal],
      [['time', 'batch'], ids(4), 'int32'],
      [['batch'], ids(4), 'int32'],
      [[4, H], normal],
    ],
    (h0, tokens, start, table) => {
      const { carries, outputs } = scan(
        { initial: [h0!, start!], sequences: [tokens!] },
        ([h, last], [id]) => {
          const chosen = where(equal(id!, 0), last!, id!);
          const next = tanh(mul(add(embedding(table!, chosen), h!), embedding(table!, last!)));
          return { carries: [next, chosen], outputs: [next] };
        },
      );
      return [carries[0]!, ...outputs];
    },
  ),
];

const partlyUsed: MakeCase[] = [
  // Nothing reads the final carry, nor the second output.
  opCase(
    () => elman,
    (h0, x, u, b) => {
      const { outputs } = scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => {
        const next = tanh(matmul(add(h!, slice!), u!));
        return { carries: [next], outputs: [mul(next, b!), sigmoid(next)] };
      });
      return outputs[0]!;
    },
  ),
  // The loss reads the final carry alone, and the step is linear: the loop backwards needs no value of the loop forwards.
  opCase(
    () => elman.slice(0, 3),
    (h0, x, u) =>
      scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => ({
        carries: [add(matmul(h!, u!), slice!)],
        outputs: [],
      })).carries,
  ),
  opCase(
    () => elman.slice(0, 2),
    (h0, x) =>
      scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => ({
        carries: [add(h!, slice!)],
        outputs: [h!],
      })).carries,
  ),
  // A sequence and a carry that lead nowhere; a carry that starts as a constant.
  opCase(
    () => elman,
    (h0, x, u, b) => {
      const { carries } = scan(
        { initial: [h0!, fill(0, ['batch', H])], sequences: [x!, mul(x!, 2)] },
        ([, count], [slice]) => ({
          carries: [mul(slice!, b!), add(matmul(slice!, u!), count!)],
          outputs: [],
        }),
      );
      return carries;
    },
  ),
  // An integer carry beside the float one.
  opCase(
    () => [
      [['batch', H], normal],
      [['time', 'batch', H], normal],
      [['batch'], ids(3), 'int32'],
    ],
    (h0, x, count) => {
      const { carries } = scan({ initial: [h0!, count!], sequences: [x!] }, ([h, n], [slice]) => ({
        carries: [add(mul(h!, 0.5), mul(slice!, cast(reshape(n!, ['batch', 1]), 'float32'))), add(n!, 1)],
        outputs: [],
      }));
      return carries[0]!;
    },
  ),
];

const products: MakeCase[] = [
  // Long chains of factors, with broadcasting between them, and a value used twice.
  opCase(
    () => [
      [['batch', H], awayFromZero],
      [['time', 'batch', H], awayFromZero],
      [['batch', 1], normal],
      [[H], normal],
    ],
    (h0, x, column, row) => {
      const { carries, outputs } = scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => {
        const a = tanh(mul(mul(h!, column!), mul(row!, slice!)));
        const b = sigmoid(sub(mul(a, a), mul(a, slice!)));
        return { carries: [mul(mul(b, column!), relu(slice!))], outputs: [mul(b, row!), mul(a, 3)] };
      });
      return [...carries, ...outputs];
    },
  ),
  opCase(
    () => [...elman.slice(0, 2), [['time', 'batch', 1], normal]],
    (h0, x, gate) => {
      const { carries, outputs } = scan({ initial: [h0!], sequences: [x!, gate!] }, ([h], [slice, t]) => {
        const next = lerp(tanh(slice!), h!, sigmoid(t!));
        return { carries: [next], outputs: [sum(square(next), [1])] };
      });
      return [...carries, ...outputs];
    },
  ),
  // A recursion in log space over states from left to right.
  opCase(
    () => [...elman.slice(0, 2), [['batch', 1], normal]],
    (h0, x, entering) => {
      const { carries, outputs } = scan({ initial: [h0!], sequences: [x!] }, ([h], [slice]) => {
        const next = add(logAddExp([h!, shift(h!, entering!)]), slice!);
        return { carries: [next], outputs: [next] };
      });
      return [...carries, ...outputs];
    },
  ),
  // Two scans, the second over the outputs of the first, from its final carry.
  opCase(
    () => elman.slice(0, 3),
    (h0, x, u) => {
      const run = (initial: Tensor, sequence: Tensor) =>
        scan({ initial: [initial], sequences: [sequence] }, ([h], [slice]) => {
          const next = tanh(add(matmul(h!, u!), slice!));
          return { carries: [next], outputs: [next] };
        });
      const first = run(h0!, x!);
      const second = run(first.carries[0]!, first.outputs[0]!);
      return [...second.carries, ...second.outputs];
    },
  ),
];

/** Recurrences: forwards and backwards, with captured values of each kind, with parts that nothing reads. */
export const scanCases: readonly MakeCase[] = [...recurrences, ...captured, ...partlyUsed, ...products];
