import { terminalText } from '@secateur/input';
import { readTrials } from '../search/read-trials.ts';
import { sweepSpecs } from '../search/sweep-specs.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { addQueueOptions, hasServer, openQueueOf, openStoreAt, storeOption } from './options.ts';
import { storedSweep } from './stored-sweep.ts';
import type { Subcommand } from './subcommand.ts';
import type { CommandSurroundings } from './surroundings.ts';
import type { Command } from 'commander';

/** Most lines of the table, unless all are asked for. */
const LINES = 40;

/** States of which nothing is to be said. */
const quiet = ['waiting', 'done', 'not queued'];

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
      store: url,
    } = command.opts<{
      all?: true;
      json?: true;
      store: string;
    }>();
    const store = openStoreAt(url, surroundings);
    const specs = await sweepSpecs(store, await storedSweep(store, name));
    const { counts, trials } = hasServer(command)
      ? await readQueue(name, specs, all || json, command, surroundings)
      : await readStore(store, specs);
    if (json) {
      surroundings.print(`${JSON.stringify({ name, counts, trials }, null, 2)}\n`);
      return 0;
    }
    const told = trials.filter(({ state }) => all || !quiet.includes(state));
    const lines = all ? told : told.slice(0, LINES);
    const more = told.length - lines.length;
    const summary = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([state, count]) => `${count} ${state}`);
    surroundings.print(
      terminalText(
        [
          `${name}: ${specs.length} trials, ${summary.join(', ')}`,
          ...columns(lines.map(cells)),
          ...(more > 0 ? [`and ${more} more: --all`] : []),
          '',
        ].join('\n'),
      ),
    );
    return 0;
  },
};

interface Standing {
  readonly counts: Readonly<Record<string, number>>;
  readonly trials: readonly TrialStatus[];
}

/** How trials stand in the queue: all in the order of the sweep, or only those at work or in trouble. */
async function readQueue(
  name: string,
  specs: readonly TrialSpec[],
  all: boolean,
  command: Command,
  surroundings: CommandSurroundings,
): Promise<Standing> {
  const queue = await openQueueOf(name, command, surroundings);
  try {
    const counts = await queue.counts();
    const queued = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const found = new Map<string, TrialStatus>();
    // Of a hundred thousand that wait, nobody reads each.
    for await (const one of queue.trials(all ? undefined : ['active', 'delayed', 'failed'])) {
      const { spec, ...rest } = one;
      found.set(spec.id, { id: spec.id, settings: spec.settings, ...rest });
    }
    const missing = { state: 'not queued', attempts: 0 };
    return {
      counts: { ...counts, 'not queued': Math.max(0, specs.length - queued) },
      trials: specs.flatMap(({ id, settings }) => {
        const one = found.get(id) ?? (all ? { id, settings, ...missing } : undefined);
        return one ?? [];
      }),
    };
  } finally {
    await queue.close();
  }
}

/** How trials stand as the store knows it. */
async function readStore(store: TrialStore, specs: readonly TrialSpec[]): Promise<Standing> {
  const counts: Record<string, number> = {};
  const records = await readTrials(store, specs);
  const trials = records.map(({ spec, state, attempts, message }): TrialStatus => {
    counts[state] = (counts[state] ?? 0) + 1;
    const { id, settings } = spec;
    return { id, state, attempts, settings, ...(message !== undefined && { message }) };
  });
  return { counts, trials };
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
