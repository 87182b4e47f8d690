import { describe, expect, test } from 'vitest';
import { onInterrupt } from '@secateur/training';
import { runFixture } from './child.ts';

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

  test('turns the first signal into a request, and the loop saves and ends', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = runFixture('interrupted', []);
      await child.said('ready');
      child.process.kill(signal);
      const { code, output } = await child.ended;
      expect(output).toBe(`ready\nrequested by ${signal}\nsaved\n`);
      expect(code).toBe(0);
    }
  });

  test('exits with 130 at the second signal', async () => {
    const child = runFixture('interrupted', ['slow']);
    await child.said('ready');
    child.process.kill('SIGINT');
    await child.said('requested by SIGINT');
    child.process.kill('SIGINT');
    const { code, output } = await child.ended;
    expect(code).toBe(130);
    expect(output).not.toContain('saved');
  });
});
