// The child process of a contender: one JSON line when it is ready, one for each line it is sent, one at the end.
import { createInterface } from 'node:readline';
import type { Job, JobModule } from './job.ts';
import { peakKib } from './memory.ts';
import { refuseRelaxed } from './simd.ts';

const job = JSON.parse(process.argv[2]!) as Job;
if (job.simd === 'plain') refuseRelaxed();

const send = (message: unknown): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(message)}\n`, () => {
      resolve();
    });
  });

const { prepare } = (await import(new URL(`../${job.module}`, import.meta.url).href)) as JobModule;
const prepared = await prepare(job.input as never, job).catch(async (error: unknown) => {
  if (!(error instanceof Error) || error.name !== 'Skip') throw error;
  await send({ skip: error.message });
  process.exit(0);
});
await send({ facts: prepared.facts });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
while ((await lines.next()).done !== true) await send({ times: await prepared.round() });
await send({ facts: { ...prepared.after?.(), peakKib: peakKib() } });
// Worker threads of a backend would keep the process alive.
process.exit(0);
