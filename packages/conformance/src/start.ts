import { env, getBackend, getKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { useBackend, type BackendDescription, type BackendOptions } from '@secateur/backend';
import { KERNELS, type FusedKernelName } from '@secateur/backend/kernels';
import '@secateur/backend-wasm';
import '@secateur/backend-webgpu';
import { inject } from 'vitest';
import type { Target } from './targets.ts';

/** A started target. */
export interface Started {
  /** What `useBackend` said. */
  readonly description: BackendDescription;
  /** The fused kernels that the backend brings itself; the others are composed when first asked for. */
  readonly fused: readonly FusedKernelName[];
}

/** Starts a target's backend and nothing else: what cannot start here fails. */
export async function startTarget(target: Target): Promise<Started> {
  const description = await useBackend(target.backend, optionsOf(target));
  // Else tensors of fewer than 1000 entries are computed on the CPU, and their kernels never tested.
  if (target.backend === 'webgpu') env().set('WEBGPU_CPU_FORWARD', false);
  const fused = Object.values(KERNELS).filter(
    (name) => (getKernel(name, getBackend()) as KernelConfig | undefined) !== undefined,
  );
  return { description, fused };
}

/** What a target's backend is started with. */
export function optionsOf({ threads, engine, backend }: Target): BackendOptions {
  return {
    ...(threads !== undefined && { threads }),
    ...(engine === 'chromium' && backend === 'wasm' && { binaries: inject('binaries') }),
  };
}
