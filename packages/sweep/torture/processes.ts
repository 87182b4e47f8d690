import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process, as Linux tells of it. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  /** When it began, in ticks; with the id it names a process for good. */
  readonly began: string;
}

function read(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A name may hold anything, so the fields begin after its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // What is dead and was not fetched yet runs no more.
    return fields[0] === 'Z' ? undefined : { pid, parent: Number(fields[1]), began: fields[19]! };
  } catch {
    return undefined;
  }
}

/** All that a process started, directly or not, without itself. */
export function descendants(pid: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => read(Number(name)))
    .filter((found) => found !== undefined);
  const of = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...of(one.pid)]);
  return of(pid);
}

/** Sends a signal to those that are still there. */
export function signalAll(
  processes: readonly { readonly pid: number }[],
  signal: NodeJS.Signals,
): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended on its own before.
    }
  }
}

/** Waits until all are gone; returns those that are not after `patience` ms. */
export async function untilGone(
  processes: readonly Process[],
  patience: number,
): Promise<Process[]> {
  for (const end = Date.now() + patience; ;) {
    const left = processes.filter(({ pid, began }) => read(pid)?.began === began);
    if (left.length === 0 || Date.now() > end) return left;
    await wait(50);
  }
}

/** Processor time of a process and of its children that ended, in seconds, and the most memory that it had, in MB. */
export function usage(pid: number): { readonly seconds: number; readonly megabytes: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peak = Number(/^VmHWM:\s+(\d+)/m.exec(status)![1]);
  // Linux counts in hundredths of a second on every machine that Node runs on.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { seconds: ticks / 100, megabytes: peak / 1024 };
}

/** Memory of a process in MB, of which what it shares with others is divided among them. */
export function share(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)![1]) / 1024;
}
