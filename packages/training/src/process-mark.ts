import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** What marks a process, for others to tell later whether it still runs. */
export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** When it started, in the words of its system; null where none can be had. Ids are used again, in containers at once. */
  readonly started: string | null;
  /** Seconds that the system had been running. */
  readonly uptime?: number;
  /** In which its id counts: containers of one host name have their own. Marks of the first versions, and of other systems than Linux, have none. */
  readonly pidNamespace?: string;
}

/** What a system tells of its processes. */
export interface ProcessSystem {
  readonly host: string;
  /** In which ids of processes count; undefined where there is one for all. */
  readonly pidNamespace?: string | undefined;
  /** Whether there is a process of this id. */
  isRunning(pid: number): boolean;
  /** When the process of this id started, the same words each time; undefined where the system does not say. */
  startOf(pid: number): string | undefined;
  /** Seconds since the system started. */
  uptime(): number;
}

/** This system. */
export const thisSystem: ProcessSystem = {
  host: hostname(),
  pidNamespace: pidNamespace(),
  isRunning(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // Any other error says that it is there and belongs to somebody else.
      return (error as NodeJS.ErrnoException).code !== 'ESRCH';
    }
  },
  startOf: startOf(process.platform),
  uptime,
};

/** The mark of the process of an id, by default this one. */
export function markOf(pid: number = process.pid, system: ProcessSystem = thisSystem): ProcessMark {
  const { host, pidNamespace } = system;
  const mark = { pid, host, started: system.startOf(pid) ?? null, uptime: system.uptime() };
  return pidNamespace === undefined ? mark : { ...mark, pidNamespace };
}

/**
 * What a mark says of its process: that it is `gone`, that it is `there`, that there is one of its id but nothing tells
 * whether it is the same (`perhaps`), or that it was on another machine or in another container (`elsewhere`), of which nothing can be known.
 */
export function stateOf(
  mark: ProcessMark,
  system: ProcessSystem = thisSystem,
): 'gone' | 'there' | 'perhaps' | 'elsewhere' {
  // Names of machines have no case, and systems differ in how they spell them.
  if (mark.host.toLowerCase() !== system.host.toLowerCase()) return 'elsewhere';
  if (mark.pidNamespace !== undefined && mark.pidNamespace !== system.pidNamespace) {
    return hasRestarted(mark, system) ? 'gone' : 'elsewhere';
  }
  if (!system.isRunning(mark.pid)) return 'gone';
  const started = system.startOf(mark.pid);
  if (started !== undefined && typeof mark.started === 'string') {
    return started === mark.started ? 'there' : 'gone';
  }
  return isYounger(mark, system) ? 'gone' : 'perhaps';
}

/** Whether the machine has started since, which ends the processes of all its containers. A container may count its own seconds. */
function hasRestarted(mark: ProcessMark, system: ProcessSystem): boolean {
  const [then, now] = [mark.started, system.startOf(process.pid)].map(
    (each) => each?.split('/')[0],
  );
  return then !== undefined && now !== undefined && then !== now && isYounger(mark, system);
}

/** Whether a system runs for less than when it made a mark: seconds since a start only grow until the next one. */
const isYounger = (mark: ProcessMark, system: ProcessSystem): boolean =>
  mark.uptime !== undefined && system.uptime() < mark.uptime;

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** How a kind of system tells when a process started; Windows has nothing that is quick and always there. */
function startOf(platform: NodeJS.Platform): ProcessSystem['startOf'] {
  if (platform === 'win32') return () => undefined;
  return platform === 'linux' ? startFromProc : startFromPs;
}

function startFromProc(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name, in brackets, may hold spaces; the start time is the 20th field after it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** On macOS and the BSDs: the second in which a process started, as `ps` prints it in one language and time zone. */
export function startFromPs(pid: number): string | undefined {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const args = ['-o', 'lstart=', '-p', String(pid)];
  const { status, stdout } = spawnSync('ps', args, { env, encoding: 'utf8', timeout: 5000 });
  const started = status === 0 ? stdout.trim() : '';
  return /\d\d:\d\d:\d\d \d{4}$/.test(started) ? started : undefined;
}
