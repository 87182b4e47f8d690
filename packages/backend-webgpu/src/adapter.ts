import type { Availability } from '@secateur/backend/kernels';
import { findGpu } from './gpu.ts';
import { nodeProcess } from '@secateur/backend/kernels';

/** An adapter, or why there is none. */
export type AdapterSearch =
  | { readonly adapter: GPUAdapter; readonly install: () => void }
  | { readonly reason: string; readonly fix: string };

/** Where Debian's package chromium-common puts the description of SwiftShader, a Vulkan driver in software. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Asks for an adapter, a fast one where there are two; never throws. */
export async function findAdapter(): Promise<AdapterSearch> {
  const search = await findGpu();
  if (!('gpu' in search)) return search;
  try {
    const adapter = await search.gpu.requestAdapter({ powerPreference: 'high-performance' });
    return adapter === null ? noAdapter() : { adapter, install: search.install };
  } catch (error) {
    const { reason, fix } = noAdapter();
    const message = error instanceof Error ? error.message : String(error);
    return { reason: `${reason}: ${message}`, fix };
  }
}

function noAdapter(): { reason: string; fix: string } {
  if (nodeProcess() === undefined) {
    return {
      reason: 'the browser gives no GPU adapter',
      fix: 'see chrome://gpu or about:support for the reason, and update the driver of the GPU',
    };
  }
  const drivers = nodeProcess()!.env['VK_DRIVER_FILES'];
  return {
    reason: `Dawn finds no GPU driver${drivers === undefined ? '' : ` (VK_DRIVER_FILES=${drivers})`}`,
    fix: `install the driver of the GPU; without a GPU, on Debian: apt-get install chromium-common libvulkan1, then set VK_DRIVER_FILES=${swiftShader}`,
  };
}

/** What an adapter calls itself, such as `google swiftshader`. */
export function adapterName({ info }: GPUAdapter): string {
  const parts = [info.vendor, info.architecture, info.description || info.device];
  const seen = parts.filter((part, index) => part !== '' && parts.indexOf(part) === index);
  return seen.length === 0 ? 'unnamed adapter' : seen.join(' ');
}

/** Whether an adapter computes on the CPU: it says so, or it has the name of one that does. */
export function isSoftware(adapter: GPUAdapter): boolean {
  const { isFallbackAdapter } = adapter as GPUAdapter & { isFallbackAdapter?: boolean };
  return (
    adapter.info.isFallbackAdapter ||
    isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(adapterName(adapter))
  );
}

/** Looks whether there is an adapter, without starting anything. */
export async function probe(): Promise<Availability> {
  const search = await findAdapter();
  if (!('adapter' in search)) return { available: false, ...search };
  const name = adapterName(search.adapter);
  if (!isSoftware(search.adapter)) return { available: true, reason: `GPU: ${name}` };
  return {
    available: true,
    automatic: false,
    reason: `only a software adapter (${name}), slower than wasm`,
    fix: "install the driver of a GPU; useBackend('webgpu') takes the software adapter",
  };
}
