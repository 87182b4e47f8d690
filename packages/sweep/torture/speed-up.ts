// npm run bench:sweep:workers -- SWEEP.json [ARGUMENTS]: the same sweep with one worker and with two, each in an empty store; what
// follows `--` is added to the command of every trial, as `-- --epochs 1` for shorter trainings. The machine should be idle.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { outputOf, secateur } from './command.ts';
import { keepFigures } from './figures.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, workers: { type: 'string', default: '1,2' } },
});
const [file, ...added] = positionals;
if (file === undefined) throw new Error('speed-up: expected the file of a sweep, found none.');
const sweep = JSON.parse(readFileSync(file, 'utf8')) as { name: string; command: string[] };
const folder = temporaryFolder();
const short = join(folder, 'sweep.json');
writeFileSync(short, JSON.stringify({ ...sweep, command: [...sweep.command, ...added] }));

/** Seconds of `sweep work` and its trials, with so many workers. */
async function seconds(
  workers: number,
): Promise<{ readonly seconds: number; readonly trials: number }> {
  const store = ['--store', join(folder, String(workers))];
  await outputOf(secateur('sweep', 'add', short, ...store));
  const began = performance.now();
  await outputOf(
    secateur('sweep', 'work', sweep.name, ...store, '--workers', String(workers), '--until-empty'),
  );
  const lasted = (performance.now() - began) / 1000;
  const status = await outputOf(secateur('sweep', 'status', sweep.name, ...store, '--json'));
  const { counts } = JSON.parse(status) as { counts: Record<string, number> };
  const { done = 0, ...others } = counts;
  if (done === 0 || Object.values(others).some((count) => count > 0)) {
    throw new Error(
      `speed-up: expected trials that are all done, found ${JSON.stringify(counts)}.`,
    );
  }
  return { seconds: Math.round(lasted * 10) / 10, trials: done };
}

const runs = [];
for (const workers of values.workers.split(',').map(Number)) {
  runs.push({ workers, ...(await seconds(workers)) });
  console.log(runs.at(-1));
}
removeFolder(folder);
const ratio = runs[0]!.seconds / runs.at(-1)!.seconds;
console.log(`${ratio.toFixed(2)} times faster`);
if (values.json !== undefined) {
  const command = ['npm run bench:sweep:workers --', file, '--', ...added].join(' ');
  keepFigures(values.json, command, { runs, 'times faster': Math.round(ratio * 100) / 100 });
}
