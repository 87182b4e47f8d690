import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem, type as systemName, release } from 'node:os';
import { simdOfEngine } from './process/simd.ts';

/** What a measurement was taken on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Builds of our kernels that this engine can run. */
  readonly simd: readonly string[];
  /** Versions of what was measured. */
  readonly packages: Readonly<Record<string, string>>;
}

const measuredPackages = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-cpu',
  'onnxruntime-node',
  'onnxruntime-web',
];

/** Describes this machine, its engine and the packages that the suites use. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGib: Number((totalmem() / 2 ** 30).toFixed(1)),
    system: `${systemName()} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    simd: simdOfEngine(),
    packages: Object.fromEntries(measuredPackages.map((name) => [name, versionOf(name)])),
  };
}

/** Not every package lets its package.json be imported, so the file is looked for where packages lie. */
function versionOf(name: string): string {
  const { paths } = createRequire(import.meta.url).resolve;
  for (const folder of paths(name) ?? []) {
    try {
      const text = readFileSync(`${folder}/${name}/package.json`, 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return 'not installed';
}
