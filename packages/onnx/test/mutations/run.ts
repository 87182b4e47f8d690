/**
 * Changes ONNX files of other programs, 10,000 times by default, and prunes each: an error of ours, or a file that computes the
 * same. `npm run test:onnx`, with `--count` and `--first` for other seeds.
 */
import { parseArgs } from 'node:util';
import * as web from 'onnxruntime-web';
import { foldSeed } from '@secateur/cells';
import { randomOf } from '@secateur/testing/damage';
import { corpus, fixture, plant } from '../corpus.ts';
import { attempt } from './attempt.ts';
import { mutate } from './mutate.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, first: { type: 'string', default: '0' } },
});
const [count, first] = [Number(values.count), Number(values.first)];
web.env.wasm.numThreads = 1;
web.env.logLevel = 'fatal';

const planted = new Map(corpus.map((name) => [name, plant(fixture(name), 'resize').bytes]));
const outcomes = { refused: 0, compared: 0, 'not run': 0, stopped: 0 };
const failures: string[] = [];
let [slowest, largest] = [0, 0];
for (let seed = first; seed < first + count; seed++) {
  const random = randomOf(foldSeed(seed, 'onnx'));
  const name = random.of(corpus);
  const { bytes, change } = mutate(planted.get(name)!, random);
  const start = process.cpuUsage();
  try {
    const outcome = await attempt(bytes, undefined);
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, user + system);
    if (outcome.kind === 'refused') outcomes.refused++;
    else {
      const compared = await attempt(bytes, web);
      if (compared.kind === 'stopped') {
        outcomes.stopped++;
        console.log(`seed ${seed} (${name}, ${change}): ${compared.message}`);
      } else if (compared.kind === 'pruned') {
        outcomes[compared.difference === undefined ? 'not run' : 'compared']++;
      }
    }
  } catch (error) {
    failures.push(`seed ${seed} (${name}, ${change}): ${String(error)}`);
    console.log(failures.at(-1));
  }
  largest = Math.max(largest, process.memoryUsage().rss);
}
console.log(
  `${count} files: ${outcomes.refused} refused, ${outcomes.compared} pruned and compared, ${outcomes['not run']} pruned that the runtime itself refuses, ${outcomes.stopped} pruned of which the runtime refuses the smaller one, ${failures.length} failures.`,
);
console.log(
  `The slowest took ${(slowest / 1e6).toFixed(2)} s of processor time; the process was at most ${(largest / 2 ** 20).toFixed(0)} MiB.`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
