import type { HostTensor } from '../engine.js';
import { feedsFor, targetsFor, type Port } from './checkTensors.js';
import { dtypeOfOnnx } from './elementTypes.js';
import { Queue, sessionSettings, type Executor, type ExecutorProgram, type IsPermanent } from './executor.js';
import { ortApi, ENABLE_ALL, type OrtApi, type Pointer } from './ortApi.js';
import { OrtValues } from './ortValues.js';

/**
 * The executor that calls ONNX Runtime's C API: inputs and given outputs are used in place, and a run happens on a
 * thread of its own, so that the event loop stays alive.
 */
export async function createCApiExecutor(isPermanent: IsPermanent): Promise<Executor> {
  const api = await ortApi();
  const values = new OrtValues(api, isPermanent);
  return {
    name: 'c-api',
    version: api.version,
    async compile(model, threads) {
      const session = await createSession(api, model, threads);
      try {
        return new CApiProgram(api, values, session);
      } catch (error) {
        api.release('ReleaseSession', session);
        throw error;
      }
    },
  };
}

async function createSession(api: OrtApi, model: Uint8Array, threads: number): Promise<Pointer> {
  const options = api.create('CreateSessionOptions');
  try {
    api.do('SetSessionGraphOptimizationLevel', options, ENABLE_ALL);
    api.do('SetIntraOpNumThreads', options, threads);
    api.do('SetInterOpNumThreads', options, 1);
    // A pattern is kept for every shape that comes by: without them a fifth less memory, at the same speed.
    api.do('DisableMemPattern', options);
    api.do('AddSessionConfigEntry', options, 'session.use_env_allocators', '1');
    for (const [key, value] of Object.entries(sessionSettings)) {
      api.do('AddSessionConfigEntry', options, key, value);
    }
    // A copy of one's own stays where it is while another thread reads it.
    const bytes = new Uint8Array(model);
    const session = new BigUint64Array(1);
    await api.doAsync(
      'CreateSessionFromArray',
      [api.environment, api.addressOf(bytes), bytes.length, options, api.addressOf(session)],
      [bytes, session],
    );
    return session[0]!;
  } finally {
    api.release('ReleaseSessionOptions', options);
  }
}

class CApiProgram implements ExecutorProgram {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  private readonly inputs: Port[];
  private readonly outputs: Port[];
  private readonly queue = new Queue();
  /** Pointers to the names and the values, as `Run` takes them: [input names, inputs, output names, outputs]. */
  private readonly block: BigUint64Array;
  private readonly names: Uint8Array[] = [];
  private readonly addresses: [Pointer, Pointer, Pointer, Pointer];

  constructor(
    private readonly api: OrtApi,
    private readonly values: OrtValues,
    private readonly session: Pointer,
  ) {
    this.inputs = portsOf(api, session, 'Input');
    this.outputs = portsOf(api, session, 'Output');
    this.inputNames = this.inputs.map(({ name }) => name);
    this.outputNames = this.outputs.map(({ name }) => name);
    const { length: inputCount } = this.inputs;
    const { length: outputCount } = this.outputs;
    this.block = new BigUint64Array(2 * (inputCount + outputCount) + 1);
    const start = api.addressOf(this.block);
    const addressAt = (index: number) => start + BigInt(8 * index);
    this.addresses = [
      addressAt(0),
      addressAt(inputCount),
      addressAt(2 * inputCount),
      addressAt(2 * inputCount + outputCount),
    ];
    this.block.set(this.inputNames.map((name) => this.nameAddress(name)));
    this.block.set(
      this.outputNames.map((name) => this.nameAddress(name)),
      2 * inputCount,
    );
  }

  run(
    feeds: Readonly<Record<string, HostTensor>>,
    into: Readonly<Record<string, HostTensor>> = {},
  ): Promise<Record<string, HostTensor>> {
    return this.queue.add(() => this.runNow(feeds, into));
  }

  release(): Promise<void> {
    return this.queue.close(() => {
      this.api.release('ReleaseSession', this.session);
      return Promise.resolve();
    });
  }

  private async runNow(
    feeds: Readonly<Record<string, HostTensor>>,
    into: Readonly<Record<string, HostTensor>>,
  ): Promise<Record<string, HostTensor>> {
    const { api, values, block, inputs, outputs } = this;
    const given = feedsFor(inputs, feeds);
    const targets = targetsFor(outputs, into);
    const temporary: Pointer[] = [];
    const own: Pointer[] = [];
    const place = (index: number, tensor: HostTensor) => {
      const value = values.over(tensor);
      if (value.temporary) temporary.push(value.pointer);
      block[index] = value.pointer;
    };
    const firstOutput = 2 * inputs.length + outputs.length;
    try {
      given.forEach((tensor, index) => place(inputs.length + index, tensor));
      targets.forEach((tensor, index) => {
        if (tensor) place(firstOutput + index, tensor);
        else block[firstOutput + index] = 0n;
      });
      const [inputNames, inputValues, outputNames, outputValues] = this.addresses;
      await api.doAsync(
        'Run',
        [
          ...[this.session, null, inputNames, inputValues, inputs.length],
          ...[outputNames, outputs.length, outputValues],
        ],
        [this, given, targets],
      );
      targets.forEach((tensor, index) => {
        if (!tensor) own.push(block[firstOutput + index]!);
      });
      const results: Record<string, HostTensor> = {};
      let next = 0;
      targets.forEach((tensor, index) => {
        const { name, dtype } = outputs[index]!;
        results[name] = tensor ?? values.read(own[next++]!, dtype);
      });
      return results;
    } finally {
      for (const pointer of temporary) values.release(pointer);
      for (const pointer of own) values.release(pointer);
    }
  }

  private nameAddress(name: string): Pointer {
    const bytes = new TextEncoder().encode(`${name}\0`);
    this.names.push(bytes);
    return this.api.addressOf(bytes);
  }
}

function portsOf(api: OrtApi, session: Pointer, kind: 'Input' | 'Output'): Port[] {
  const count = Number(api.create(`SessionGet${kind}Count`, session));
  return Array.from({ length: count }, (_, index) => {
    const name = api.nameOf(`SessionGet${kind}Name`, session, index);
    const type = api.create(`SessionGet${kind}TypeInfo`, session, index);
    const tensorType = api.create('CastTypeInfoToTensorInfo', type);
    if (tensorType === 0n) throw new Error(`'${name}' is not a tensor.`);
    const element = api.create('GetTensorElementType', tensorType);
    api.release('ReleaseTypeInfo', type);
    return { name, dtype: dtypeOfOnnx(Number(element & 0xffffffffn)) };
  });
}
