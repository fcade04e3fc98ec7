import type { DType, TypedArray } from '../tensor/dtype.js';

/** A dense value in row-major order. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** A compiled graph. Any batch size and length runs without compiling again. */
export interface Program {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph. `feeds` names a value for every input. Outputs named in `into` are written into the given arrays
   * (their shapes must be exact); the others come back as new values. Returns every output by name.
   * @throws Error with the runtime's message when a feed is missing or a shape does not fit.
   */
  run(
    feeds: Readonly<Record<string, HostTensor>>,
    into?: Readonly<Record<string, HostTensor>>,
  ): Promise<Record<string, HostTensor>>;
}

export interface CompileOptions {
  /** Threads for this program; default: the engine's. */
  threads?: number;
}

/** Elementwise updates over flat arrays that came from `Engine.allocate`, at memory speed. All are deterministic whatever the number of threads. */
export interface Kernels {
  /** Σ x², accumulated in float64 over fixed blocks. */
  sumOfSquares(x: Float32Array): number;
  /**
   * One Adam(W) update in place. g = gradient · gradientScale (+ weightDecay · p when not decoupled);
   * m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; p ← p·(1 − lr·weightDecay if decoupled) − lr·m̂ / (√v̂ + ε),
   * with m̂ = m / (1−β₁^step), v̂ = v / (1−β₂^step). `step` counts from 1. Kingma & Ba 2015; Loshchilov & Hutter 2019.
   */
  adam(
    arrays: {
      parameters: Float32Array;
      gradients: Float32Array;
      firstMoment: Float32Array;
      secondMoment: Float32Array;
    },
    options: {
      gradientScale: number;
      learningRate: number;
      beta1: number;
      beta2: number;
      epsilon: number;
      weightDecay: number;
      decoupled: boolean;
      step: number;
    },
  ): void;
  /** One SGD update in place, PyTorch's form: d = g·scale + weightDecay·p; buf = momentum·buf + d (buf = d at step 1); d = nesterov ? d + momentum·buf : buf (momentum > 0); p ← p − lr·d. */
  sgd(
    arrays: { parameters: Float32Array; gradients: Float32Array; momentum?: Float32Array },
    options: {
      gradientScale: number;
      learningRate: number;
      momentum: number;
      nesterov: boolean;
      weightDecay: number;
      step: number;
    },
  ): void;
  /** target ← keep · target + add · source: sums of gradients, running averages of parameters. */
  blend(target: Float32Array, source: Float32Array, keep: number, add: number): void;
  /** out[r·width + j] = randomBits(rowKeys[r], j) ≥ threshold ? scale : 0, the bits of tensor/random.ts. */
  dropoutMask(out: Float32Array, rowKeys: Int32Array, width: number, threshold: number, scale: number): void;
}

/** What runs graphs. One interface; the executors differ in speed, not in results. */
export interface Engine {
  /** 'c-api' | 'binding' (Node). */
  readonly name: string;
  /** One line for the log: executor, runtime version, threads. */
  readonly description: string;
  /** Compiles an ONNX model; the same bytes and options give the same program (cached). @throws UserError once it is closed. */
  compile(model: Uint8Array, options?: CompileOptions): Promise<Program>;
  /** A zero-filled array that programs read and write without copies where the executor can; lives as long as the engine. */
  allocate<D extends DType>(dtype: D, length: number): import('../tensor/dtype.js').TypedArrayOf[D];
  /**
   * Tells the engine that programs will be given this array, or views of it that are kept, again and again: what it takes
   * to use them in place is made once, and goes with them. For what lives shorter than the engine. Returns the array.
   */
  adopt<A extends TypedArray>(array: A): A;
  readonly kernels: Kernels;
  /** Ends helper threads; nothing can be compiled or run afterwards. */
  close(): Promise<void>;
}
