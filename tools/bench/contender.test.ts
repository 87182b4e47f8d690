import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeContender, start } from './process/contender.ts';

test.skipIf(process.platform !== 'linux')(
  'a contender with busy threads takes no time while another is timed',
  async () => {
    const running = await start(
      nodeContender('restless', { module: 'process/restless-job.ts', input: {} }),
    );
    try {
      // The third word, after a name in parentheses: T is stopped by a signal.
      const state = (): string | undefined =>
        /\) (\w)/.exec(readFileSync(`/proc/${String(running.facts['pid'])}/stat`, 'utf8'))?.[1];
      await expect.poll(state).toBe('T');
      expect((await running.round())['processorMs']).toBeGreaterThan(0);
      await expect.poll(state).toBe('T');
      await running.end();
    } finally {
      running.kill();
    }
  },
);
