import { exportGraph, type GraphInput } from '../onnx/exportGraph.js';
import type { Tensor } from '../tensor/tensor.js';
import type { CompileOptions, Engine, HostTensor } from './engine.js';

/** Values by input name; what a graph does not ask for is ignored, so a whole batch can be passed. */
export type Feeds = Readonly<Record<string, HostTensor>>;

/** A traced graph ready to run, with its parameters attached. */
export interface CompiledGraph {
  readonly inputs: readonly GraphInput[];
  /** The dropout masks that each run must supply. */
  readonly masks: readonly GraphInput[];
  /**
   * @param feeds a value for each input that is no parameter.
   * @param into arrays that receive outputs in place.
   * @throws Error naming an input without a value, or with the runtime's message.
   */
  run(feeds: Feeds, into?: Feeds): Promise<Record<string, HostTensor>>;
}

/**
 * Compiles the graph behind named outputs. `parameters` are read at each run: what an optimiser writes there is seen by
 * the next run without compiling again.
 */
export async function compileGraph(
  engine: Engine,
  outputs: Readonly<Record<string, Tensor>>,
  parameters: ReadonlyMap<string, HostTensor>,
  options: CompileOptions = {},
): Promise<CompiledGraph> {
  const graph = exportGraph(outputs);
  const program = await engine.compile(graph.bytes, options);
  const attached: Record<string, HostTensor> = {};
  const open: string[] = [];
  for (const { name, kind } of graph.inputs) {
    if (kind !== 'parameter') {
      open.push(name);
      continue;
    }
    const value = parameters.get(name);
    if (!value) throw new Error(`The graph reads the parameter '${name}', which has no value.`);
    attached[name] = value;
  }
  return {
    inputs: graph.inputs,
    masks: graph.inputs.filter((input) => input.kind === 'mask'),
    run: (feeds, into) => {
      const values = { ...attached };
      for (const name of open) {
        const value = feeds[name];
        if (!value) throw new Error(`The input '${name}' has no value.`);
        values[name] = value;
      }
      return program.run(values, into);
    },
  };
}
