import { bytesOf, typedArray, type DType, type TypedArrayOf } from '../../tensor/dtype.js';

const PAGE = 65536;
/** Cache lines, and the widest vectors, so that no value straddles two. */
const ALIGNMENT = 64;
/** Address space to reserve, in pages, largest first: 4 GiB less one page is all that 32-bit WebAssembly reaches. */
const MAXIMA = [65535, 32768, 16384];
/** The first bytes are the crew's control block and the partial sums (8 bytes for every chunk that fits into 4 GiB). */
export const CONTROL_BYTES = 1024;
const RESERVED = CONTROL_BYTES + 16384 * 8;

/**
 * Arrays that both WebAssembly and native code use in place: views of one shared WebAssembly memory, whose address
 * space is reserved at the start, so that it never moves when it grows. Nothing is freed: the arrays live as long
 * as the engine. What does not fit gets an ordinary array.
 */
export class SharedMemory {
  /** Undefined where the host does not give shared memory. */
  readonly memory = reserve();
  private readonly buffers = new WeakSet<ArrayBufferLike>();
  private used = RESERVED;

  /** A zero-filled array. */
  allocate<D extends DType>(dtype: D, length: number): TypedArrayOf[D] {
    const offset = Math.ceil(this.used / ALIGNMENT) * ALIGNMENT;
    const end = offset + length * bytesOf(dtype);
    if (!this.memory || !growTo(this.memory, end)) {
      const array = typedArray(dtype, length);
      this.buffers.add(array.buffer);
      return array;
    }
    this.used = end;
    const { buffer } = this.memory;
    this.buffers.add(buffer);
    return typedArray(dtype, length, buffer, offset);
  }

  /** Whether an array, or the array that it is a part of, came from `allocate`. */
  owns(array: ArrayBufferView): boolean {
    return this.buffers.has(array.buffer);
  }

  /** Whether WebAssembly can use the array in place; its address is then its `byteOffset`. */
  isShared(array: ArrayBufferView): boolean {
    return array.buffer instanceof SharedArrayBuffer && this.owns(array);
  }
}

function reserve(): WebAssembly.Memory | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return undefined;
  for (const maximum of MAXIMA) {
    try {
      return new WebAssembly.Memory({ initial: Math.ceil(RESERVED / PAGE), maximum, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

function growTo(memory: WebAssembly.Memory, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / PAGE));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
