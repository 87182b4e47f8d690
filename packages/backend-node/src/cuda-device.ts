import { existsSync } from 'node:fs';
import type { Availability } from '@secateur/backend/kernels';

/** Whether the environment asks for the package for CUDA on its CPU device, as our tests do. */
export const onCpuByWish = (): boolean => process.env['SECATEUR_NODE_GPU'] === 'cpu';

/** Why CUDA cannot run on a system, as far as files tell; undefined when nothing speaks against it, as on Windows. */
export function missingDevice(
  platform: NodeJS.Platform = process.platform,
  exists: (file: string) => boolean = existsSync,
): Availability | undefined {
  if (onCpuByWish()) return undefined;
  if (platform === 'darwin') {
    return {
      available: false,
      reason: 'there is no CUDA on macOS',
      fix: 'use the backend webgpu, which takes Metal, or node',
    };
  }
  // Windows' Linux has its device under another name.
  if (platform !== 'linux' || exists('/dev/nvidiactl') || exists('/dev/dxg')) return undefined;
  return {
    available: false,
    reason: 'there is no NVIDIA device here (/dev/nvidiactl)',
    fix: 'install the NVIDIA driver, or use the backend node',
  };
}
