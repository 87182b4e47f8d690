import { SweepError } from '../error.ts';
import { addQueueOptions, hasServer, openQueueOf } from './options.ts';
import type { Subcommand } from './subcommand.ts';

/** `secateur sweep cancel`. */
export const cancel: Subcommand = {
  summary: 'takes trials out of the queue and stops them where they run',
  configure(command) {
    addQueueOptions(
      command
        .description(
          'Takes trials out of the queue and stops them where they run: all that are neither done nor failed, or those named. Their checkpoints stay; secateur sweep add lets them begin again. A failed trial that is named can be added again after that.',
        )
        .argument('<name>', 'name of the sweep')
        .argument('[ids...]', 'trials'),
    );
  },
  async run(command, surroundings) {
    const [name, ...ids] = command.args as [string, ...string[]];
    if (!hasServer(command)) {
      throw new SweepError(
        'expected --redis or --postgres, found neither; without a server, interrupt the process that works.',
        { code: 'argument' },
      );
    }
    const queue = await openQueueOf(name, command, surroundings);
    try {
      const count = await queue.cancel(ids.length > 0 ? ids : undefined);
      surroundings.print(`${name}: ${count} cancelled; those that run end within seconds.\n`);
    } finally {
      await queue.close();
    }
    return 0;
  },
};
