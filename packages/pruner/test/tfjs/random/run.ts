// Prunes random models of many seeds: `npm run test:models -- 20000 --from 0`. Says how many and how long.
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { parseArgs } from 'node:util';
import { checkRandomModel, NotRunnable } from './check.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0' }, stack: { type: 'boolean', default: false } },
});
const count = Number(positionals[0] ?? 20_000);
const from = Number(values.from);
await setBackend('cpu');
// TensorFlow.js warns of every layer with initial states when its configuration is read.
console.warn = () => undefined;
const failures: string[] = [];
const skipped = new Map<string, number>();
const kinds = new Map<string, number>();
let killed = 0;
let removed = 0;
const start = Date.now();
for (let seed = from; seed < from + count; seed++) {
  try {
    const checked = await checkRandomModel(seed);
    killed += checked.killed;
    removed += checked.removed;
    for (const kind of checked.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  } catch (error) {
    if (error instanceof NotRunnable) {
      skipped.set(error.message, (skipped.get(error.message) ?? 0) + 1);
      continue;
    }
    failures.push((error as Error).message);
    console.error((error as Error).message);
    if (values.stack) console.error((error as Error).cause);
  }
}
const seconds = ((Date.now() - start) / 1000).toFixed(0);
console.log(
  [...kinds]
    .sort()
    .map(([kind, models]) => `${kind} ${models}`)
    .join(', '),
);
console.log(
  `${killed} components were killed, ${removed} removed, in ${count} models, ${seconds} s`,
);
for (const [why, models] of skipped) console.log(`${models} that TensorFlow.js cannot run: ${why}`);
const passed = count - failures.length - [...skipped.values()].reduce((sum, n) => sum + n, 0);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
