// Does to files, processes and calls of the system what users, disks and strangers do: `npm run torture`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { parseSeed } from '@secateur/app/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { smallText } from '../../apps/language-modeling/test/support/text.ts';
import { runFailures } from './failures/run.ts';
import { runKills } from './kills/run.ts';
import { runLockRaces } from './locks/run.ts';
import { trainAlone, type Alone } from './training-run.ts';
import { runMutations } from './mutations/run.ts';
import { writeSeeds } from './mutations/seeds.ts';
import { faultsIn, tableOf, total, type Tally } from './outcome.ts';
import { buildInterception } from './system/intercept.ts';

const program = new Command('torture')
  .description(
    'Changes files, kills processes, makes calls of the system fail, races for locks, and counts what came of it.',
  )
  .option('--seed <n>', 'first seed; a case is what its seed makes of it', parseSeed, 1)
  .option('--mutations <n>', 'changed files', parseSeed, 50_000)
  .option('--kills <n>', 'killed trainings', parseSeed, 200)
  .option('--failures <n>', 'calls of the system that fail', parseSeed, 50)
  .option('--races <n>', 'races for a lock', parseSeed, 200)
  .option('--verbose', 'tell of every changed file', false)
  .option('--format <text>', 'formats to change, by a part of their name')
  .addOption(
    new Option('--only <part>', 'one part alone').choices([
      'mutations',
      'kills',
      'failures',
      'locks',
    ]),
  )
  .parse();
const flags = program.opts<{
  seed: number;
  mutations: number;
  kills: number;
  failures: number;
  races: number;
  verbose: boolean;
  format?: string;
  only?: string;
}>();
const say = (line: string): void => {
  console.error(line);
};

const folder = temporaryFolder();
const data = smallText();
let trained: Promise<Alone> | undefined;
/** One training is left alone, and all others have to leave what it leaves. */
const alone = (): Promise<Alone> => (trained ??= trainAlone(data, join(folder, 'alone')));
const parts: Readonly<Record<string, () => Promise<Tally>>> = {
  mutations: async () => {
    const seeds = join(folder, 'seeds');
    mkdirSync(seeds);
    await writeSeeds(seeds);
    const { mutations: cases, seed, format: only, verbose } = flags;
    return runMutations({
      cases,
      seed,
      seeds,
      folder: join(folder, 'changed'),
      only,
      verbose,
      say,
    });
  },
  kills: async () =>
    runKills({
      kills: flags.kills,
      seed: flags.seed,
      alone: await alone(),
      data,
      folder: join(folder, 'kills'),
      say,
    }),
  failures: async () =>
    runFailures({
      failures: flags.failures,
      seed: flags.seed,
      alone: await alone(),
      data,
      folder: join(folder, 'failures'),
      say,
    }),
  locks: () => runLockRaces({ races: flags.races, folder: join(folder, 'locks'), say }),
};

let cases = 0;
const found: string[] = [];
buildInterception(folder, say);
for (const [name, run] of Object.entries(parts)) {
  if (flags.only !== undefined && flags.only !== name) continue;
  const start = Date.now();
  const tally = await run();
  console.log(`\n## ${name}\n\n${tableOf(tally)}\n`);
  console.log(`${total(tally)} cases in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  cases += total(tally);
  found.push(...faultsIn(tally).map((fault) => `${name}: ${fault}`));
}
removeFolder(folder);
removeFolder(data);
for (const fault of found) console.log(`\nfault: ${fault}`);
console.log(`\n${cases} cases, ${found.length} faults`);
process.exitCode = found.length > 0 ? 1 : 0;
