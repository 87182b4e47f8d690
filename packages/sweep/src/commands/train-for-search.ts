import type { Command } from 'commander';
import { SweepError } from '../error.ts';
import { readTrials } from '../search/read-trials.ts';
import type { Scan } from '../search/scan.ts';
import { scanOf, type SweepScan } from '../search/scan-of.ts';
import { keepSearched } from '../search/sweep-specs.ts';
import { work } from '../worker/work.ts';
import { addQueueOptions, openQueueOf, openStoreAt, sayTo, storeOption } from './options.ts';
import { stopSignals } from './stop-signals.ts';
import { storedSweep } from './stored-sweep.ts';
import type { CommandSurroundings } from './surroundings.ts';
import { addTrainingOptions, addWorkers, workerOptionsOf } from './worker-options.ts';

/** Adds what every search takes. */
export function addSearchOptions(command: Command): Command {
  const searching = addQueueOptions(
    command
      .argument('<name>', 'name of the sweep, which secateur sweep add has kept in the store')
      .addOption(storeOption().makeOptionMandatory()),
  );
  return addTrainingOptions(addWorkers(searching, 'trainings at once in this process')).option(
    '--json',
    'print what was found as JSON',
  );
}

/** Lends a search its sweep, and a `run` that trains through the queue, here and wherever else workers are. */
export async function trainForSearch<T>(
  command: Command,
  surroundings: CommandSurroundings,
  search: (scan: SweepScan & Pick<Scan, 'run'>) => Promise<T>,
): Promise<T> {
  const name = command.args[0]!;
  const store = openStoreAt(command.opts<{ store: string }>().store, surroundings);
  const sweep = await storedSweep(store, name);
  const scan = scanOf(sweep);
  const say = sayTo(surroundings);
  const queue = await openQueueOf(name, command, surroundings);
  const stop = stopSignals(say);
  const run: Scan['run'] = async (specs) => {
    await keepSearched(store, sweep, specs);
    const before = await readTrials(store, specs);
    const open = before.filter(({ state }) => state === 'waiting' || state === 'begun');
    if (open.length > 0) {
      await queue.add(open.map(({ spec }) => spec));
      await work({
        ...{ queue, store, say, untilEmpty: true, signal: stop.signal },
        ...workerOptionsOf(command, surroundings),
      });
    }
    if (stop.signal.aborted) {
      throw new SweepError(
        'expected to train to the end, found that it was interrupted; the same command goes on from what is in the store.',
        { code: 'queue' },
      );
    }
    return readTrials(store, specs, new Map(before.map((trial) => [trial.spec.id, trial])));
  };
  try {
    return await search({ ...scan, run });
  } finally {
    stop.dispose();
    await queue.close();
  }
}
