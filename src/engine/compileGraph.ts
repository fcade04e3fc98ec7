import { exportGraph, type GraphInput } from '../onnx/exportGraph.js';
import { sameShape, showShape } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';
import type { Tensor } from '../tensor/tensor.js';
import type { CompileOptions, Engine, HostTensor } from './engine.js';
import { dimSizes, requireKnown, type Feeds } from './feeds.js';
import { explainIndexError } from './indexError.js';

/** A traced graph ready to run, with its parameters attached. */
export interface CompiledGraph {
  readonly inputs: readonly GraphInput[];
  /** The dropout masks that each run must supply. */
  readonly masks: readonly GraphInput[];
  /**
   * The sizes of the named dims in a batch, which may hold more than the graph reads.
   * @throws UserError as `run`; masks need not be there yet.
   */
  dimSizes(batch: Feeds): Readonly<Record<string, number>>;
  /** What the graph reads of a batch that may hold more. */
  pick(batch: Feeds): Feeds;
  /**
   * @param feeds a value for each input that is no parameter, and no others.
   * @param into arrays that receive outputs in place.
   * @throws UserError naming an input without a value, a value without an input, or one that does not fit: another dtype,
   * rank or size, or a named dim that differs between two values; and one that gives the ranges of the whole numbers that
   * were fed, where one of them is no index of what it picks from. Error with the runtime's message where the run fails otherwise.
   */
  run(feeds: Feeds, into?: Feeds): Promise<Record<string, HostTensor>>;
}

/**
 * Compiles the graph behind named outputs. `parameters` are read at each run: what an optimiser writes there is seen by
 * the next run without compiling again.
 * @throws UserError naming a parameter that is missing or of another shape.
 */
export async function compileGraph(
  engine: Engine,
  outputs: Readonly<Record<string, Tensor>>,
  parameters: ReadonlyMap<string, HostTensor>,
  options: CompileOptions = {},
): Promise<CompiledGraph> {
  const { bytes, inputs } = exportGraph(outputs);
  const attached = attach(inputs, parameters);
  const program = await engine.compile(bytes, options);
  const open = inputs.filter(({ kind }) => kind !== 'parameter');
  const fed = open.filter(({ kind }) => kind === 'input');
  return {
    inputs,
    masks: open.filter(({ kind }) => kind === 'mask'),
    dimSizes: (batch) => dimSizes(fed, batch),
    pick: (batch) =>
      Object.fromEntries(
        open.flatMap(({ name }) => {
          const value = batch[name];
          return value ? [[name, value]] : [];
        }),
      ),
    run: async (feeds, into) => {
      dimSizes(open, feeds);
      requireKnown(open, feeds);
      try {
        return await program.run({ ...attached, ...feeds }, into);
      } catch (error) {
        throw explainIndexError(error as Error, feeds);
      }
    },
  };
}

/** The values of a graph's parameters. */
function attach(
  inputs: readonly GraphInput[],
  parameters: ReadonlyMap<string, HostTensor>,
): Record<string, HostTensor> {
  const attached: Record<string, HostTensor> = {};
  for (const { name, kind, shape } of inputs) {
    if (kind !== 'parameter') continue;
    const value = parameters.get(name);
    if (!value)
      throw new UserError(
        `The graph reads the parameter '${name}', which is not among the given ones; give those of the same model.`,
      );
    if (!sameShape(value.shape, shape))
      throw new UserError(
        `The graph reads the parameter '${name}' as ${showShape(shape)}, but the given one is ${showShape(value.shape)}; give those of the same model.`,
      );
    attached[name] = value;
  }
  return attached;
}
