import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import { measure } from '../process/measure.ts';
import { largestDifference } from '../process/same-outputs.ts';
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
        largest = largestDifference('infer', running);
      },
    },
  );
  return { ...measured, facts: { largestDifference: largest } };
}
