/** What the parent tells the child: everything it needs, so that the script imports nothing of this package. */
export interface SelfTestTask {
  koffi: string;
  library: string;
  version: string;
  apiVersion: number;
  stackBytes: number;
  table: Readonly<Record<string, readonly [number, string, readonly string[]]>>;
  /** base64: product = x [n, k] · w [k, m]; sum = product + b [m]. */
  model: string;
}

/** product = x·w and sum = product + b, opset 20; made like fixtures.ts. */
export const selfTestModel =
  'CAkSADqqAQoXCgF4CgF3Egdwcm9kdWN0IgZNYXRNdWwKFgoHcHJvZHVjdAoBYhIDc3VtIgNBZGQSAWdaFQoBeBIQCg4IARIKCgMSAW4KAxIB' +
  'a1oVCgF3EhAKDggBEgoKAxIBawoDEgFtWhAKAWISCwoJCAESBQoDEgFtYhsKB3Byb2R1Y3QSEAoOCAESCgoDEgFuCgMSAW1iFwoDc3VtEhAK' +
  'DggBEgoKAxIBbgoDEgFtQgQKABAU';

/**
 * The child's program: plain CommonJS, run by `node -e` with the task as its argument, because it has to run from
 * TypeScript sources as well as from compiled ones. It makes the calls that the executor makes, in its order:
 * version, an error, a session made and run on another thread, names and types, an output written in place into
 * shared WebAssembly memory and one that ORT allocates, a wrong shape, and the releases. It prints "passed" at the end.
 */
export const selfTestScript = `
const assert = require('node:assert');
const task = JSON.parse(process.argv[1]);
const koffi = require(task.koffi);
koffi.config({ ...koffi.config(), sync_stack_size: task.stackBytes, async_stack_size: task.stackBytes });
const library = koffi.load(task.library);
const [getApi, getVersion] = new BigUint64Array(koffi.view(library.func('OrtGetApiBase', 'void *', [])(), 16));
assert.equal(koffi.call(getVersion, koffi.proto('str', [])), task.version);
const table = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), task.apiVersion);
assert.ok(table, 'no function table');
const last = Math.max(...Object.values(task.table).map(([position]) => position));
const addresses = new BigUint64Array(koffi.view(table, 8 * (last + 1)));
const ort = {};
for (const [name, [position, result, parameters]] of Object.entries(task.table)) {
  ort[name] = koffi.decode(addresses[position], koffi.proto(result, parameters));
}

const slot = new BigUint64Array(1);
function messageOf(status) {
  if (status === null) return null;
  const message = ort.GetErrorMessage(status);
  ort.ReleaseStatus(status);
  return message;
}
function create(name, ...values) {
  slot[0] = 0n;
  assert.equal(messageOf(ort[name](...values, koffi.address(slot))), null);
  return slot[0];
}
const later = (name, ...values) =>
  new Promise((resolve, reject) =>
    ort[name].async(...values, (error, status) => (error ? reject(error) : resolve(messageOf(status)))));

async function main() {
  const environment = create('CreateEnv', 3, 'heddle');
  assert.equal(messageOf(ort.DisableTelemetryEvents(environment)), null);
  const memoryInfo = create('CreateCpuMemoryInfo', 1, 0);
  assert.equal(messageOf(ort.CreateAndRegisterAllocator(environment, memoryInfo, null)), null);
  const allocator = create('GetAllocatorWithDefaultOptions');
  const options = create('CreateSessionOptions');
  assert.equal(messageOf(ort.SetSessionGraphOptimizationLevel(options, 99)), null);
  assert.equal(messageOf(ort.SetIntraOpNumThreads(options, 2)), null);
  assert.equal(messageOf(ort.SetInterOpNumThreads(options, 1)), null);
  assert.equal(messageOf(ort.DisableMemPattern(options)), null);
  for (const key of ['session.force_spinning_stop', 'session.use_env_allocators']) {
    assert.equal(messageOf(ort.AddSessionConfigEntry(options, key, '1')), null);
  }

  const load = async (bytes) => {
    const session = new BigUint64Array(1);
    const message = await later('CreateSessionFromArray', environment, koffi.address(bytes), bytes.length, options, koffi.address(session));
    return { message, session: session[0], bytes };
  };
  assert.match((await load(Uint8Array.of(1, 2, 3, 4))).message, /protobuf/i);
  const { message, session } = await load(new Uint8Array(Buffer.from(task.model, 'base64')));
  assert.equal(message, null);
  ort.ReleaseSessionOptions(options);

  const name = (which, index) => {
    const text = create(which, session, index, allocator);
    const copy = koffi.decode.string(text);
    assert.equal(messageOf(ort.AllocatorFree(allocator, text)), null);
    return copy;
  };
  assert.equal(create('SessionGetInputCount', session), 3n);
  assert.equal(create('SessionGetOutputCount', session), 2n);
  assert.deepEqual([0, 1, 2].map((i) => name('SessionGetInputName', i)), ['x', 'w', 'b']);
  assert.deepEqual([0, 1].map((i) => name('SessionGetOutputName', i)), ['product', 'sum']);
  for (const which of ['SessionGetInputTypeInfo', 'SessionGetOutputTypeInfo']) {
    const type = create(which, session, 1);
    assert.equal(Number(create('GetTensorElementType', create('CastTypeInfoToTensorInfo', type))), 1);
    ort.ReleaseTypeInfo(type);
  }

  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65535, shared: true });
  const array = (offset, values) => {
    const view = new Float32Array(memory.buffer, offset, values.length);
    view.set(values);
    return view;
  };
  const shapeOf = new BigInt64Array(2);
  const over = (data, ...shape) => {
    shapeOf.set(shape.map(BigInt));
    return create('CreateTensorWithDataAsOrtValue', memoryInfo, koffi.address(data), data.byteLength, koffi.address(shapeOf), shape.length, 1);
  };
  const x = array(1024, [1, 2, 3, 4]);
  const w = array(2048, [1, 0, 0, 2]);
  const b = array(3072, [10, 20]);
  const sum = array(4096, [0, 0, 0, 0]);
  memory.grow(100);
  const names = ['x', 'w', 'b', 'product', 'sum'].map((text) => Buffer.from(text + '\\0'));
  const block = new BigUint64Array(10);
  const place = (index) => koffi.address(block) + BigInt(8 * index);
  names.forEach((bytes, index) => (block[index] = koffi.address(bytes)));
  const run = (...values) => {
    block.set(values, 5);
    return later('Run', session, null, place(0), place(5), 3, place(3), 2, place(8));
  };
  const inputs = [over(x, 2, 2), over(w, 2, 2), over(b, 2)];
  const target = over(sum, 2, 2);
  let ticked = false;
  setImmediate(() => (ticked = true));
  assert.equal(await run(...inputs, 0n, target), null);
  assert.deepEqual([...sum], [11, 24, 13, 28]);
  const product = block[8];
  const info = create('GetTensorTypeAndShape', product);
  assert.equal(create('GetDimensionsCount', info), 2n);
  const sizes = new BigInt64Array(2);
  assert.equal(messageOf(ort.GetDimensions(info, koffi.address(sizes), 2)), null);
  assert.deepEqual([...sizes], [2n, 2n]);
  ort.ReleaseTensorTypeAndShapeInfo(info);
  const data = new Float32Array(koffi.view(create('GetTensorMutableData', product), 16));
  assert.deepEqual([...data], [1, 4, 3, 8]);
  ort.ReleaseValue(product);

  const wrong = over(x, 4, 1);
  assert.match(await run(wrong, inputs[1], inputs[2], 0n, target), /MatMul|dimension/i);
  for (const value of [...inputs, target, wrong]) ort.ReleaseValue(value);
  ort.ReleaseSession(session);
  names.length = 0;
  await new Promise(setImmediate);
  assert.ok(ticked);
  process.stdout.write('passed');
}
main();
`;
