import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import { adapterName, findAdapter, isSoftware } from './adapter.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { failureOf, guard } from './guard.ts';

/** What `features` tells of a started backend. */
interface DeviceFeatures {
  /** What the adapter calls itself. */
  readonly adapter: string;
  /** `yes` when it computes on the CPU, `unknown` when another program started the device. */
  readonly software: 'yes' | 'no' | 'unknown';
}

const features = new WeakMap<GpuBackend, DeviceFeatures>();

/** The started backend, if TensorFlow.js has one that still works. */
function working(): GpuBackend | undefined {
  const { webgpu } = engine().registry as unknown as { webgpu?: GpuBackend };
  return webgpu === undefined || failureOf(webgpu) !== undefined ? undefined : webgpu;
}

/**
 * Registers TensorFlow.js's WebGPU backend over a device of our own, so that why there is none can be told, and errors be
 * heard from the first on. A backend that works already stays.
 */
export async function prepareBackend(): Promise<void> {
  const running = working();
  if (running !== undefined) {
    guard(running);
    return;
  }
  const search = await findAdapter();
  if (!('adapter' in search)) {
    throw new BackendError(
      `useBackend webgpu: expected an adapter, found: ${search.reason}; ${search.fix}.`,
      { code: 'unavailable' },
    );
  }
  search.install();
  // It looks for navigator.gpu when it is loaded, so not before.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { adapter } = search;
  const device = await adapter.requestDevice(descriptorFor(adapter));
  const backend = new WebGPUBackend(device as never, adapter.info as never);
  const internals = backend as unknown as GpuBackend;
  guard(internals);
  features.set(internals, {
    adapter: adapterName(adapter),
    software: isSoftware(adapter) ? 'yes' : 'no',
  });
  if (engine().registryFactory['webgpu'] !== undefined) removeBackend('webgpu');
  registerBackend('webgpu', () => backend, 3);
}

/** Asks for what TensorFlow.js asks for, all of it as the adapter has it. */
function descriptorFor({ features, limits }: GPUAdapter): GPUDeviceDescriptor {
  const wanted: GPUFeatureName[] = ['timestamp-query', 'bgra8unorm-storage'];
  const names = [
    'maxComputeWorkgroupStorageSize',
    'maxComputeWorkgroupsPerDimension',
    'maxStorageBufferBindingSize',
    // More than the eight of every device let kernels bind what they would else copy together first.
    'maxStorageBuffersPerShaderStage',
    'maxBufferSize',
    'maxComputeWorkgroupSizeX',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  return {
    requiredFeatures: wanted.filter((name) => features.has(name)),
    requiredLimits: Object.fromEntries(names.map((name) => [name, limits[name]])),
  };
}

/** The adapter behind a backend and those of the device's limits that decide what fits. */
export function featuresOf(backend: GpuBackend): Record<string, string | number> {
  const { limits } = backend.device;
  return {
    ...(features.get(backend) ?? { adapter: 'started elsewhere', software: 'unknown' }),
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
  };
}
