import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Linear } from './linear.js';
import { RadialBasis } from './radialBasis.js';

/** A network of radial basis functions (Broomhead & Lowe 1988): y = W φ(x) + b.  x [..., input] → y [..., output]. */
export class RadialBasisNetwork extends Module {
  readonly basis: RadialBasis;
  private readonly output: Linear;

  /** @throws UserError unless all sizes are whole numbers from 1. */
  constructor({
    inputSize,
    units,
    outputSize,
  }: {
    readonly inputSize: number;
    readonly units: number;
    readonly outputSize: number;
  }) {
    super();
    this.basis = new RadialBasis(inputSize, units);
    this.output = new Linear(units, outputSize);
  }

  forward(x: Tensor): Tensor {
    return this.output.forward(this.basis.forward(x));
  }
}
