// How kernels cut their work. What is best differs from GPU to GPU, so the numbers are chosen by the class of the adapter.
import type { GpuBackend } from './gpu-backend.ts';

/** How the work of a kernel is cut into workgroups. */
export interface Tuning {
  /** Invocations of a workgroup, a power of two. */
  readonly lanes: number;
  /**
   * Columns of a recurrent product that a workgroup computes, a power of two and at most `lanes`. The lanes that share a column add
   * up a part of the inner dimension each.
   */
  readonly columns: number;
  /** The most rows of a recurrent product that a workgroup computes; at most `lanes / columns`, since each lane ends with one. */
  readonly rows: number;
  /** Rows that one lane adds up in a sum down columns. */
  readonly stretch: number;
}

/** What fits every WebGPU device. */
export const usual: Tuning = { lanes: 128, columns: 32, rows: 4, stretch: 64 };

/** Adapters that are expected to like the same. */
export type AdapterClass = 'nvidia' | 'amd' | 'intel' | 'apple' | 'software' | 'other';

/** What was measured to be better than {@link usual}; docs/results/webgpu.md says where. So far nothing was. */
const measured: Partial<Record<AdapterClass, Partial<Tuning>>> = {};

/** The class of an adapter. */
export function adapterClass({
  vendor,
  architecture,
}: Pick<GPUAdapterInfo, 'vendor' | 'architecture'>): AdapterClass {
  if (/swiftshader|llvmpipe|lavapipe/i.test(architecture)) return 'software';
  const known = /nvidia|amd|intel|apple/i.exec(vendor)?.[0].toLowerCase();
  return (known as AdapterClass | undefined) ?? 'other';
}

const tunings = new WeakMap<GpuBackend, Tuning>();

/** How a backend cuts its work. */
export function tuningOf(backend: GpuBackend): Tuning {
  let tuning = tunings.get(backend);
  if (tuning === undefined) {
    const info = backend.device.adapterInfo as GPUAdapterInfo | undefined;
    tuning = { ...usual, ...(info && measured[adapterClass(info)]) };
    tunings.set(backend, tuning);
  }
  return tuning;
}

/** Has a backend cut its work in another way from now on, to find out which is the fastest. */
export function setTuning(backend: GpuBackend, tuning: Partial<Tuning>): void {
  tunings.set(backend, { ...tuningOf(backend), ...tuning });
}
