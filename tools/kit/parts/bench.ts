// Part 3: training steps and forward passes on WebGPU, on WASM with all cores, and in PyTorch where there is one, by the
// suites of `npm run bench`. Each suite is written when it ends, those that matter most come first.
import { availableParallelism } from 'node:os';
import { describeMachine } from '../../bench/machine.ts';
import type { BenchOptions } from '../../bench/options.ts';
import { simdHere } from '../../bench/process/simd.ts';
import type { BenchFile } from '../../bench/report/file.ts';
import { toText } from '../../bench/report/table.ts';
import type { SuiteResult } from '../../bench/suite.ts';
import { suites } from '../../bench/suites.ts';
import { short, writeResult } from './result.ts';

const threads = Math.min(short ? 2 : 16, availableParallelism());
const gpu = /WebGPU|CUDA/;
const options: BenchOptions = {
  rounds: short ? 1 : 5,
  threads,
  simd: [simdHere()],
  backends: ['wasm', 'webgpu'],
  models: ['small'],
  python: process.env['KIT_PYTHON'] ?? 'python3',
  slow: false,
  quick: short,
  // On the CPU with all of its cores; not what takes seconds a step.
  only: (title) =>
    gpu.test(title) ||
    (/^(ours|PyTorch),/.test(title) &&
      title.endsWith(` ${threads} thread${threads === 1 ? '' : 's'}`)),
  say: (line) => {
    console.log(line);
  },
};

/** On a software adapter a step of the small model takes longer than all of the short run may. */
const jobs: readonly (readonly [suite: string, options: BenchOptions])[] = short
  ? [['answers', options]]
  : [
      ['train', options],
      ['train', { ...options, models: ['medium'] }],
      ['infer', options],
      ['train', { ...options, models: ['large'], rounds: 3 }],
      ['highway', options],
      ['answers', options],
    ];

const results: Record<string, SuiteResult> = {};
const file: BenchFile = {
  date: new Date().toISOString(),
  command: 'build/kit/run.sh',
  machine: describeMachine(),
  rounds: options.rounds,
  threads,
  suites: results,
};
let failed = 0;
for (const [name, chosen] of jobs) {
  const before = results[name];
  try {
    const result = await suites[name]!.run(chosen);
    results[name] = {
      measurements: [...(before?.measurements ?? []), ...result.measurements],
      skipped: [...(before?.skipped ?? []), ...result.skipped],
      facts: { ...before?.facts, ...result.facts },
    };
    for (const table of suites[name]!.tables(result)) {
      if (table.title !== 'Goals') console.log(`${toText(table)}\n`);
    }
    writeResult('bench', file);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
