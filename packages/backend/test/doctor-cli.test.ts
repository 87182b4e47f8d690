import type { DoctorReport } from '@secateur/backend';
import { describe, expect, test } from 'vitest';
import { runDoctor } from '../src/doctor-cli.ts';

const report = (available: boolean): (() => Promise<DoctorReport>) => {
  const backend = { module: '@secateur/backend', current: false, reason: 'here or not' };
  return () =>
    Promise.resolve({
      backends: [
        { ...backend, name: 'webgpu', available: false, fix: 'npm install something' },
        { ...backend, name: 'cpu', available },
      ],
      versions: { node: '20' },
    });
};

describe('runDoctor', () => {
  test('prints the report and what auto would try, and succeeds when a backend can run', async () => {
    const { text, code } = await runDoctor([], report(true));
    expect(code).toBe(0);
    expect(text.split('\n')).toEqual([
      'webgpu  missing  here or not',
      '                 fix: npm install something',
      'cpu     ready    here or not',
      '',
      'node 20',
      '',
      "useBackend('auto') tries cpu first.",
    ]);
  });
  test('fails when none can', async () => {
    const { text, code } = await runDoctor([], report(false));
    expect([text.split('\n').at(-1), code]).toEqual(['No backend can run here.', 1]);
  });
  test('--json is the report', async () => {
    const { text, code } = await runDoctor(['--json'], report(true));
    expect(JSON.parse(text)).toEqual(await report(true)());
    expect(code).toBe(0);
  });
  test('--help looks at nothing', async () => {
    const { text, code } = await runDoctor(['--help'], () => Promise.reject(new Error('looked')));
    expect(text).toMatch(/^secateur-doctor \[--json\] \[--help\]\n/);
    expect(code).toBe(0);
  });
  test('refuses what it does not know', async () => {
    expect(await runDoctor(['--jsn'])).toEqual({
      text: 'secateur-doctor: expected --json or --help, found "--jsn"; leave it out.',
      code: 2,
    });
  });
  test('looks at the real backends when nobody says otherwise', async () => {
    const { text, code } = await runDoctor(['--json']);
    const { backends } = JSON.parse(text) as DoctorReport;
    expect(backends.map(({ name }) => name)).toEqual(['webgpu', 'node-gpu', 'node', 'wasm', 'cpu']);
    expect(code).toBe(0);
  });
});
