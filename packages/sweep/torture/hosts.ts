import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { startRedis } from '../servers/index.ts';
import { checked, type Check } from './checks.ts';
import { ended, outputOf, secateur } from './command.ts';

/** A training of 40 steps that ends at the square root of 2. */
const loop = join(import.meta.dirname, '../test/own-loop.ts');

/** libfaketime of Debian, which gives a process another clock. */
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** Trains on full disks and with clocks that are wrong; tells what cannot be tried here. */
export async function strangeHosts(folder: string, say: (line: string) => void): Promise<Check[]> {
  const disk = join(folder, 'small-disk');
  mkdirSync(disk);
  const checks: Check[] = [];
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
  if (mount.status === 0) {
    try {
      checks.push(
        await checked('a full store is told, and with room the sweep goes on', () =>
          fullDisk(folder, disk, join(disk, 'store'), join(folder, 'scratch')),
        ),
        await checked('a full scratch folder is told, and with room the sweep goes on', () =>
          fullDisk(folder, disk, join(folder, 'roomy-store'), join(disk, 'scratch')),
        ),
      );
    } finally {
      spawnSync('umount', [disk]);
    }
  } else {
    say('left out: full disks, as only root mounts a small one');
  }
  if (existsSync(FAKETIME)) {
    checks.push(
      await checked('clocks that differ by two hours keep no trial waiting', () => clocks(folder)),
    );
  } else {
    say(
      `left out: wrong clocks, as ${FAKETIME} is not there (Debian: apt-get install libfaketime)`,
    );
  }
  return checks;
}

async function fullDisk(
  folder: string,
  disk: string,
  store: string,
  scratch: string,
): Promise<void> {
  const file = join(folder, 'full.json');
  const command = sourceCommand(loop, '{run}', '0.05');
  writeFileSync(file, JSON.stringify({ name: 'full', command, retries: 0 }));
  await outputOf(secateur('sweep', 'add', file, '--store', store));
  const work = secateur('sweep', 'work', 'full', '--store', store, '--scratch', scratch);
  const full = join(disk, 'full');
  spawnSync('dd', ['if=/dev/zero', `of=${full}`, 'bs=4k'], { stdio: 'ignore' });
  const refused = await ended(work);
  rmSync(full);
  strictEqual(refused.code, 1);
  strictEqual(/ENOSPC/.test(refused.stderr), true, refused.stderr);
  await outputOf(work);
  await isDone('full', 1, ['--store', store]);
}

async function clocks(folder: string): Promise<void> {
  const redis = await startRedis();
  try {
    const where = ['--store', join(folder, 'clock-store'), '--redis', redis.url];
    const flag = join(folder, 'flag');
    const file = join(folder, 'clocks.json');
    // Fails until the flag is there, so that it waits for its next try when the first machine goes.
    const program = `require('fs').existsSync(process.argv[1]) || process.exit(1); require('fs').writeFileSync(process.argv[2] + '/result.json', '{}')`;
    const command = [process.execPath, '-e', program, flag, '{run}'];
    writeFileSync(file, JSON.stringify({ name: 'clocks', command, settings: { n: 1 } }));
    const host = (offset: string): NodeJS.ProcessEnv => ({
      LD_PRELOAD: FAKETIME,
      FAKETIME: offset,
      SECATEUR_SWEEP_TIMES: JSON.stringify({ backoff: 15_000, poll: 500 }),
    });
    await outputOf(secateur('sweep', 'add', file, ...where), host('+1h'));
    const work = secateur('sweep', 'work', 'clocks', ...where, '--until-empty');
    const ahead = await ended(work, host('+1h'), 10_000);
    strictEqual(ahead.code, null, ahead.stderr);
    writeFileSync(flag, '');
    const behind = await ended(work, host('-1h'), 60_000);
    strictEqual(behind.code, 0, `the trial was not tried again within a minute; ${behind.stderr}`);
    await isDone('clocks', 1, where);
  } finally {
    await redis.stop();
  }
}

async function isDone(name: string, count: number, where: readonly string[]): Promise<void> {
  const status = await outputOf(secateur('sweep', 'status', name, ...where, '--json'));
  const { counts } = JSON.parse(status) as { counts: Record<string, number> };
  const found = Object.fromEntries(Object.entries(counts).filter(([, many]) => many > 0));
  deepStrictEqual(found, { done: count });
}
