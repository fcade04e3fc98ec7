import type { Engine, HostTensor } from '../../src/engine/engine.js';
import { createEngine } from '../../src/engine/node/createEngine.js';
import { exportGraph, type ExportOptions, type GraphInput } from '../../src/onnx/exportGraph.js';
import { typedArray, type TypedArray } from '../../src/tensor/dtype.js';
import type { Tensor } from '../../src/tensor/tensor.js';

/** Plain numbers in row-major order (bool as 0 and 1); the graph says what dtype they become. */
export interface Value {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export type Values = Readonly<Record<string, Value>>;

export interface EvaluateOptions extends ExportOptions {
  readonly threads?: number;
}

let engine: Promise<Engine> | undefined;

/** The engine of this test file, on 2 threads. */
export function testEngine(): Promise<Engine> {
  return (engine ??= createEngine({ threads: 2 }));
}

/** Plain numbers as what a graph's input takes. */
export function hostTensor({ name, dtype }: GraphInput, value: Value | undefined): HostTensor {
  if (!value) throw new Error(`The test has no value for '${name}'.`);
  const data: TypedArray = typedArray(dtype, value.values.length);
  for (let i = 0; i < data.length; i++)
    data[i] = dtype === 'int64' ? BigInt(value.values[i]!) : value.values[i]!;
  return { dtype, shape: value.shape, data };
}

/** A compiled graph: values in, values out. */
export type Evaluation = (values: Values) => Promise<Record<string, { shape: number[]; values: number[] }>>;

/** Compiles the graph behind the outputs. */
export async function compile(
  outputs: Readonly<Record<string, Tensor>>,
  { threads, ...options }: EvaluateOptions = {},
): Promise<Evaluation> {
  const graph = exportGraph(outputs, options);
  const program = await (await testEngine()).compile(graph.bytes, { threads });
  return async (values) => {
    const feeds = graph.inputs.map((input) => [input.name, hostTensor(input, values[input.name])] as const);
    const results = await program.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { shape, data }]) => [
        name,
        { shape: [...shape], values: Array.from(data as ArrayLike<number | bigint>, Number) },
      ]),
    );
  };
}

/** Compiles and runs a graph once. */
export async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  values: Values,
  options: EvaluateOptions = {},
): Promise<Record<string, { shape: number[]; values: number[] }>> {
  return (await compile(outputs, options))(values);
}
