// Part 1: which adapter, driver and limits there are, which of them a training gets, and what else the machine has.
import { spawnSync } from 'node:child_process';
import { useBackend } from '@secateur/backend';
import { adapterClass } from '../../../packages/backend-webgpu/src/tuning.ts';
import { describeMachine } from '../../bench/machine.ts';
import { writeResult } from './result.ts';

const { features, versions } = await useBackend('webgpu');
const { gpu } = globalThis.navigator;
const adapter = (await gpu.requestAdapter({ powerPreference: 'high-performance' }))!;
const { vendor, architecture, device, description } = adapter.info;

/** The numbers among what an object inherits. */
const numbersOf = (limits: object): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name in limits) {
    const value = (limits as Record<string, unknown>)[name];
    if (typeof value === 'number') counts[name] = value;
  }
  return counts;
};

/** What a program of the system prints, or nothing where it is not there. */
const printed = (program: string, ...args: string[]): string =>
  spawnSync(program, args, { encoding: 'utf8', timeout: 5000 }).stdout?.trim() ?? '';

writeResult('adapter', {
  date: new Date().toISOString(),
  machine: describeMachine(),
  adapter: { vendor, architecture, device, description, class: adapterClass(adapter.info) },
  driver: printed(
    'nvidia-smi',
    '--query-gpu=name,driver_version,memory.total',
    '--format=csv,noheader',
  ),
  features: [...adapter.features].toSorted(),
  limits: numbersOf(adapter.limits),
  taken: features,
  versions,
});
console.log(`${description || device} (${vendor} ${architecture})`);
process.exit(0);
