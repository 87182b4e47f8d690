import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type * as verify from '../../src/verify.ts';

// A run has its result checked by a new process, which takes seconds to start. The commands' tests leave it so; in all others this
// process does the same work.
vi.mock('../../src/verify.ts', async (load) => {
  const real = await load<typeof verify>();
  const verifyHere: typeof real.verifyInNewProcess = async (directory, settings) => {
    const found = await real.verifyRun(directory, settings.data);
    rmSync(join(directory, 'probe.safetensors'));
    return found;
  };
  return { ...real, verifyInNewProcess: verifyHere };
});
