import { after, checkpoint } from '../../src/ops/checkpoint.js';
import { mul, sigmoid, square, tanh, where } from '../../src/ops/elementwise.js';
import { matmul } from '../../src/ops/matmul.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { binary, bools, normal, opCase, unary, type MakeCase } from './opCase.js';

/** Uses of what gradient checkpointing is made of. */
export const checkpointCases: Record<string, MakeCase[]> = {
  after: binary((x, anchor) => after(square(x), square(anchor)), normal, normal),
  checkpoint: [
    ...unary((x) => checkpoint((y) => square(tanh(y)), x), normal),
    // Several inputs, one of them without a gradient; a value from outside that follows from an input; one inside another.
    opCase(
      () => [
        [['batch', 3], normal],
        [[3, 3], normal],
        [['batch', 1], bools, 'bool'],
      ],
      (x, w, condition) => {
        const outside = sigmoid(x!);
        const block = (y: Tensor, weight: Tensor, chosen: Tensor) => {
          const inner = checkpoint((z) => mul(tanh(matmul(z, weight)), outside), y);
          return where(chosen, square(inner), y);
        };
        return mul(checkpoint(block, x!, w!, condition!), x!);
      },
    ),
  ],
};
