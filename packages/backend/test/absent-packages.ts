import { afterEach, beforeEach } from 'vitest';
import { knownBackends } from '../src/backend-driver.ts';
import { globalState } from '../src/global-state.ts';

/**
 * For tests of what happens where no package of WebGPU and of native TensorFlow is installed: they are installed beside this one, and a
 * test before may have started them. Afterwards all is as it was.
 */
export function withoutPackages(): void {
  const names = ['webgpu', 'node-gpu', 'node'] as const;
  const { drivers } = globalState();
  const before = names.map((name) => {
    return { name, driver: drivers.get(name), module: knownBackends[name].module };
  });

  beforeEach(() => {
    for (const name of names) {
      const module = name === 'webgpu' ? '@secateur/absent-webgpu' : '@secateur/absent-node';
      Object.assign(knownBackends[name], { module });
      drivers.delete(name);
    }
  });

  afterEach(() => {
    for (const { name, driver, module } of before) {
      Object.assign(knownBackends[name], { module });
      if (driver === undefined) drivers.delete(name);
      else drivers.set(name, driver);
    }
  });
}
