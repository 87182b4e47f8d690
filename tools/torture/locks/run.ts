import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { count, type Tally } from '../outcome.ts';
import type { Answer } from './contender.ts';

const CONTENDERS = 4;

/** What {@link runLockRaces} takes. */
export interface LockOptions {
  readonly races: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

const answer = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => {
      reject(new Error(`locks: a contender ended with ${code}`));
    });
  });

/** A process that is gone, for locks that nobody holds. */
function deadProcess(): number {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return pid;
}

/**
 * Lets processes open the same run at once: in every second race the lock of a killed process lies there. One has to get it,
 * and the others have to be told who has it.
 */
export async function runLockRaces({ races, folder, say }: LockOptions): Promise<Tally> {
  mkdirSync(folder, { recursive: true });
  const tally: Tally = new Map();
  const execArgv = ['--import', 'tsx', '--conditions=@secateur/source'];
  const contenders = Array.from({ length: CONTENDERS }, () =>
    fork(join(import.meta.dirname, 'contender.ts'), [folder], { execArgv }),
  );
  await Promise.all(contenders.map(answer));
  const dead = JSON.stringify({ host: hostname(), pid: deadProcess() });
  for (let i = 0; i < races; i++) {
    const race = `race-${i}`;
    const stale = i % 2 === 1;
    mkdirSync(join(folder, race));
    if (stale) writeFileSync(join(folder, race, '.lock'), `${dead}\n`);
    const answers = contenders.map(answer);
    for (const child of contenders) child.send({ race });
    const answered = (await Promise.all(answers)) as Answer[];
    const won = answered.filter((each) => each.won).length;
    const faults = answered.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
    const name = stale ? 'a race for the lock of a killed process' : 'a race for a new run';
    const outcome = won !== 1 ? 'silent difference' : faults.length > 0 ? 'raw error' : 'as before';
    count(tally, name, outcome);
    if (outcome !== 'as before')
      say(`${name}: ${won} of ${CONTENDERS} got it: ${faults.join('; ')}`);
    const closed = contenders.map(answer);
    for (const child of contenders) child.send('close');
    await Promise.all(closed);
  }
  for (const child of contenders) {
    child.removeAllListeners('exit');
    child.kill();
  }
  return tally;
}
