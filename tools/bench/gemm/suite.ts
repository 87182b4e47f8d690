import type { BenchOptions } from '../options.ts';
import { nodeContender, type ContenderSpec } from '../process/contender.ts';
import { measure } from '../process/measure.ts';
import type { Simd } from '../process/simd.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { FLOPS_PER_CYCLE, measureClock } from './clock.ts';
import type { GemmInput } from './job.ts';
import { quickSizes, sizes, type Multiplier } from './sizes.ts';
import { gemmTables } from './tables.ts';

/** Matrix products: ours and TensorFlow.js's. */
export const gemm: Suite = {
  about: 'matrix products of the sizes that LSTMs use, all transposes',
  run,
  tables: gemmTables,
};

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, threads, simd, quick, say } = options;
  const chosen = quick ? quickSizes : sizes;
  const contender = (who: Multiplier, threads: number, build?: Simd): ContenderSpec => {
    const input: GemmInput = { who, sizes: chosen.map(({ name }) => name) };
    return nodeContender(who, {
      module: 'gemm/job.ts',
      input,
      threads,
      ...(build && { simd: build }),
    });
  };
  const clock = measureClock();
  const contenders = [
    ...simd.map((build) => contender('ours', 1, build)),
    ...(threads > 1 ? [contender('ours', threads, simd.at(-1)!)] : []),
    contender('stock wasm', 1),
    contender('stock cpu', 1),
  ];
  const measured = await measure(contenders, { rounds, say });
  const facts = {
    clockGhz: Number(clock.toFixed(2)),
    peakGflops: Number((clock * FLOPS_PER_CYCLE).toFixed(1)),
  };
  return { ...measured, facts };
}
