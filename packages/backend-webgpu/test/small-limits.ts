import { running } from './describe-webgpu.ts';

/** Has the started backend's device claim smaller limits than it has; the result takes that back. */
export function limitDevice(limits: Readonly<Record<string, number>>): () => void {
  const backend = running() as { device: GPUDevice };
  const { device } = backend;
  const smaller = new Proxy(device.limits, {
    get: (real, name) => limits[name as string] ?? Reflect.get(real, name, real),
  });
  backend.device = new Proxy(device, {
    get(real, name) {
      if (name === 'limits') return smaller;
      const value: unknown = Reflect.get(real, name, real);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });
  return () => {
    backend.device = device;
  };
}

/** Runs `body` while the started backend's device claims to have smaller limits than it has. */
export async function withLimits<T>(
  limits: Readonly<Record<string, number>>,
  body: () => Promise<T> | T,
): Promise<T> {
  const restore = limitDevice(limits);
  try {
    return await body();
  } finally {
    restore();
  }
}
