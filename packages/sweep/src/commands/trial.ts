import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { terminalText } from '@secateur/input';
import { SweepError } from '../error.ts';
import { parseTrialLines } from '../spec/trial-lines.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import { runTrial } from '../trial/run-trial.ts';
import { openStoreAt, sayTo } from './options.ts';
import { readText } from './read-text.ts';
import { stopSignals } from './stop-signals.ts';
import type { CommandSurroundings } from './surroundings.ts';

/** What `secateur trial` is given. */
export interface TrialFlags {
  readonly spec: string;
  readonly store: string;
  readonly scratch?: string;
  readonly attempt?: number;
  readonly acceptBuild?: boolean;
}

/**
 * Runs one trial. Exit code 0: its result is in the store. 42: it would fail again. 1: it may be tried again.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { expandSweep, trialLines } from '@secateur/sweep';
 * import { trial } from '@secateur/sweep/commands';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const code = "fs.writeFileSync(process.argv[1] + '/result.json', '{\"loss\":4.5}')";
 * const specs = expandSweep({ name: 'a', command: ['node', '-e', code, '{run}'], retries: 5 });
 * writeFileSync(join(folder, 'trials.jsonl'), trialLines(specs));
 * const printed: string[] = [];
 * const out = { print: (text: string) => printed.push(text), complain: () => undefined };
 * await trial({ spec: 'trials.jsonl#0', store: 'store' }, { folder, ...out }); // => 0
 * printed; // => ['{"loss":4.5}\n']
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function trial(
  flags: TrialFlags,
  surroundings: CommandSurroundings,
): Promise<0 | 1 | 42> {
  const { folder, print } = surroundings;
  const spec = readSpec(flags.spec, folder);
  const say = sayTo(surroundings);
  const store = openStoreAt(flags.store, surroundings);
  const own = flags.scratch === undefined ? mkdtempSync(join(tmpdir(), 'secateur-')) : undefined;
  const stop = stopSignals(say);
  try {
    const outcome = await runTrial(spec, {
      store,
      scratch: own ?? resolve(folder, flags.scratch!),
      ...(flags.attempt === undefined ? {} : { attempt: flags.attempt }),
      acceptBuild: flags.acceptBuild ?? false,
      signal: stop.signal,
      say,
    });
    if (outcome.status === 'done') {
      print(`${terminalText(JSON.stringify(outcome.result))}\n`);
      say(`trial ${spec.id}: done, by attempt ${outcome.attempt}`);
      return 0;
    }
    say(`${outcome.status}: ${outcome.message}`);
    return outcome.status === 'never' ? 42 : 1;
  } catch (error) {
    // What the store has under this id will be no other the next time.
    if (!(error instanceof SweepError) || error.code !== 'spec') throw error;
    say(error.message);
    return 42;
  } finally {
    stop.dispose();
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
  }
}

/** Reads `FILE#17`, the trial of index 17 counted from 0, or `FILE#ID`; a file of one trial needs no mark. */
function readSpec(text: string, folder: string): TrialSpec {
  const at = text.lastIndexOf('#');
  const file = at < 0 ? text : text.slice(0, at);
  const mark = at < 0 ? undefined : text.slice(at + 1);
  const specs = parseTrialLines(readText(resolve(folder, file), file, '--spec: '));
  if (mark === undefined && specs.length === 1) return specs[0]!;
  // An id has the name of its sweep before its hash, so that no number is one.
  const spec = /^\d+$/.test(mark ?? '') ? specs[Number(mark)] : specs.find(({ id }) => id === mark);
  if (spec !== undefined) return spec;
  throw new SweepError(
    `--spec: expected ${file}# and an index from 0 to ${String(specs.length - 1)} or an id, found ${mark === undefined ? 'neither' : `"${mark}"`}; the file holds ${String(specs.length)} trials.`,
    { code: 'argument' },
  );
}
