import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Ended } from '@secateur/testing';
import { removeFolder } from '@secateur/testing/temporary';
import { count, type Outcome, type Tally } from '../outcome.ts';
import { foldSeed } from '@secateur/cells';
import { randomOf, type Random } from '@secateur/testing/damage';
import { intercepted, type Interception } from '../system/intercept.ts';
import { bitsOf, trainCommand, training, type Alone } from '../training-run.ts';

const { EIO, ENOSPC, EROFS, EMFILE, EACCES } = constants.errno;

/** Calls that can fail, and how often a small training makes them at least. */
const calls = [
  { call: 'open', times: 60, errnos: { ENOSPC, EROFS, EMFILE, EACCES } },
  { call: 'write', times: 80, errnos: { EIO, ENOSPC } },
  { call: 'fsync', times: 60, errnos: { EIO, ENOSPC } },
  { call: 'rename', times: 20, errnos: { EIO, ENOSPC, EROFS } },
  { call: 'read', times: 30, errnos: { EIO } },
  { call: 'mkdir', times: 5, errnos: { ENOSPC, EROFS, EACCES } },
  { call: 'unlink', times: 10, errnos: { EIO, EROFS } },
] as const;

/** What {@link runFailures} takes. */
export interface FailureOptions {
  readonly failures: number;
  readonly seed: number;
  /** What a training that was left alone leaves. */
  readonly alone: Alone;
  readonly data: string;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/**
 * Makes one call of a training to the file system fail. The training has to end with a message of its own, or to the end as if
 * nothing had been; started again it ends with the bits of one that was left alone.
 */
export async function runFailures(options: FailureOptions): Promise<Tally> {
  const { failures, seed, alone, data, folder, say } = options;
  const tally: Tally = new Map();
  const random = randomOf(foldSeed(seed, 'torture'));
  for (let i = 0; i < failures; i++) {
    const run = join(folder, `failure-${i}`);
    // Every tenth time no call fails, but each write takes half of what it is given.
    const [name, interception] =
      i % 10 === 9 ? (['a short write', { short: true }] as const) : choose(random);
    const first = await training(trainCommand(data, run), { env: intercepted(run, interception) });
    const outcome = await judge(first, async () => {
      const again = await training(trainCommand(data, run));
      return again.code === 0 && existsSync(run) && bitsOf(run) === alone.bits;
    });
    count(tally, name, outcome);
    if (outcome !== 'as before' && outcome !== 'refused') {
      say(`${name} ${JSON.stringify(interception)}: ${outcome}: ${first.stderr}`);
    }
    removeFolder(run);
  }
  return tally;
}

function choose(random: Random): [string, Interception] {
  const { call, times, errnos } = random.of(calls);
  const [code, errno] = random.of(Object.entries(errnos));
  return [`${code} in ${call}`, { fail: { call, at: 1 + random.below(times), errno } }];
}

/** What the program says when it gives up: one line that names what it wanted, what it found, and what to do. */
const message = /^lm: .*expected .*found.*;/m;

async function judge(first: Ended, endsTheSame: () => Promise<boolean>): Promise<Outcome> {
  if (first.code !== 0 && first.code !== 1) return 'crash';
  const ownWords = message.test(first.stderr) && !/^\s+at .*:\d+:\d+\)?$/m.test(first.stderr);
  if (first.code === 1 && !ownWords) return 'raw error';
  if (!(await endsTheSame())) return 'silent difference';
  return first.code === 0 ? 'as before' : 'refused';
}
