import type { BackendCheck, DoctorReport } from '@secateur/backend';
import { describe, expect, test } from 'vitest';
import { doctorReport } from '../src/doctor-report.ts';
import type { FolderPackage } from '../src/folder-packages.ts';
import { version } from '../src/version.ts';

const installed = (name: string, load: () => Promise<unknown>): FolderPackage => ({
  name,
  directory: '/nowhere',
  version: '0.1.9',
  peers: {},
  load,
});
const backend = installed('@secateur/backend', () => import('@secateur/backend'));

describe('doctorReport', () => {
  test('is the report of @secateur/backend with the versions of the packages', async () => {
    const { doctor } = await import('@secateur/backend');
    const wasm = installed('@secateur/backend-wasm', () => import('@secateur/backend-wasm'));
    const { report } = await doctorReport(backend, [wasm]);
    const { backends, versions } = await doctor();
    expect(report.backends).toEqual(backends);
    expect(report.versions).toEqual({
      secateur: version,
      '@secateur/backend': '0.1.9',
      '@secateur/backend-wasm': '0.1.9',
      ...versions,
    });
  });
  test('says why a package that @secateur/backend cannot see does not load', async () => {
    const { formatDoctor } = await import('@secateur/backend');
    const module = '@secateur/backend-webgpu';
    const check: BackendCheck = {
      name: 'webgpu',
      module,
      current: false,
      available: false,
      reason: `${module} is not installed`,
      fix: 'npm install it',
    };
    const doctor = (): Promise<DoctorReport> =>
      Promise.resolve({ backends: [check], versions: { node: '20' } });
    const hiding = installed('@secateur/backend', () => Promise.resolve({ doctor, formatDoctor }));
    const broken = installed(module, () =>
      Promise.reject(new Error('Cannot find module "webgpu"\nRequire stack:\n- here')),
    );
    const { report, text } = await doctorReport(hiding, [broken]);
    const reason = `${module} does not load: Cannot find module "webgpu"`;
    expect(report.backends).toEqual([{ ...check, reason }]);
    expect(text.split('\n')[0]).toBe(`webgpu  missing  ${reason}`);
    expect((await doctorReport(hiding, [])).report.backends).toEqual([check]);
  });
});
