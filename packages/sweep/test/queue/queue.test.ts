import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TrialJob, TrialQueue } from '../../src/queue/trial-queue.ts';
import { aborted, byId, done, kinds, states, trial } from './kinds.ts';

const never = new AbortController().signal;
const untilEmpty = { workers: 2, signal: never, untilEmpty: true };
let names = 0;

describe.each(kinds())('a queue: $kind', ({ kind, missing, open }) => {
  const opened: TrialQueue[] = [];
  const fresh = async (sweep = `sweep-${names++}`): Promise<TrialQueue> => {
    const queue = await open(sweep);
    opened.push(queue);
    return queue;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(async (queue) => queue.close()));
  });
  if (missing !== undefined) test.skip(`of which nothing is tested here: ${missing}`);
  const it = test.skipIf(missing !== undefined);

  it('hands every trial out once, whoever adds it how often', async () => {
    const queue = await fresh();
    expect(queue.kind).toBe(kind);
    expect(await queue.add([trial('a'), trial('b')])).toBe(2);
    expect(await queue.add([trial('a'), trial('b'), trial('c')])).toBe(1);
    expect(await states(queue)).toEqual({ waiting: 3 });
    const attempts: [string, number][] = [];
    await queue.work(async ({ spec, attempt }) => {
      attempts.push([spec.id, attempt]);
      return done;
    }, untilEmpty);
    expect(attempts.sort()).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
    expect(await states(queue)).toEqual({ done: 3 });
    expect(await queue.add([trial('a')])).toBe(0);
  });

  it('runs as many at once as there are workers', async () => {
    const queue = await fresh();
    await queue.add(['a', 'b', 'c', 'd', 'e'].map((id) => trial(id)));
    let now = 0;
    let most = 0;
    await queue.work(async () => {
      most = Math.max(most, ++now);
      await wait(50);
      now--;
      return done;
    }, untilEmpty);
    expect(most).toBe(2);
  });

  it('tries a failure again with greater numbers, and gives up after the retries', async () => {
    const queue = await fresh();
    await queue.add([trial('passes', 2), trial('fails', 1), trial('throws', 0)]);
    const attempts: string[] = [];
    await queue.work(async ({ spec, attempt }) => {
      attempts.push(`${spec.id} ${attempt}`);
      if (spec.id === 'throws') throw new Error('expected a disk with space');
      if (spec.id === 'passes' && attempt === 3) return done;
      return { status: 'retry', message: `exited with ${attempt}` };
    }, untilEmpty);
    expect(attempts.sort()).toEqual([
      ...['fails 1', 'fails 2', 'passes 1', 'passes 2', 'passes 3', 'throws 1'],
    ]);
    const trials = await byId(queue);
    expect(trials.get('fails')).toMatchObject({
      state: 'failed',
      attempts: 2,
      message: 'exited with 2',
    });
    expect(trials.get('throws')).toMatchObject({
      state: 'failed',
      message: 'expected a disk with space',
    });
    expect(trials.get('passes')).toMatchObject({ state: 'done', attempts: 3 });
  });

  it('never tries a trial again that would fail the same way', async () => {
    const queue = await fresh();
    await queue.add([trial('diverges', 5)]);
    let attempts = 0;
    await queue.work(async () => {
      attempts++;
      return { status: 'never', message: 'the loss is NaN' };
    }, untilEmpty);
    expect(attempts).toBe(1);
    expect((await byId(queue)).get('diverges')).toMatchObject({
      state: 'failed',
      message: 'the loss is NaN',
    });
  });

  it('gives trials back when its work is stopped, and no retry is used up', async () => {
    const queue = await fresh();
    await queue.add([trial('long', 0)]);
    const stop = new AbortController();
    const work = async ({ signal }: TrialJob) => {
      stop.abort();
      await aborted(signal);
      return { status: 'stopped', message: 'told to stop' } as const;
    };
    await queue.work(work, { workers: 1, signal: stop.signal, untilEmpty: true });
    expect(await states(queue)).toEqual({ waiting: 1 });
    const attempts: number[] = [];
    await queue.work(async ({ attempt }) => {
      attempts.push(attempt);
      return done;
    }, untilEmpty);
    expect(attempts).toEqual([2]);
  });

  it('offers a refused trial to others, and ends a worker that refused all that is left', async () => {
    const queue = await fresh();
    await queue.add([trial('mine', 0), trial('theirs', 0)]);
    const refusing = queue.work(
      async ({ spec }) =>
        spec.id === 'mine' ? done : { status: 'refused', message: 'It was begun with relaxed.' },
      untilEmpty,
    );
    await expect(refusing).rejects.toThrow(
      'work: expected a trial that this machine may train, found 1 that it refused; they stay in the queue for others. It was begun with relaxed.',
    );
    expect(await states(queue)).toEqual({ done: 1, delayed: 1 });
    await queue.work(async () => done, untilEmpty);
    expect(await states(queue)).toEqual({ done: 2 });
  });

  it('hands a superseded attempt out again later', async () => {
    const queue = await fresh();
    await queue.add([trial('twice', 0)]);
    await queue.work(
      async ({ attempt }) =>
        attempt === 1 ? { status: 'superseded', message: 'attempt 2 is newer' } : done,
      untilEmpty,
    );
    expect((await byId(queue)).get('twice')).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('cancels what waits and what runs; done ones stay, and a cancelled one can be added again', async () => {
    const queue = await fresh();
    await queue.add([trial('first')]);
    await queue.work(async () => done, untilEmpty);
    await queue.add([trial('runs'), trial('waits')]);
    const reasons: unknown[] = [];
    const working = queue.work(
      async ({ signal }) => {
        expect(await queue.cancel()).toBe(2);
        await aborted(signal);
        reasons.push(signal.reason);
        return { status: 'stopped', message: 'told to stop' };
      },
      { ...untilEmpty, workers: 1 },
    );
    await working;
    expect(reasons).toEqual(['cancelled']);
    expect(await states(queue)).toEqual({ done: 1 });
    expect(await queue.add([trial('first'), trial('runs')])).toBe(1);
    expect(await queue.cancel(['first', 'runs', 'unknown'])).toBe(1);
  });

  it('lets a failed trial begin anew once it was cancelled by its id', async () => {
    const queue = await fresh();
    await queue.add([trial('fails', 0)]);
    await queue.work(async () => ({ status: 'never', message: 'no data' }), untilEmpty);
    expect(await queue.cancel()).toBe(0);
    expect(await queue.add([trial('fails', 0)])).toBe(0);
    expect(await queue.cancel(['fails'])).toBe(1);
    expect(await queue.add([trial('fails', 0)])).toBe(1);
  });

  it('shows the newest progress', async () => {
    const queue = await fresh();
    await queue.add([trial('a')]);
    await queue.work(async ({ progress }) => {
      progress({ epoch: 1, loss: 0.5 });
      await vi.waitFor(async () => {
        const found = (await byId(queue)).get('a');
        expect(found).toMatchObject({ state: 'active', progress: { epoch: 1, loss: 0.5 } });
      });
      return done;
    }, untilEmpty);
  });
});
