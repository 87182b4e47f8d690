import { measureOurs } from '../process/our-contenders.ts';
import type { Suite } from '../suite.ts';
import { EQUAL, widths } from './networks.ts';
import { highwayTables } from './tables.ts';

/** What pruning buys a Recurrent Highway Network; the paper gives no times for it. */
export const highway: Suite = {
  about: 'a Recurrent Highway Network of depth 10 over 30 steps, dense and pruned',
  run(options) {
    const chosen = options.quick ? [EQUAL] : widths;
    return measureOurs(
      { suite: 'highway', module: 'highway/job.ts', input: { widths: chosen } },
      options,
    );
  },
  tables: highwayTables,
};
