import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-node';
import type { DType, TypedArray } from '../../tensor/dtype.js';
import type { HostTensor } from '../engine.js';
import { feedsFor, targetsFor, type Port } from './checkTensors.js';
import { Queue, sessionSettings, type Executor, type ExecutorProgram } from './executor.js';
import { findOrtLibrary } from './ortLibrary.js';

type OrtModule = typeof import('onnxruntime-node');

/**
 * The executor over onnxruntime-node's own binding: works wherever that package does, but copies every output and blocks
 * the event loop during a run.
 */
export async function createBindingExecutor(): Promise<Executor> {
  const ort: OrtModule = await import('onnxruntime-node');
  // What fails is thrown; ORT would print it as well.
  ort.env.logLevel = 'fatal';
  return {
    name: 'binding',
    version: findOrtLibrary().version,
    async compile(model, threads) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        enableMemPattern: false,
        extra: nested(sessionSettings),
      });
      return new BindingProgram(ort, session);
    },
  };
}

/** The binding takes `session.key` as an object in an object. */
function nested(settings: Readonly<Record<string, string>>): Record<string, Record<string, string>> {
  const groups: Record<string, Record<string, string>> = {};
  for (const [path, value] of Object.entries(settings)) {
    const dot = path.indexOf('.');
    (groups[path.slice(0, dot)] ??= {})[path.slice(dot + 1)] = value;
  }
  return groups;
}

class BindingProgram implements ExecutorProgram {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  private readonly inputs: Port[];
  private readonly outputs: Port[];
  private readonly queue = new Queue();
  /** Copies of arrays in shared memory, which the binding does not take. */
  private readonly copies = new WeakMap<TypedArray, TypedArray>();

  constructor(
    private readonly ort: OrtModule,
    private readonly session: InferenceSession,
  ) {
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  run(
    feeds: Readonly<Record<string, HostTensor>>,
    into: Readonly<Record<string, HostTensor>> = {},
  ): Promise<Record<string, HostTensor>> {
    return this.queue.add(() => this.runNow(feeds, into));
  }

  release(): Promise<void> {
    return this.queue.close(() => this.session.release());
  }

  private async runNow(
    feeds: Readonly<Record<string, HostTensor>>,
    into: Readonly<Record<string, HostTensor>>,
  ): Promise<Record<string, HostTensor>> {
    const given = feedsFor(this.inputs, feeds);
    const targets = targetsFor(this.outputs, into);
    const entries = given.map((tensor, index) => [this.inputNames[index]!, this.tensorOver(tensor)] as const);
    const values = await this.session.run(Object.fromEntries(entries));
    return Object.fromEntries(
      this.outputs.map(({ name }, index) => [name, received(name, values[name]!, targets[index])]),
    );
  }

  private tensorOver({ dtype, shape, data }: HostTensor): Tensor {
    let own: TypedArray = data;
    if (!(data.buffer instanceof ArrayBuffer)) {
      own = this.copies.get(data) ?? data.slice();
      (own as Float32Array).set(data as Float32Array);
      this.copies.set(data, own);
    }
    return new this.ort.Tensor(dtype, own as Float32Array, shape);
  }
}

function portOf(metadata: InferenceSession.ValueMetadata): Port {
  if (!metadata.isTensor) throw new Error(`'${metadata.name}' is not a tensor.`);
  return { name: metadata.name, dtype: dtypeOf(metadata.name, metadata.type) };
}

function dtypeOf(name: string, type: string): DType {
  const dtypes: readonly string[] = ['float32', 'float64', 'int32', 'int64', 'bool'];
  if (!dtypes.includes(type))
    throw new Error(`'${name}' has element type ${type}, which programs do not use.`);
  return type as DType;
}

/** The output as a value of its own, or copied to where the caller wants it. */
function received(name: string, value: OnnxValue, target: HostTensor | undefined): HostTensor {
  const { type, dims, data } = value as Tensor;
  const shape = [...dims];
  if (!target) return { dtype: dtypeOf(name, type), shape, data: data as TypedArray };
  if (shape.join() !== target.shape.join()) {
    throw new Error(
      `Output '${name}' has shape [${shape.join(', ')}], but the array given for it is [${target.shape.join(', ')}].`,
    );
  }
  (target.data as Float32Array).set(data as Float32Array);
  return target;
}
