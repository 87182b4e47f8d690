import type { AnyBackend } from '../backend.ts';
import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from './contender.ts';
import { measure } from './measure.ts';
import { largestDifference } from './same-outputs.ts';
import type { Simd } from './simd.ts';
import type { SuiteResult } from '../suite.ts';

/** Names of the contenders of {@link measureOurs}. */
export const [OURS, NATIVE, WEBGPU, CPU, COMPOSED] = [
  'ours',
  'ours, native TensorFlow',
  'ours, WebGPU',
  'ours, plain JavaScript',
  'composed, stock wasm kernels',
] as const;

/**
 * Our backends as contenders, those that are asked for: WASM in every build, and native TensorFlow, each with one thread
 * and with all; WebGPU and plain JavaScript, which take long, without a round before and only in the paper's setting.
 */
export function ourContenders(
  { module, input }: Pick<OurJob, 'module' | 'input'>,
  { threads, simd, backends }: BenchOptions,
): ContenderSpec[] {
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
  const slow = (name: string, backend: AnyBackend): ContenderSpec => ({
    contender: name,
    threads: 1,
    command: nodeCommand({
      ...{ module, simd: 'plain', threads: 1 },
      input: { ...input, backend, paperOnly: true },
    }),
    // The pass whose outputs are compared has warmed them up.
    warmup: false,
  });
  const counts = threads > 1 ? [1, threads] : [1];
  return [
    ...(backends.includes('wasm') ? counts : []).flatMap((count) =>
      (count === 1 ? simd : simd.slice(-1)).map((build) => contender(OURS, 'ours', build, count)),
    ),
    ...(backends.includes('node') ? counts : []).map((count) =>
      contender(NATIVE, 'native', 'plain', count),
    ),
    ...(backends.includes('webgpu') ? [slow(WEBGPU, 'webgpu')] : []),
    ...(backends.includes('cpu') ? [slow(CPU, 'cpu')] : []),
  ];
}

/** What {@link measureOurs} runs. */
export interface OurJob {
  /** Name of the suite. */
  readonly suite: string;
  /** The module of the job, relative to `tools/bench`; its input has these fields and the `backend`. */
  readonly module: string;
  readonly input: object;
}

/**
 * Times one network on {@link ourContenders} and on the stock WASM kernels, on which each cell is written out in operations;
 * all must give the same outputs first.
 */
export async function measureOurs(job: OurJob, options: BenchOptions): Promise<SuiteResult> {
  const { suite, module, input } = job;
  const composed: ContenderSpec = {
    contender: COMPOSED,
    threads: 1,
    command: nodeCommand({
      module,
      simd: 'plain',
      threads: 1,
      input: { ...input, backend: 'stock' },
    }),
  };
  return measureSame(suite, [...ourContenders(job, options), composed], options);
}

/** Times contenders that must give the same outputs first. */
export async function measureSame(
  suite: string,
  contenders: readonly ContenderSpec[],
  { rounds, say, only }: BenchOptions,
): Promise<SuiteResult> {
  let largest = 0;
  const measured = await measure(contenders, {
    rounds,
    say,
    only,
    check: (running) => {
      largest = largestDifference(suite, running);
    },
  });
  return { ...measured, facts: { largestDifference: largest } };
}
