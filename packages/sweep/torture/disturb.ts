import { setTimeout as wait } from 'node:timers/promises';
import type { Restartable } from '../servers/program.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

/** What is done to a sweep. */
export type Harm =
  | 'child killed'
  | 'worker killed'
  | 'machine killed'
  | 'machine frozen'
  | 'queue restarted'
  | 'queue killed'
  | 'store away';

/** How often what is done, among twelve harms. */
const DECK: readonly Harm[] = [
  ...(['child killed', 'child killed', 'child killed', 'child killed'] as const),
  ...(['worker killed', 'worker killed', 'worker killed'] as const),
  ...(['machine killed', 'machine frozen'] as const),
  ...(['queue restarted', 'queue killed', 'store away'] as const),
];

/** What {@link disturb} takes. */
export interface Disturbed {
  readonly machines: readonly Machine[];
  readonly server: Restartable;
  /** Makes the store unusable for some time, in ms. */
  readonly storeAway: (duration: number) => Promise<void>;
  /** How long a worker must be frozen until its trials are given to others, in ms. */
  readonly lock: number;
  /** Pause between two harms in ms, from and to. */
  readonly pause: readonly [number, number];
  /** Harms in all; then the sweep may end in peace. */
  readonly harms: number;
  readonly random: Random;
  readonly say: (line: string) => void;
}

/** What {@link disturb} did. */
export interface Harms {
  readonly counts: Readonly<Record<Harm, number>>;
  /** Processes that went on after their worker was dead. */
  readonly orphans: number;
}

/** Does harm every few seconds, each kind in its turn and each machine in its turn, until it has done enough or is told to stop. */
export async function disturb(options: Disturbed, signal: AbortSignal): Promise<Harms> {
  const { machines, server, storeAway, lock, pause, harms, random, say } = options;
  const counts = Object.fromEntries(DECK.map((harm) => [harm, 0])) as Record<Harm, number>;
  const later: Promise<void>[] = [];
  let orphans = 0;
  const doOne = async (harm: Harm, machine: Machine): Promise<void> => {
    switch (harm) {
      case 'child killed':
        machine.killChildren();
        return;
      case 'worker killed':
        orphans += await machine.killWorker();
        return;
      case 'machine killed':
        machine.killAll();
        return;
      case 'machine frozen':
        later.push(machine.freeze(2 * lock));
        return;
      case 'queue killed':
        await server.kill();
        return server.restart(random.between(200, 1500));
      case 'queue restarted':
        return server.restart(random.between(200, 1500));
      case 'store away':
        later.push(storeAway(random.between(500, 3000)));
    }
  };
  let deck: Harm[] = [];
  for (let turn = 0, done = 0; done < harms; turn++) {
    await wait(random.between(...pause), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if (deck.length === 0) deck = random.shuffled(DECK);
    const harm = deck.at(-1)!;
    const index = turn % machines.length;
    const ofMachine = !/queue|store/.test(harm);
    const { works, trains } = machines[index]!.state();
    // One that has just begun trains nothing yet, and one that is over has nothing to kill.
    if (ofMachine && !(harm === 'child killed' ? trains : works)) continue;
    deck.pop();
    say(`${harm}${ofMachine ? `, of machine ${index + 1}` : ''}`);
    await doOne(harm, machines[index]!);
    counts[harm]++;
    done++;
  }
  await Promise.all(later);
  return { counts, orphans };
}
