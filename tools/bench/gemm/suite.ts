import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
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
  const spec = (who: Multiplier, build: Simd, count: number): ContenderSpec => ({
    contender: who,
    ...(who === 'ours' && { simd: build }),
    threads: count,
    command: nodeCommand({
      module: 'gemm/job.ts',
      simd: build,
      threads: count,
      input: { who, sizes: chosen.map(({ name }) => name) } satisfies GemmInput,
    }),
  });
  const clock = measureClock();
  const measured = await measure(
    [
      ...simd.map((build) => spec('ours', build, 1)),
      ...(threads > 1 ? [spec('ours', simd.at(-1)!, threads)] : []),
      spec('stock wasm', 'plain', 1),
      spec('stock cpu', 'plain', 1),
    ],
    { rounds, say },
  );
  const facts = {
    clockGhz: Number(clock.toFixed(2)),
    peakGflops: Number((clock * FLOPS_PER_CYCLE).toFixed(1)),
  };
  return { ...measured, facts };
}
