import type koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import { findOrtLibrary, PINNED_VERSION } from './ortLibrary.js';
import { ORT_API_VERSION, ortTable, type OrtFunctionName } from './ortTable.js';

/** A native address; null is the null pointer. */
export type Pointer = bigint;
type Argument = bigint | number | string | null;
type NativeFunction = {
  (...values: Argument[]): Pointer | null;
  async(...values: [...Argument[], (error: Error | null, result: Pointer | null) => void]): void;
};

/** GraphOptimizationLevel ORT_ENABLE_ALL, OrtLoggingLevel FATAL, OrtAllocatorType arena, OrtMemType default. */
export const ENABLE_ALL = 99;
const LOG_FATAL = 4;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;
/** ORT runs kernels on the calling thread: koffi's 128 KiB are too small a stack for them. */
export const STACK_BYTES = 8 << 20;

/** ONNX Runtime's C API, called through koffi. One for the life of the process: see `ortApi`. */
export class OrtApi {
  readonly environment: Pointer;
  /** Says "ordinary memory" about the arrays that callers pass. */
  readonly memoryInfo: Pointer;
  private readonly allocator: Pointer;
  /** Where functions put the pointer or number that they give back. */
  private readonly slot = new BigUint64Array(1);
  private readonly slotAddress: Pointer;
  private readonly underWay = new Set<unknown>();

  private constructor(
    /** The handle is kept because koffi unloads a library whose handle is collected. */
    private readonly library: { koffi: typeof koffi; handle: LibraryHandle },
    readonly functions: Record<OrtFunctionName, NativeFunction>,
    readonly version: string,
  ) {
    this.slotAddress = library.koffi.address(this.slot);
    this.environment = this.create('CreateEnv', LOG_FATAL, 'heddle');
    this.do('DisableTelemetryEvents', this.environment);
    this.memoryInfo = this.create('CreateCpuMemoryInfo', ARENA_ALLOCATOR, DEFAULT_MEMORY);
    this.allocator = this.create('GetAllocatorWithDefaultOptions');
    // One arena for all sessions (`session.use_env_allocators`): training and evaluation programs take turns in it.
    // Null: ORT's defaults. Growing by what is asked for instead of by doubling saves nothing without memory patterns.
    this.do('CreateAndRegisterAllocator', this.environment, this.memoryInfo, null);
  }

  /** @throws Error when koffi or the library does not load, or the library is not the pinned version. */
  static async load(): Promise<OrtApi> {
    const { default: koffi } = await import('koffi');
    koffi.config({ ...koffi.config(), sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });
    const handle = koffi.load(findOrtLibrary().file);
    const base = handle.func('OrtGetApiBase', 'void *', [])() as Pointer;
    const [getApi, getVersion] = new BigUint64Array(koffi.view(base, 16));
    const version = koffi.call(getVersion, koffi.proto('str', [])) as string;
    if (version !== PINNED_VERSION)
      throw new Error(`The C API is known for ${PINNED_VERSION}, not ${version}`);
    const table = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), ORT_API_VERSION) as Pointer | null;
    if (!table)
      throw new Error(`ONNX Runtime ${version} does not offer version ${ORT_API_VERSION} of its API`);
    const positions = Math.max(...Object.values(ortTable).map(([position]) => position)) + 1;
    const addresses = new BigUint64Array(koffi.view(table, positions * 8));
    const functions = Object.fromEntries(
      Object.entries(ortTable).map(([name, [position, result, parameters]]) => {
        const type = koffi.proto(result, [...parameters]);
        return [name, koffi.decode(addresses[position], type) as NativeFunction];
      }),
    ) as Record<OrtFunctionName, NativeFunction>;
    return new OrtApi({ koffi, handle }, functions, version);
  }

  /** Calls a function that gives back a status. @throws Error with the runtime's message. */
  do(name: OrtFunctionName, ...values: Argument[]): void {
    this.check(this.functions[name](...values));
  }

  /** Calls a function whose last parameter says where to put its result, and returns that. */
  create(name: OrtFunctionName, ...values: Argument[]): Pointer {
    this.do(name, ...values, this.slotAddress);
    return this.slot[0]!;
  }

  /**
   * Like `do`, on another thread. `inUse` is what the addresses among the values lie in: it is kept from the garbage
   * collector until the call has ended.
   */
  doAsync(name: OrtFunctionName, values: Argument[], inUse: unknown): Promise<void> {
    const call = { inUse };
    this.underWay.add(call);
    return new Promise((resolve, reject) => {
      this.functions[name].async(...values, (error, status) => {
        this.underWay.delete(call);
        try {
          if (error) throw error;
          this.check(status);
          resolve();
        } catch (failure) {
          reject(failure as Error);
        }
      });
    });
  }

  release(name: Extract<OrtFunctionName, `Release${string}`>, pointer: Pointer): void {
    this.functions[name](pointer);
  }

  /** A text that ORT allocated. */
  takeText(pointer: Pointer): string {
    const text = this.library.koffi.decode.string(pointer);
    this.do('AllocatorFree', this.allocator, pointer);
    return text;
  }

  /** The name that `SessionGetInputName` or `SessionGetOutputName` gives for an index. */
  nameOf(name: 'SessionGetInputName' | 'SessionGetOutputName', session: Pointer, index: number): string {
    return this.takeText(this.create(name, session, index, this.allocator));
  }

  /**
   * Where an array's bytes are. It is the address for as long as the array lives: asking for it moves a small array's
   * bytes off JavaScript's heap, where the garbage collector would move them.
   */
  addressOf(array: ArrayBufferView): Pointer {
    return this.library.koffi.address(array);
  }

  /** Native memory as bytes; valid only until its owner is released. */
  bytesAt(pointer: Pointer, length: number): ArrayBuffer {
    return this.library.koffi.view(pointer, length);
  }

  private check(status: Pointer | null): void {
    if (status === null) return;
    const message = this.functions.GetErrorMessage(status) as unknown as string;
    this.functions.ReleaseStatus(status);
    throw new Error(message);
  }
}

let loading: Promise<OrtApi> | undefined;

/** The process's one C API; loaded at the first call. */
export function ortApi(): Promise<OrtApi> {
  return (loading ??= OrtApi.load());
}
