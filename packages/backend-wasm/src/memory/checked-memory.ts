import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataId, engine, type KernelBackend, memory } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import { type Heap, heapOf } from './heap.ts';

/** What a WebAssembly memory can grow to, as TensorFlow.js's module says: 4 GiB but for a page. */
const MOST = 65535 * 65536;

/**
 * Bytes that are left to TensorFlow.js's module, which takes memory inside of its kernels. Where it gets none it ends for
 * good, or leaves a result unwritten and says so on the console only.
 */
const RESERVE = 16 * 2 ** 20;

/**
 * Has a backend refuse what its memory has no room for. TensorFlow.js takes the address 0 that it gets then for a place, and
 * writes over what lies there. What a kernel had made by then is given back, so that the backend computes on as soon as
 * tensors are disposed of.
 */
export function checkMemory(backend: BackendWasm): void {
  const heap = heapOf(backend);
  if (checked.has(heap)) return;
  checked.add(heap);
  const ownerless = new OwnerlessData(backend);
  heap._malloc = (bytes) => {
    const address = roomFor(heap, bytes);
    if (address !== undefined) return address;
    const { numBytes } = memory();
    ownerless.dispose();
    throw new BackendError(
      `wasm: expected room for ${bytes} bytes, found none in a memory of ${bytesOf(heap)} bytes, ${numBytes} of them in tensors; it can have ${MOST}, so dispose of tensors, or take a smaller batch, fewer steps or a smaller model.`,
      { code: 'memory' },
    );
  };

  const write = backend.write.bind(backend);
  backend.write = (...args) => {
    const dataId = write(...args);
    ownerless.add(dataId);
    return dataId;
  };
  const move = backend.move.bind(backend);
  backend.move = (dataId, values, shape, dtype, refCount) => {
    try {
      move(dataId, values, shape, dtype, refCount);
    } catch (error) {
      if (values !== null) {
        handBack(backend, dataId, (other) => {
          other.move(dataId, values, shape, dtype, refCount);
        });
      }
      throw error;
    }
  };
}

const checked = new WeakSet<Heap>();

/** The address of `bytes` bytes beside which the reserve has room as well; undefined where there is none. */
function roomFor(heap: Heap, bytes: number): number | undefined {
  const address = take(heap, bytes);
  // Far from the end the memory grows for the module as it does for us.
  if (address === undefined || bytesOf(heap) + RESERVE <= MOST) return address;
  const reserve = take(heap, RESERVE);
  heap._free(reserve ?? address);
  return reserve === undefined ? undefined : address;
}

/**
 * Takes memory. Near 4 GiB the module's allocator adds a size to an address beyond what 32 bits hold, and gives a free block
 * that is too small; such blocks are kept until there is one that lies within the memory, or none.
 */
function take(heap: Heap, bytes: number): number | undefined {
  if (bytes > MOST) return undefined;
  const small: number[] = [];
  let address = heap.asm.malloc(bytes) >>> 0;
  while (address !== 0 && address + bytes > bytesOf(heap)) {
    small.push(address);
    address = heap.asm.malloc(bytes) >>> 0;
  }
  for (const each of small) heap._free(each);
  return address === 0 ? undefined : address;
}

function bytesOf(heap: Heap): number {
  return heap.asm.memory.buffer.byteLength;
}

/** Data that no tensor owns: what a running kernel has made so far. */
class OwnerlessData {
  private made: DataId[] = [];
  private limit = 64;
  private readonly backend: BackendWasm;

  constructor(backend: BackendWasm) {
    this.backend = backend;
  }

  /** Notes data just made. Those that got an owner are forgotten now and then. */
  add(dataId: DataId): void {
    this.made.push(dataId);
    if (this.made.length < this.limit) return;
    this.made = this.made.filter((id) => this.backend.dataIdMap.has(id) && !isOwned(id));
    this.limit = Math.max(64, 2 * this.made.length);
  }

  /** Gives their memory back, after which the kernel that made them must throw. */
  dispose(): void {
    for (const dataId of this.made) if (!isOwned(dataId)) this.backend.disposeData(dataId, true);
    this.made = [];
  }
}

function isOwned(dataId: DataId): boolean {
  return engine().state.tensorInfo.has(dataId);
}

/**
 * Gives data that TensorFlow.js was moving to `backend` to another one, as the one that had them has them no more: when they
 * are used again they are moved again.
 */
function handBack(
  backend: BackendWasm,
  dataId: DataId,
  moveTo: (other: KernelBackend) => void,
): void {
  const { registry, state } = engine();
  const info = state.tensorInfo.get(dataId);
  const other = Object.values(registry).find((each) => (each as object) !== backend);
  if (info === undefined || other === undefined) return;
  moveTo(other);
  info.backend = other;
}
