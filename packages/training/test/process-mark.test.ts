import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  markOf,
  startFromPs,
  stateOf,
  thisSystem,
  type ProcessSystem,
} from '../src/process-mark.ts';

/** A system whose process 7 runs, and which tells when it started unless `started` is undefined. */
const system = (started: string | undefined, uptime = 100, host = 'Desk.local'): ProcessSystem => ({
  host,
  isRunning: (pid) => pid === 7,
  startOf: () => started,
  uptime: () => uptime,
});

describe('stateOf', () => {
  test('a process that does not run is gone, whatever else is known', () => {
    expect(stateOf(markOf(8, system('a')), system('a'))).toBe('gone');
    expect(stateOf(markOf(8, system(undefined)), system(undefined))).toBe('gone');
  });

  test('another start is another process of the same id', () => {
    expect(stateOf(markOf(7, system('a')), system('a'))).toBe('there');
    expect(stateOf(markOf(7, system('a')), system('b'))).toBe('gone');
  });

  test('where no start is told, as on Windows, only a restart of the system proves that it is gone', () => {
    const mark = markOf(7, system(undefined, 5000));
    expect(mark).toEqual({ pid: 7, host: 'Desk.local', started: null, uptime: 5000 });
    expect(stateOf(mark, system(undefined, 5000))).toBe('perhaps');
    expect(stateOf(mark, system(undefined, 9000))).toBe('perhaps');
    expect(stateOf(mark, system(undefined, 4000))).toBe('gone');
    // A mark of an earlier version, or of a hand, may lack some of it.
    expect(stateOf({ pid: 7, host: 'desk.local', started: null }, system('a'))).toBe('perhaps');
    expect(stateOf({ pid: 7, host: 'desk.local' } as typeof mark, system('a'))).toBe('perhaps');
  });

  test('an id of another container says nothing, of an earlier version as much as before', () => {
    const inside = (pidNamespace: string) => ({ ...system('a'), pidNamespace });
    const mark = markOf(8, inside('pid:[1]'));
    expect(mark.pidNamespace).toBe('pid:[1]');
    expect(stateOf(mark, inside('pid:[1]'))).toBe('gone');
    expect(stateOf(mark, inside('pid:[2]'))).toBe('elsewhere');
    expect(stateOf(markOf(8, system('a')), inside('pid:[2]'))).toBe('gone');
  });

  test('a restart of the machine ends the processes of all containers', () => {
    const at = (boot: string, uptime: number, pidNamespace: string) => ({
      ...{ ...system(`${boot}/7`, uptime), pidNamespace },
      isRunning: () => true,
      startOf: () => `${boot}/7`,
    });
    const mark = markOf(7, at('first', 5000, 'pid:[1]'));
    expect(stateOf(mark, at('second', 60, 'pid:[2]'))).toBe('gone');
    // Another machine of that name, or a container that counts its own seconds.
    expect(stateOf(mark, at('second', 9000, 'pid:[2]'))).toBe('elsewhere');
    expect(stateOf(mark, at('first', 60, 'pid:[2]'))).toBe('elsewhere');
  });

  test('the name of a machine has no case', () => {
    expect(stateOf(markOf(8, system('a')), system('a', 1, 'DESK.LOCAL'))).toBe('gone');
    expect(stateOf(markOf(8, system('a')), system('a', 1, 'Desk.lan'))).toBe('elsewhere');
  });
});

describe('this system', () => {
  test('knows this process and one that has ended', () => {
    const mark = markOf();
    expect(mark).toMatchObject({ pid: process.pid, host: hostname() });
    expect(stateOf(mark)).toBe(process.platform === 'win32' ? 'perhaps' : 'there');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    expect(stateOf({ ...mark, pid })).toBe('gone');
  });

  test.skipIf(process.platform === 'win32')('tells processes apart by their start', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      await once(child, 'spawn');
      const started = thisSystem.startOf(child.pid!);
      expect(started).toEqual(expect.any(String));
      expect(thisSystem.startOf(child.pid!)).toBe(started);
      expect(stateOf({ ...markOf(), pid: child.pid! })).toBe('gone');
    } finally {
      child.kill('SIGKILL');
    }
  });
});

// What macOS and the BSDs use; the `ps` of Linux prints the same.
const hasPs = process.platform !== 'win32' && spawnSync('ps', ['-p', '1']).error === undefined;
describe.skipIf(!hasPs)('startFromPs, where there is a ps', () => {
  test('gives the second in which a process started, the same words in every language and time zone', () => {
    const started = startFromPs(process.pid)!;
    expect(Date.parse(`${started} UTC`) / 1000).toBeCloseTo(performance.timeOrigin / 1000, -2);
    const { LC_ALL, TZ } = process.env;
    Object.assign(process.env, { LC_ALL: 'de_DE.UTF-8', TZ: 'Asia/Tokyo' });
    try {
      expect(startFromPs(process.pid)).toBe(started);
    } finally {
      restore({ LC_ALL, TZ });
    }
  });
  test('knows nothing of a process that has ended', () => {
    expect(startFromPs(spawnSync(process.execPath, ['-e', '']).pid)).toBeUndefined();
  });
});

function restore(before: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}
