import type { AnyBackend } from '../backend.ts';
import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from './contender.ts';
import { measure } from './measure.ts';
import { largestDifference } from './same-outputs.ts';
import type { Simd } from './simd.ts';
import type { SuiteResult } from '../suite.ts';

/** Names of the contenders of {@link measureOurs}. */
export const [OURS, NATIVE, COMPOSED] = [
  'ours',
  'ours, native TensorFlow',
  'composed, stock wasm kernels',
] as const;

/** What {@link measureOurs} runs. */
export interface OurJob {
  /** Name of the suite. */
  readonly suite: string;
  /** The module of the job, relative to `tools/bench`; its input has these fields and the `backend`. */
  readonly module: string;
  readonly input: object;
}

/**
 * Times one network on our WASM backend in every build, on native TensorFlow, and on the stock WASM kernels, on which each
 * cell is written out in operations; all must give the same outputs first.
 */
export async function measureOurs(
  { suite, module, input }: OurJob,
  { rounds, threads, simd, backends, say }: BenchOptions,
): Promise<SuiteResult> {
  const contender = (
    name: string,
    backend: AnyBackend,
    build: Simd,
    count: number,
  ): ContenderSpec => ({
    contender: name,
    ...(backend === 'ours' && { simd: build }),
    threads: count,
    command: nodeCommand({ module, simd: build, threads: count, input: { ...input, backend } }),
  });
  const counts = threads > 1 ? [1, threads] : [1];
  let largest = 0;
  const measured = await measure(
    [
      ...(backends.includes('wasm') ? counts : []).flatMap((count) =>
        (count === 1 ? simd : simd.slice(-1)).map((build) => contender(OURS, 'ours', build, count)),
      ),
      ...(backends.includes('node') ? counts : []).map((count) =>
        contender(NATIVE, 'native', 'plain', count),
      ),
      contender(COMPOSED, 'stock', 'plain', 1),
    ],
    {
      rounds,
      say,
      check: (running) => {
        largest = largestDifference(suite, running);
      },
    },
  );
  return { ...measured, facts: { largestDifference: largest } };
}
