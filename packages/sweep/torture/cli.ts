// npm run test:sweep: a sweep of small trainings whose workers, children, queue and store die again and again, and the same
// sweep left alone. They must come to the same bits. docs/torture.md says what was seen.
import { parseArgs } from 'node:util';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { installMoto } from '../servers/index.ts';
import { checksOf, type Check } from './checks.ts';
import { keepFigures } from './figures.ts';
import { strangeHosts } from './hosts.ts';
import { leftAlone, smallSweep, torture, type SmallSweep, type Tortured } from './torture.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const seed = Number(values.seed);
if (
  !Number.isSafeInteger(seed) ||
  ![undefined, 'redis', 'postgres', 'hosts'].includes(values.only)
) {
  throw new Error(
    'torture: expected --seed with a number and --only redis, postgres or hosts, if any.',
  );
}
if (process.platform !== 'linux') {
  throw new Error(`torture: expected Linux, whose /proc it reads, found ${process.platform}.`);
}

installMoto((line) => console.log(line));
const began = performance.now();
const say = (line: string): void => {
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}`);
};
const rounded = (value: number): number => Math.round(value * 10) / 10;

/** What is worth keeping of a tortured sweep. */
const figuresOf = ({ ids }: SmallSweep, tortured: Tortured) => ({
  trials: ids.length,
  harms: tortured.harms.counts,
  'failures of the store': tortured.storeFailures,
  'workers started': tortured.workersStarted,
  attempts: tortured.stored.attempts,
  'attempts without a result': tortured.stored.endings,
  'attempts that went on from a checkpoint': tortured.stored.resumes,
  'steps needed': tortured.steps.needed,
  'steps repeated': tortured.steps.made - tortured.steps.needed,
  seconds: rounded(tortured.seconds),
});

// Servers and machines end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const folder = temporaryFolder();
const checks: Check[] = [];
const figures: Record<string, unknown> = {};
// On PostgreSQL half of the trials.
const kinds = (
  [
    ['redis', 4, 36],
    ['postgres', 2, 18],
  ] as const
).filter(([kind]) => values.only === undefined || values.only === kind);
if (values.only === undefined || values.only === 'hosts') {
  say('full disks and wrong clocks');
  checks.push(...(await strangeHosts(folder, say)));
}
if (kinds.length > 0) {
  const whole = smallSweep(folder, kinds[0]![1]);
  say(`${whole.ids.length} trainings, left alone`);
  const alone = await leftAlone(folder, whole);
  figures['seconds, left alone'] = rounded(alone.seconds);
  // Two at once.
  const trial = (2 * alone.seconds) / whole.ids.length;
  for (const [kind, seeds, harms] of kinds) {
    const sweep = smallSweep(folder, seeds);
    say(`${kind}: ${sweep.ids.length} of them on two machines; --seed ${seed} does the same harm`);
    const tortured = await torture(kind, sweep, { folder, seed, trial, harms, say });
    for (const complaint of tortured.complaints) say(`a worker gave up: ${complaint}`);
    figures[kind] = figuresOf(sweep, tortured);
    console.log(JSON.stringify(figures[kind], null, 2));
    checks.push(...checksOf(kind, sweep, alone, tortured));
  }
}
removeFolder(folder);

for (const { name, problem } of checks) {
  console.log(problem === undefined ? `passed: ${name}` : `FAILED: ${name}: ${problem}`);
}
if (values.json !== undefined) {
  keepFigures(values.json, `npm run test:sweep -- --seed ${seed}`, figures);
}
const failed = checks.filter(({ problem }) => problem !== undefined).length;
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
