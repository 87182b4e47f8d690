import { resolve } from 'node:path';
import { expandSweep } from '../spec/expand-sweep.ts';
import { addQueueOptions, hasServer, openQueueOf, openStoreAt, storeOption } from './options.ts';
import { readText } from './read-text.ts';
import { keepSweep } from './stored-sweep.ts';
import type { Subcommand } from './subcommand.ts';

/** `secateur sweep add`. */
export const add: Subcommand = {
  summary: 'keeps a sweep in the store and puts its trials into the queue',
  configure(command) {
    addQueueOptions(
      command
        .description(
          'Keeps a sweep in the store under its name and puts its trials into the queue. Trials that are in the queue stay as they are; those that were cancelled or lost begin anew, from their last checkpoint.',
        )
        .argument('<sweep.json>', 'which trainings there are to do')
        .addOption(storeOption().makeOptionMandatory()),
    );
  },
  async run(command, surroundings) {
    const path = command.args[0]!;
    const store = openStoreAt(command.opts<{ store: string }>().store, surroundings);
    const sweep = await keepSweep(store, readText(resolve(surroundings.folder, path), path));
    const specs = expandSweep(sweep);
    const { name } = sweep;
    if (!hasServer(command)) {
      surroundings.print(
        `${name}: ${specs.length} trials; secateur sweep work ${name} trains them here.\n`,
      );
      return 0;
    }
    const queue = await openQueueOf(name, command, surroundings);
    try {
      const fresh = await queue.add(specs);
      surroundings.print(`${name}: ${specs.length} trials, ${fresh} of them new in the queue.\n`);
    } finally {
      await queue.close();
    }
    return 0;
  },
};
