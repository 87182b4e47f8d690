import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { sourceCommand } from '@secateur/testing/command';
import { testFolder } from '@secateur/testing/folders';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { keepSignalsAway } from '../src/signal-mask.ts';
import { describeNative } from './native.ts';

const root = join(import.meta.dirname, '..');
const isProtected = process.platform === 'linux' && process.arch === 'x64';
afterEach(() => {
  vi.restoreAllMocks();
});

test('the addon is the one that its script writes', () => {
  const made = join(testFolder(), 'made.node');
  const script = join(root, 'scripts/build-signal-mask.mjs');
  expect(spawnSync(process.execPath, [script, made]).status).toBe(0);
  expect(readFileSync(made)).toEqual(readFileSync(join(root, 'native/signal-mask-linux-x64.node')));
});

describe('keepSignalsAway', () => {
  const linux = { platform: 'linux', arch: 'x64', env: {} } as const;
  const eigen = { TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL: 'false', TF_ENABLE_ONEDNN_OPTS: '0' };

  test('says what to do where the addon cannot be loaded', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    await keepSignalsAway(linux, join(root, 'none.node'));
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/none\.node.*; set TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL=false/),
    );
  });

  test.each([
    ['on another system', { ...linux, platform: 'darwin' as const }],
    ['on another processor', { ...linux, arch: 'arm64' as const }],
    ['where TensorFlow multiplies without oneDNN', { ...linux, env: eigen }],
  ])('does nothing %s', async (_, where) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    await keepSignalsAway(where, join(root, 'none.node'));
    expect(warn).not.toHaveBeenCalled();
  });

  test('wants both of its settings to leave signals alone', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const env = { ...eigen, TF_ENABLE_ONEDNN_OPTS: '1' };
    await keepSignalsAway({ ...linux, env }, join(root, 'none.node'));
    expect(warn).toHaveBeenCalledOnce();
  });
});

await describeNative('signals while TensorFlow multiplies', () => {
  // Windows has no such signals; elsewhere the processors are others.
  test.runIf(isProtected).each([1, 2])(
    'are handled and damage nothing, with %i threads',
    async (threads) => {
      const [program, ...args] = sourceCommand(
        join(import.meta.dirname, 'signals-program.ts'),
        String(threads),
      );
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const exited = once(child, 'close');
      await once(child.stdout, 'data');
      const said = text(child.stdout);
      const signals = ['SIGINT', 'SIGTERM', 'SIGWINCH', 'SIGUSR1'] as const;
      for (let i = 0; i < 400 && child.exitCode === null && child.signalCode === null; i++) {
        child.kill(signals[i % 4]);
        await wait(4);
      }
      child.stdin.on('error', () => undefined).end();
      expect(await exited).toEqual([0, null]);
      const { wrong, seen, blocked } = JSON.parse(await said) as {
        wrong: number;
        seen: Record<string, number>;
        blocked: string;
      };
      expect(wrong).toBe(0);
      for (const signal of signals) expect(seen[signal]).toBeGreaterThan(0);
      const isBlocked = (name: keyof typeof constants.signals): boolean =>
        ((BigInt(`0x${blocked}`) >> BigInt(constants.signals[name] - 1)) & 1n) === 1n;
      expect((['SIGCHLD', 'SIGPROF', 'SIGHUP', 'SIGWINCH'] as const).every(isBlocked)).toBe(true);
      expect((['SIGSEGV', 'SIGFPE', 'SIGABRT', 'SIGPIPE'] as const).some(isBlocked)).toBe(false);
    },
  );
});
