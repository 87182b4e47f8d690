import { terminalText } from '@secateur/input';
import { readTrials } from '../search/read-trials.ts';
import { expandSweep } from '../spec/expand-sweep.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import { addQueueOptions, hasServer, openQueueOf, openStoreAt, storeOption } from './options.ts';
import { storedSweep } from './stored-sweep.ts';
import type { Subcommand } from './subcommand.ts';
import type { CommandSurroundings } from './surroundings.ts';
import type { Command } from 'commander';

/** Most lines of the table, unless all are asked for. */
const LINES = 40;

/** What is said of a trial. */
interface TrialStatus {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly settings: TrialSpec['settings'];
  readonly progress?: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** `secateur sweep status`. */
export const status: Subcommand = {
  summary: 'where the trials of a sweep stand',
  configure(command) {
    addQueueOptions(
      command
        .description(
          'Says where the trials of a sweep stand, as the queue knows it; without a server, as the store knows it.',
        )
        .argument('<name>', 'name of the sweep')
        .addOption(storeOption().makeOptionMandatory()),
    )
      .option('--all', `every trial, not only the ${LINES} first of those at work or in trouble`)
      .option('--json', 'every trial, as JSON');
  },
  async run(command, surroundings) {
    const name = command.args[0]!;
    const {
      all = false,
      json = false,
      store,
    } = command.opts<{
      all?: true;
      json?: true;
      store: string;
    }>();
    const trials = await read(name, store, command, surroundings);
    const counts: Record<string, number> = {};
    for (const { state } of trials) counts[state] = (counts[state] ?? 0) + 1;
    if (json) {
      surroundings.print(`${JSON.stringify({ name, counts, trials }, null, 2)}\n`);
      return 0;
    }
    const quiet = ['waiting', 'done', 'not queued'];
    const told = trials.filter(({ state }) => all || !quiet.includes(state));
    const lines = all ? told : told.slice(0, LINES);
    const more = told.length - lines.length;
    const summary = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
    surroundings.print(
      terminalText(
        [
          `${name}: ${trials.length} trials, ${summary.join(', ')}`,
          ...columns(lines.map(cells)),
          ...(more > 0 ? [`and ${more} more: --all`] : []),
          '',
        ].join('\n'),
      ),
    );
    return 0;
  },
};

/** Every trial of the sweep, in its order. */
async function read(
  name: string,
  url: string,
  command: Command,
  surroundings: CommandSurroundings,
): Promise<TrialStatus[]> {
  const store = openStoreAt(url, surroundings);
  const specs = expandSweep(await storedSweep(store, name));
  if (!hasServer(command)) {
    const records = await readTrials(store, specs);
    return records.map(({ spec, state, attempts, message }) => ({
      ...{ id: spec.id, state, attempts, settings: spec.settings },
      ...(message !== undefined && { message }),
    }));
  }
  const queue = await openQueueOf(name, command, surroundings);
  try {
    const found = new Map<string, TrialStatus>();
    for await (const { spec, ...rest } of queue.trials()) {
      found.set(spec.id, { id: spec.id, settings: spec.settings, ...rest });
    }
    return specs.map(
      ({ id, settings }) => found.get(id) ?? { id, state: 'not queued', attempts: 0, settings },
    );
  } finally {
    await queue.close();
  }
}

function cells({ id, state, attempts, settings, progress = {}, message }: TrialStatus): string[] {
  const pairs = (values: object): string =>
    Object.entries(values)
      .filter(([, value]) => typeof value !== 'object')
      .slice(0, 4)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ');
  const note = state === 'active' ? pairs(progress) : (message ?? '');
  return [id, state, `attempt ${attempts}`, pairs(settings), note];
}

/** Rows with their columns aligned. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
