import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { openRun, readCheckpoint, readRun } from '@secateur/training';
import { runFixture } from './child.ts';

const runToEnd = async (directory: string, backend: string): Promise<void> => {
  const { code, errors } = await runFixture('train', [directory, backend]).ended;
  if (code !== 0) throw new Error(errors);
};

describe.each([
  { backend: 'cpu', kills: 4 },
  { backend: 'wasm', kills: 3 },
])('a run on $backend that is killed', ({ backend, kills }) => {
  test('at random moments ends with the bits of one that is not', async () => {
    const whole = testFolder();
    await runToEnd(whole, backend);

    let killed = testFolder();
    const delays: number[] = [];
    for (let i = 0; i < kills; i++) {
      const child = runFixture('train', [killed, backend]);
      // The first kill always falls between two checkpoints; the others may fall before one, too.
      await child.said(i % 2 === 0 ? 'saved' : 'training');
      const delay = Math.random() * 40;
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.process.kill('SIGKILL');
      if ((await child.ended).signal === 'SIGKILL') delays.push(delay);
      // On a busy machine one may have come to its end before the signal: a later one is as good, the first is tried again.
      else if (delays.length > 0) break;
      else [killed, i] = [testFolder(), -1];
    }
    if (readRun(killed).status !== 'finished') await runToEnd(killed, backend);

    const where = `killed after ${delays.map((delay) => delay.toFixed(1)).join(', ')} ms`;
    const [a, b] = [readRun(whole), readRun(killed)];
    expect(b.status).toBe('finished');
    expect((b.readResult() as { startedAt: number }).startedAt, where).toBeGreaterThan(0);
    expect(b.latestCheckpoint(), where).toEqual(a.latestCheckpoint());
    const newest = (directory: string): Buffer =>
      readFileSync(join(directory, 'checkpoints', 'step-00000100.safetensors'));
    expect(newest(killed).equals(newest(whole)), where).toBe(true);
    // Metrics too: no step is missing, none is there twice.
    const metrics = (directory: string): string =>
      readFileSync(join(directory, 'metrics.jsonl'), 'utf8');
    expect(metrics(killed), where).toBe(metrics(whole));
    expect(readCheckpoint(b.checkpoints().at(-1)!.file).step).toBe(100);
  });
});

describe('a run', () => {
  test('that trains in another process cannot be opened, until it is killed', async () => {
    const directory = testFolder();
    const child = runFixture('train', [directory, 'cpu']);
    await child.said('training');
    const config = { total: 100, backend: 'cpu' };
    expect(() => openRun({ directory, config })).toThrow(
      `found it locked by process ${String(child.process.pid)}`,
    );
    expect(readRun(directory).status).toBe('interrupted');
    child.process.kill('SIGKILL');
    await child.ended;
    const run = openRun({ directory, config });
    expect(run.status).toBe('interrupted');
    run.close();
  });
});
