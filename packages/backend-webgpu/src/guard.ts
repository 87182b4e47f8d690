// A GPU reports its errors late and to nobody: a lost device computes nothing, a refused command leaves in its output what
// the memory held before, and no call throws. So every kernel and every read of a guarded backend asks first.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import { type GpuBackend, sizeOf } from './gpu-backend.ts';

const STORAGE = 0x80; // GPUBufferUsage.STORAGE

const failures = new WeakMap<GpuBackend, BackendError>();
const guarded = new WeakSet<GpuBackend>();

/** What went wrong on a backend's device; undefined as long as its results can be trusted. */
export function failureOf(backend: GpuBackend): BackendError | undefined {
  return failures.get(backend);
}

/**
 * Makes a backend throw a {@link BackendError} at its next kernel or read once its device is lost or has refused a
 * command, and when a tensor does not fit the device's limits or a kernel would bind an empty one.
 */
export function guard(backend: GpuBackend): void {
  if (guarded.has(backend)) return;
  guarded.add(backend);
  const { device } = backend;
  const fail = (error: BackendError): void => {
    // The first error has the cause; what follows are its consequences. But nothing is as bad as a loss.
    if (failures.get(backend)?.code === 'device-lost') return;
    if (error.code === 'device-lost' || !failures.has(backend)) failures.set(backend, error);
  };
  const lost = device.lost.then(({ reason, message }) => {
    fail(lostError(reason, message));
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    fail(deviceError(error));
  });
  const check = (): void => {
    const failure = failures.get(backend);
    if (failure !== undefined) throw failure;
  };

  const { runWebGPUProgram, read, readSync, uploadToGPU, bufferManager } = backend;
  const { acquireBuffer } = bufferManager;
  backend.runWebGPUProgram = function (program, inputs, dtype, uniforms, output) {
    check();
    checkEmpty(program as StockProgram, inputs);
    return runWebGPUProgram.call(backend, program, inputs, dtype, uniforms, output);
  };
  backend.uploadToGPU = (dataId) => {
    check();
    uploadToGPU.call(backend, dataId);
  };
  backend.read = async (dataId) => {
    check();
    let values: unknown;
    try {
      values = await read.call(backend, dataId);
    } catch (cause) {
      // A read that fails because the device has just been lost can be ahead of the news of it.
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, 100))]);
      check();
      throw cause;
    }
    check();
    return values;
  };
  backend.readSync = (dataId) => {
    check();
    checkSyncRead(backend, dataId);
    return readSync.call(backend, dataId);
  };
  bufferManager.acquireBuffer = (size, usage, mapped, reuse) => {
    checkSize(size, usage, backend.device.limits);
    return acquireBuffer.call(bufferManager, size, usage, mapped, reuse);
  };
}

function lostError(reason: string, message: string): BackendError {
  const detail = message === '' ? reason : `${reason}: ${message}`;
  return new BackendError(
    `useBackend webgpu: expected a working GPU device, found that it was lost (${detail.trim()}), with all tensors on it; call useBackend('webgpu') again and restart from the last checkpoint.`,
    { code: 'device-lost' },
  );
}

function deviceError(error: GPUError): BackendError {
  return new BackendError(
    `useBackend webgpu: expected the GPU device to take every command, found: ${error.message.trim()}; results since then cannot be trusted, so call useBackend('webgpu') again and restart from the last checkpoint.`,
    { code: 'device-error', cause: error },
  );
}

interface StockProgram {
  readonly outputShape: readonly number[];
  readonly variableNames: readonly string[];
}

/** Where nothing is read but something written, a stock kernel would bind an empty buffer, which the device refuses. */
function checkEmpty(program: StockProgram, inputs: readonly TensorInfo[]): void {
  const empty = inputs.findIndex((input) => sizeOf(input) === 0);
  if (empty < 0 || sizeOf({ shape: program.outputShape }) === 0) return;
  throw new BackendError(
    `webgpu: expected tensors with entries, found ${program.variableNames[empty] ?? 'an input'} of shape [${inputs[empty]!.shape.join(', ')}] in ${program.constructor.name}; leave out what is empty, or compute this on wasm.`,
    { code: 'unsupported' },
  );
}

function checkSyncRead(backend: GpuBackend, dataId: object): void {
  const { values } = backend.tensorMap.get(dataId);
  if ((values !== null && values !== undefined) || 'OffscreenCanvas' in globalThis) return;
  throw new BackendError(
    'webgpu: expected an asynchronous read, found dataSync or arraySync outside a browser; use await tensor.data().',
    { code: 'unsupported' },
  );
}

function checkSize(size: number, usage: number, limits: GPUSupportedLimits): void {
  const bound = (usage & STORAGE) !== 0;
  const most = bound
    ? Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize)
    : limits.maxBufferSize;
  if (size <= most) return;
  const name =
    bound && limits.maxStorageBufferBindingSize <= limits.maxBufferSize
      ? 'maxStorageBufferBindingSize'
      : 'maxBufferSize';
  throw new BackendError(
    `webgpu: expected tensors of at most ${most} bytes, the adapter's ${name}, found one of ${size}; take a smaller batch, fewer steps or a smaller vocabulary, or another backend.`,
    { code: 'memory' },
  );
}
