import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { onInterrupt } from '@secateur/training';
import { runFixture } from './child.ts';

// There a signal from another process ends this one at once; Ctrl-C is a matter of the console.
const withSignals = test.skipIf(process.platform === 'win32');

describe('onInterrupt', () => {
  test('leaves no listener after dispose', async () => {
    const before = process.listenerCount('SIGTERM');
    const interrupt = onInterrupt();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    expect(interrupt.requested).toBe(false);
    expect(await interrupt.poll()).toBe(false);
    interrupt.dispose();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  withSignals('refuses a signal that none can wait for, and leaves no listener', () => {
    const before = process.listenerCount('SIGTERM');
    expect(() => onInterrupt({ signals: ['SIGTERM', 'SIGKILL'] })).toThrow(
      'onInterrupt: expected signals that a process can wait for, found "SIGKILL"; leave it out.',
    );
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  withSignals('turns the first signal into a request, and the loop saves and ends', async () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const child = runFixture('interrupted', []);
      await child.said('ready');
      child.process.kill(signal);
      const { code, output } = await child.ended;
      expect(output).toBe(`ready\nrequested by ${signal}\nsaved\n`);
      expect(code).toBe(0);
    }
  });

  withSignals('takes a second signal for an echo at first, and later exits with 130', async () => {
    const child = runFixture('interrupted', ['slow']);
    await child.said('ready');
    child.process.kill('SIGINT');
    await child.said('requested by SIGINT');
    child.process.kill('SIGINT');
    await wait(1100);
    expect(child.process.exitCode).toBe(null);
    child.process.kill('SIGINT');
    const { code, output } = await child.ended;
    expect(code).toBe(130);
    expect(output).not.toContain('saved');
  });

  test('waits for Ctrl-Break where there is such a key', () => {
    const before = process.listenerCount('SIGBREAK');
    const interrupt = onInterrupt();
    expect(process.listenerCount('SIGBREAK')).toBe(before + 1);
    interrupt.dispose();
    expect(process.listenerCount('SIGBREAK')).toBe(before);
  });
});
