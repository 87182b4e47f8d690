import { sweepSpecs } from '../search/sweep-specs.ts';
import { work as workOn } from '../worker/work.ts';
import { addQueueOptions, openQueueOf, openStoreAt, sayTo, storeOption } from './options.ts';
import { stopSignals } from './stop-signals.ts';
import { storedSweep } from './stored-sweep.ts';
import type { Subcommand } from './subcommand.ts';
import { addTrainingOptions, addWorkers, workerOptionsOf } from './worker-options.ts';

interface WorkFlags {
  readonly store: string;
  readonly untilEmpty?: true;
}

/** `secateur sweep work`. */
export const work: Subcommand = {
  summary: 'trains what is in the queue',
  configure(command) {
    const training = addQueueOptions(
      command
        .description(
          'Takes trials from the queue of a sweep and trains them. Without a server it trains all that have no result in the store yet, in one process, and ends. When it is interrupted, trainings save a checkpoint and their trials go back to the queue.',
        )
        .argument('<name>', 'name of the sweep')
        .addOption(storeOption().makeOptionMandatory()),
    );
    addTrainingOptions(
      addWorkers(training, 'trainings at once').option(
        '--until-empty',
        'end when nothing is left to do, here or elsewhere',
      ),
    ).addHelpText('after', '\nThe exit code is 1 when trials failed for good.');
  },
  async run(command, surroundings) {
    const name = command.args[0]!;
    const flags = command.opts<WorkFlags>();
    const store = openStoreAt(flags.store, surroundings);
    const say = sayTo(surroundings);
    const specs = await sweepSpecs(store, await storedSweep(store, name));
    const queue = await openQueueOf(name, command, surroundings);
    const stop = stopSignals(say);
    try {
      if (queue.kind === 'memory') await queue.add(specs);
      await workOn({
        queue,
        store,
        ...workerOptionsOf(command, surroundings),
        untilEmpty: flags.untilEmpty ?? queue.kind === 'memory',
        signal: stop.signal,
        say,
      });
      if (stop.signal.aborted) return 0;
      const { done, failed } = await queue.counts();
      surroundings.print(`${name}: ${done} done, ${failed} failed.\n`);
      return failed === 0 ? 0 : 1;
    } finally {
      stop.dispose();
      await queue.close();
    }
  },
};
