import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';
import type * as app from '@secateur/app';

// A run has its result checked by a new process, which takes seconds to start. The applications' tests of commands leave it so; in
// all others this process does the same work.
vi.mock('@secateur/app', async (load) => {
  const real = await load<typeof app>();
  const verifyHere: typeof real.verifyInNewProcess = async (cli, directory, { data }) => {
    const verify = new URL('verify.ts', pathToFileURL(cli)).href;
    const { verifyRun } = (await import(verify)) as {
      verifyRun(directory: string, data: string | null): Promise<unknown>;
    };
    const verified = await verifyRun(directory, data);
    rmSync(join(directory, 'probe.safetensors'));
    return verified;
  };
  return { ...real, verifyInNewProcess: verifyHere };
});
