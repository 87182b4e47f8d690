import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec, type Running } from '../process/contender.ts';
import { measure, titleOf } from '../process/measure.ts';
import type { Simd } from '../process/simd.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { networkName, networks } from './networks.ts';
import { inferTables, NATIVE, OURS, ORT_NODE, ORT_WEB, STOCK } from './tables.ts';

/** The paper's setting: what pruning buys, and against other runtimes. */
export const infer: Suite = {
  about: 'two stacked LSTMs over 30 steps, dense and pruned, in every runtime',
  run,
  tables: inferTables,
};

/** The largest difference that two runtimes' outputs may have. */
const TOLERANCE = 1e-4;

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, threads, simd, quick, backends, say } = options;
  const chosen = (quick ? networks.slice(-1) : networks).map(networkName);
  const node = (
    contender: string,
    module: string,
    build: Simd,
    count: number,
    more?: object,
  ): ContenderSpec => ({
    contender,
    ...(contender === OURS && { simd: build }),
    threads: count,
    command: nodeCommand({
      module,
      simd: build,
      threads: count,
      input: { networks: chosen, ...more },
    }),
  });
  const counts = threads > 1 ? [1, threads] : [1];
  let largest = 0;
  const measured = await measure(
    [
      ...counts.flatMap((count) =>
        (backends.includes('wasm') ? (count === 1 ? simd : simd.slice(-1)) : []).map((build) =>
          node(OURS, 'infer/ours-job.ts', build, count),
        ),
      ),
      ...(backends.includes('node') ? counts : []).map((count) =>
        node(NATIVE, 'infer/ours-job.ts', 'plain', count, { native: true }),
      ),
      node(STOCK, 'infer/layers-job.ts', 'plain', 1),
      ...counts.flatMap((count) => [
        node(ORT_WEB, 'infer/onnx-job.ts', 'plain', count, { runtime: 'web' }),
        node(ORT_NODE, 'infer/onnx-job.ts', 'plain', count, { runtime: 'node' }),
      ]),
    ],
    {
      rounds,
      say,
      check: (running) => {
        largest = checkOutputs(running);
      },
    },
  );
  return { ...measured, facts: { largestDifference: largest } };
}

/** Compares everybody's outputs with the first one's; a fast wrong answer must not be timed. */
function checkOutputs(running: readonly Running[]): number {
  const outputs = running.map(({ facts }) => facts['outputs'] as Record<string, number[]>);
  let largest = 0;
  for (const [name, expected] of Object.entries(outputs[0] ?? {})) {
    for (const [index, { [name]: found = [] }] of outputs.entries()) {
      const difference =
        found.length === expected.length
          ? Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))
          : Infinity;
      largest = Math.max(largest, difference);
      if (difference <= TOLERANCE) continue;
      throw new Error(
        `infer: expected the outputs of ${titleOf(running[index]!.spec)} for ${name} within ${TOLERANCE} of those of ${titleOf(running[0]!.spec)}, found a difference of ${difference}; one of them computes something else.`,
      );
    }
  }
  return largest;
}
