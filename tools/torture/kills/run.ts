import { join } from 'node:path';
import { removeFolder } from '@secateur/testing/temporary';
import { count, type Tally } from '../outcome.ts';
import { foldSeed } from '@secateur/cells';
import { randomOf } from '@secateur/testing/damage';
import { bitsOf, trainCommand, training, type Alone } from '../training-run.ts';

/** Kills in one run at most: it has to come to its end, too. */
const KILLS_A_RUN = 12;

/** What {@link runKills} takes. */
export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** What a training that was left alone leaves. */
  readonly alone: Alone;
  /** Folder of the text. */
  readonly data: string;
  /** Folder for the runs. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/**
 * Kills trainings at random moments, from their start to the export of the model, starts each again until it is finished, and
 * compares what it leaves, bit by bit, with a run that was left alone.
 */
export async function runKills(options: KillOptions): Promise<Tally> {
  const { kills, seed, alone, data, folder, say } = options;
  const tally: Tally = new Map();
  const random = randomOf(foldSeed(seed, 'torture'));
  let killed = 0;
  for (let round = 0; killed < kills; round++) {
    const run = join(folder, `round-${round}`);
    const delays: number[] = [];
    let ended = { code: null as number | null, stderr: '' };
    while (ended.code === null) {
      const last = delays.length === Math.min(KILLS_A_RUN, kills - killed);
      // Spread over the whole of the first training; one that goes on is over sooner.
      const kill = last ? undefined : 200 + random.below(alone.duration);
      ended = await training(
        trainCommand(data, run),
        kill === undefined ? {} : { killAfter: kill },
      );
      if (ended.code === null) delays.push(kill!);
    }
    killed += delays.length;
    const how = `killed after ${delays.join(', ')} ms`;
    const outcome =
      ended.code !== 0 ? 'crash' : bitsOf(run) === alone.bits ? 'as before' : 'silent difference';
    for (let i = 0; i < Math.max(delays.length, 1); i++) count(tally, 'a killed training', outcome);
    if (outcome !== 'as before') say(`${how}: ${outcome}: ${ended.stderr}`);
    removeFolder(run);
  }
  say(`${killed} kills, each run to its end with the bits of one that was left alone`);
  return tally;
}
