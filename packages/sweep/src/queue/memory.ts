import type { TrialSpec } from '../spec/trial-spec.ts';
import type { QueueTimes } from './times.ts';
import type { TrialProgress, TrialQueue, TrialState } from './trial-queue.ts';
import { allRefused } from './refusal.ts';
import { backoffAfter, judge } from './verdict.ts';
import { wake } from './wake.ts';

interface Entry {
  readonly spec: TrialSpec;
  state: TrialState;
  attempts: number;
  failures: number;
  progress?: TrialProgress;
  message?: string;
  /** Of the attempt that runs. */
  controller?: AbortController | undefined;
  timer?: NodeJS.Timeout;
}

/** A queue within this process: what is in it is gone with the process, results stay in the store. */
export function memoryQueue(times: QueueTimes): TrialQueue {
  const entries = new Map<string, Entry>();
  // A set, as taking the first of a long array moves all the others.
  const line = new Set<Entry>();
  const changed = wake();

  const counts = (): Record<TrialState, number> => {
    const found = { waiting: 0, active: 0, delayed: 0, done: 0, failed: 0 };
    for (const { state } of entries.values()) found[state]++;
    return found;
  };
  const enqueue = (entry: Entry): void => {
    entry.state = 'waiting';
    line.add(entry);
    changed.wake();
  };
  const later = (entry: Entry, milliseconds: number): void => {
    entry.state = 'delayed';
    entry.timer = setTimeout(() => enqueue(entry), milliseconds);
    // What is only delayed keeps no process alive that nobody works in.
    entry.timer.unref();
  };
  const forget = (entry: Entry): void => {
    clearTimeout(entry.timer);
    line.delete(entry);
    entries.delete(entry.spec.id);
  };

  return {
    kind: 'memory',
    add: async (specs) => {
      const known = entries.size;
      for (const spec of specs) {
        if (entries.has(spec.id)) continue;
        const entry: Entry = { spec, state: 'waiting', attempts: 0, failures: 0 };
        entries.set(spec.id, entry);
        enqueue(entry);
      }
      return entries.size - known;
    },
    work: async (run, { workers, signal, untilEmpty }) => {
      const refused = new Map<string, string>();
      const running = new Set<Promise<void>>();
      const stop = (): void => {
        for (const { controller } of entries.values()) controller?.abort(signal.reason);
        changed.wake();
      };
      const start = async (entry: Entry): Promise<void> => {
        const { spec } = entry;
        entry.state = 'active';
        entry.attempts++;
        entry.controller = new AbortController();
        const verdict = await judge(run, {
          spec,
          attempt: entry.attempts,
          signal: entry.controller.signal,
          progress: (record) => {
            entry.progress = record;
          },
        });
        entry.controller = undefined;
        if (entries.get(spec.id) !== entry) return;
        if ('message' in verdict) entry.message = verdict.message;
        if (verdict.then === 'done') entry.state = 'done';
        else if (verdict.then === 'failed') entry.state = 'failed';
        else if (verdict.then === 'back') enqueue(entry);
        else if (verdict.then === 'later') {
          if (verdict.refused) refused.set(spec.id, verdict.message);
          later(entry, times.again);
        } else if (++entry.failures > spec.retries) entry.state = 'failed';
        else later(entry, backoffAfter(entry.failures, times.backoff));
      };
      signal.addEventListener('abort', stop, { once: true });
      // A timer that is not counted keeps the process alive while everything is only delayed.
      const alive = setInterval(() => undefined, 2 ** 30);
      try {
        while (!signal.aborted) {
          while (running.size < workers && !signal.aborted) {
            const [entry] = line;
            if (entry === undefined) break;
            line.delete(entry);
            const attempt = start(entry).finally(() => {
              running.delete(attempt);
              changed.wake();
            });
            running.add(attempt);
          }
          if (running.size === 0) {
            const now = counts();
            const error = allRefused(refused, now);
            if (error !== undefined) throw error;
            if (untilEmpty && now.waiting + now.delayed === 0) break;
          }
          await changed.sleep();
        }
        await Promise.all(running);
      } finally {
        clearInterval(alive);
        signal.removeEventListener('abort', stop);
      }
    },
    counts: async () => counts(),
    async *trials(states) {
      for (const { spec, state, attempts, progress, message } of [...entries.values()]) {
        if (states?.includes(state) === false) continue;
        yield {
          spec,
          state,
          attempts,
          ...(progress !== undefined && { progress }),
          ...(message !== undefined && { message }),
        };
      }
    },
    cancel: async (ids) => {
      let cancelled = 0;
      for (const id of ids ?? [...entries.keys()]) {
        const entry = entries.get(id);
        if (entry === undefined || entry.state === 'done') continue;
        if (entry.state === 'failed' && ids === undefined) continue;
        forget(entry);
        entry.controller?.abort('cancelled');
        cancelled++;
      }
      changed.wake();
      return cancelled;
    },
    close: async () => {
      for (const entry of entries.values()) clearTimeout(entry.timer);
    },
  };
}
