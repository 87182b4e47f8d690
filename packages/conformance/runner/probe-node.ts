// Says what Node can run here, as JSON on the last line. A process of its own: a native library that crashes must not
// take the runner with it.
import { doctor } from '@secateur/backend';
import type { Found } from './probe.ts';

interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: { readonly vendor: string; readonly architecture: string };
  } | null>;
}

const report = await doctor();
const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
const info = (await navigator?.gpu?.requestAdapter())?.info;
const states: Record<string, Found> = Object.fromEntries(
  report.backends.map(({ name, available, reason, fix }) => [
    name,
    {
      available,
      reason: fix === undefined || available ? reason : `${reason}; ${fix}`,
      ...(name === 'webgpu' && info && { adapter: `${info.vendor}/${info.architecture}` }),
    },
  ]),
);
// Where the output is a pipe that is not written at once, an exit could come before it.
process.stdout.write(`${JSON.stringify(states)}\n`, () => process.exit(0));
