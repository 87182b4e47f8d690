import type { AnyBackend } from '../backend.ts';
import type { BenchOptions } from '../options.ts';
import { nodeContender, type ContenderSpec, type Running } from '../process/contender.ts';
import { measure, titleOf } from '../process/measure.ts';
import type { Simd } from '../process/simd.ts';
import type { SuiteResult } from '../suite.ts';

/** Names of our contenders. */
export const [OURS, NATIVE, WEBGPU] = ['ours', 'ours, native TensorFlow', 'ours, WebGPU'] as const;
const CPU = 'ours, plain JavaScript';

/** The name of the same cells written out in operations. */
export const COMPOSED = 'composed, stock wasm kernels';

/** Names of the other runtimes. */
export const [STOCK, ORT_WEB] = ['tf.layers, stock wasm', 'onnxruntime-web'] as const;

/** One and all threads. */
export const threadCounts = (threads: number): number[] => (threads > 1 ? [1, threads] : [1]);

/**
 * Our fast backends as contenders, those that are asked for: WASM in every build, with all threads in some of them, and native
 * TensorFlow. `input` is what the module of the job is told beside its `backend`.
 */
export function fastContenders(
  module: string,
  input: object,
  { threads, simd, backends }: BenchOptions,
  threaded: readonly Simd[] = simd,
): ContenderSpec[] {
  const on = (backend: AnyBackend): object => ({ ...input, backend });
  const counts = threadCounts(threads);
  const wasm = counts.flatMap((count) =>
    (count === 1 ? simd : threaded).map((build) =>
      nodeContender(OURS, { module, input: on('ours'), simd: build, threads: count }),
    ),
  );
  const native = counts.map((count) =>
    nodeContender(NATIVE, { module, input: on('native'), threads: count }),
  );
  return [...(backends.includes('wasm') ? wasm : []), ...(backends.includes('node') ? native : [])];
}

/**
 * Our backends as contenders: the fast ones, the last build of WASM alone with all threads; WebGPU and plain JavaScript, which take
 * long, without a round before and only in the paper's setting.
 */
export function ourContenders(
  module: string,
  input: object,
  options: BenchOptions,
): ContenderSpec[] {
  const { simd, backends } = options;
  const slow = (name: string, backend: AnyBackend): ContenderSpec => ({
    ...nodeContender(name, { module, input: { ...input, backend, paperOnly: true } }),
    // The pass whose outputs are compared has warmed them up.
    warmup: false,
  });
  return [
    ...fastContenders(module, input, options, simd.slice(-1)),
    ...(backends.includes('webgpu') ? [slow(WEBGPU, 'webgpu')] : []),
    ...(backends.includes('cpu') ? [slow(CPU, 'cpu')] : []),
  ];
}

/** ONNX Runtime as contenders, each in WebAssembly and native with one thread and with all; their jobs are told which is theirs. */
export const onnxContenders = (
  module: string,
  input: object,
  { threads }: BenchOptions,
): ContenderSpec[] =>
  threadCounts(threads).flatMap((count) =>
    (
      [
        [ORT_WEB, 'web'],
        ['onnxruntime-node', 'node'],
      ] as const
    ).map(([name, runtime]) =>
      nodeContender(name, { module, input: { ...input, runtime }, threads: count }),
    ),
  );

/** The same cells written out in operations, on the stock WASM kernels. */
export const composed = (module: string, input: object): ContenderSpec =>
  nodeContender(COMPOSED, { module, input: { ...input, backend: 'stock' } });

/** Times contenders that must give the same outputs first. */
export async function measureSame(
  suite: string,
  contenders: readonly ContenderSpec[],
  { rounds, say, only }: BenchOptions,
): Promise<SuiteResult> {
  let largest = 0;
  const check = (running: readonly Running[]): void => {
    largest = largestDifference(suite, running);
  };
  const measured = await measure(contenders, { rounds, say, only, check });
  return { ...measured, facts: { largestDifference: largest } };
}

/** The largest difference that two runtimes' outputs may have. */
const TOLERANCE = 1e-4;

/**
 * Compares the outputs of everybody's forward passes with the first one's, case by case, and gives the largest difference; a fast wrong
 * answer must not be timed.
 */
function largestDifference(suite: string, running: readonly Running[]): number {
  const outputs = running.map(({ facts }) => facts['outputs'] as Record<string, number[]>);
  let largest = 0;
  for (const [name, expected] of Object.entries(outputs[0] ?? {})) {
    for (const [index, { [name]: actual }] of outputs.entries()) {
      // A slow contender may leave a case out.
      if (actual === undefined) continue;
      const difference =
        actual.length === expected.length
          ? Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))
          : Infinity;
      largest = Math.max(largest, difference);
      if (difference <= TOLERANCE) continue;
      throw new Error(
        `${suite}: expected the outputs of ${titleOf(running[index]!.spec)} for ${name} within ${TOLERANCE} of those of ${titleOf(running[0]!.spec)}, found a difference of ${difference}; one of them computes something else.`,
      );
    }
  }
  return largest;
}
