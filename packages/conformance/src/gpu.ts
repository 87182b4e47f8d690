import { backend, getBackend } from '@tensorflow/tfjs-core';

/** What the suite uses of a WebGPU device. */
interface Device {
  readonly adapterInfo?: { readonly vendor: string; readonly architecture: string };
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  readonly lost: Promise<{ readonly message: string }>;
  destroy(): void;
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
}

/** The device of the started WebGPU backend; undefined on any other. */
function gpuDevice(): Device | undefined {
  if (getBackend() !== 'webgpu') return undefined;
  return (backend() as unknown as { readonly device: Device }).device;
}

/** Releases the started device when all is done: a process that ends with one in use may crash in the driver. */
export async function releaseDevice(): Promise<void> {
  const device = gpuDevice();
  await device?.queue.onSubmittedWorkDone();
  device?.destroy();
}

/** Vendor and architecture of the adapter, such as `google/swiftshader`; undefined where there is none. */
export function adapterName(): string | undefined {
  const info = gpuDevice()?.adapterInfo;
  return info === undefined ? undefined : `${info.vendor}/${info.architecture}`;
}

/**
 * Collects the errors of the started device and returns a function that hands them out. A shader that does not compile
 * does not throw, and what its output then holds may even be yesterday's right answer.
 */
export function watchDevice(): () => Promise<string[]> {
  const device = gpuDevice();
  const errors: string[] = [];
  device?.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
  void device?.lost.then(({ message }) => errors.push(`device lost: ${message}`));
  return async () => {
    await device?.queue.onSubmittedWorkDone();
    return errors.splice(0);
  };
}
