import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import { measure } from '../process/measure.ts';
import { largestDifference } from '../process/same-outputs.ts';
import type { Simd } from '../process/simd.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import type { HighwayInput } from './job.ts';
import { widths } from './networks.ts';
import { COMPOSED, highwayTables, NATIVE, OURS } from './tables.ts';

/** What pruning buys a Recurrent Highway Network; the paper gives no times for it. */
export const highway: Suite = {
  about: 'a Recurrent Highway Network of depth 10 over 30 steps, dense and pruned',
  run,
  tables: highwayTables,
};

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, threads, simd, quick, backends, say } = options;
  const chosen = quick ? widths.slice(-1) : widths;
  const contender = (
    name: string,
    backend: HighwayInput['backend'],
    build: Simd,
    count: number,
  ): ContenderSpec => {
    const input: HighwayInput = { widths: chosen, backend };
    return {
      contender: name,
      ...(backend === 'ours' && { simd: build }),
      threads: count,
      command: nodeCommand({ module: 'highway/job.ts', simd: build, threads: count, input }),
    };
  };
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
        largest = largestDifference('highway', running);
      },
    },
  );
  return { ...measured, facts: { largestDifference: largest } };
}
