import { nodeProcess } from '@secateur/backend/kernels';

/** Where WebGPU is, or why it is nowhere. */
export type GpuSearch =
  | {
      readonly gpu: GPU;
      /** Puts WebGPU where TensorFlow.js looks for it; nothing to do in a browser. */
      install(): void;
    }
  | { readonly reason: string; readonly fix: string };

/** What the npm package `webgpu` exports. */
interface DawnPackage {
  create(flags: string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

let dawn: Promise<GpuSearch> | undefined;

/** Finds the WebGPU of this engine or, in Node, that of the npm package `webgpu` (Dawn). */
export async function findGpu(): Promise<GpuSearch> {
  const navigator = globalThis.navigator as (Navigator & { gpu?: GPU }) | undefined;
  const gpu = navigator?.gpu;
  if (gpu !== undefined) return { gpu, install: () => undefined };
  if (nodeProcess() !== undefined) return (dawn ??= findDawn());
  if ((globalThis as { isSecureContext?: boolean }).isSecureContext === false) {
    return {
      reason: 'browsers have WebGPU only on secure pages, and this one is not',
      fix: 'serve the page over https, or from localhost',
    };
  }
  return {
    reason: 'this browser has no WebGPU',
    fix: 'use a current Chrome, Edge, Firefox or Safari, and see that WebGPU is not switched off',
  };
}

async function findDawn(): Promise<GpuSearch> {
  // A variable keeps bundlers from resolving a package that only Node needs.
  const name = 'webgpu';
  let loaded: DawnPackage;
  try {
    loaded = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as DawnPackage;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return /cannot find (package|module) '?webgpu\b|failed to load url webgpu\b/i.test(message)
      ? {
          reason: 'Node has no WebGPU, and the package webgpu is not installed',
          fix: 'npm install webgpu@0.6.2',
        }
      : {
          reason: `the package webgpu does not load: ${message}`,
          fix: 'npm install webgpu@0.6.2 (it needs a C++ library as new as Debian 12\u2019s)',
        };
  }
  const gpu = loaded.create([]);
  return {
    gpu,
    install() {
      for (const [key, value] of Object.entries(loaded.globals)) {
        Object.defineProperty(globalThis, key, { value, configurable: true, writable: true });
      }
      // Node 20 has no navigator; later ones have one without WebGPU.
      if ((globalThis.navigator as Navigator | undefined) === undefined) {
        Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
      }
      Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
    },
  };
}
