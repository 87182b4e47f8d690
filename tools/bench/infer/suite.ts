import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import { measureSame, ourContenders } from '../process/our-contenders.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { networks } from './networks.ts';
import { inferTables, ORT_NODE, ORT_WEB, STOCK } from './tables.ts';

/** The paper's setting: what pruning buys, and against other runtimes. */
export const infer: Suite = {
  about: 'two stacked LSTMs over 30 steps, dense and pruned, in every runtime',
  run,
  tables: inferTables,
};

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { threads, quick } = options;
  const input = { networks: quick ? networks.slice(-1) : networks };
  const other = (
    contender: string,
    module: string,
    count: number,
    more?: object,
  ): ContenderSpec => ({
    contender,
    threads: count,
    command: nodeCommand({ module, simd: 'plain', threads: count, input: { ...input, ...more } }),
  });
  const counts = threads > 1 ? [1, threads] : [1];
  return measureSame(
    'infer',
    [
      ...ourContenders({ module: 'infer/ours-job.ts', input }, options),
      other(STOCK, 'infer/layers-job.ts', 1),
      ...counts.flatMap((count) => [
        other(ORT_WEB, 'infer/onnx-job.ts', count, { runtime: 'web' }),
        other(ORT_NODE, 'infer/onnx-job.ts', count, { runtime: 'node' }),
      ]),
    ],
    options,
  );
}
