import { checkOptions } from '@secateur/input';
import { argumentError } from './error.ts';
import {
  bar,
  isTerminal,
  lines,
  silent,
  type Display,
  type DisplaySource,
} from './progress-display.ts';
import { formatProgress, type ProgressState } from './progress-text.ts';
import { rateMeter } from './rate-meter.ts';

/** How progress is shown: a bar, plain lines, nothing, or the bar where the stream is a terminal and else lines. */
export type ProgressMode = 'auto' | 'bar' | 'lines' | 'silent';

/** What {@link progressBar} takes. */
export interface ProgressOptions {
  /** Number of steps of the whole training. */
  readonly total: number;
  /** Steps done before, in a resumed run; 0 by default. */
  readonly start?: number;
  /** What `units` counts; `words` by default. */
  readonly unit?: string;
  /** How it is shown; `auto` by default. */
  readonly mode?: ProgressMode;
  /** Where it is shown; the standard error by default, so that the standard output stays for results. */
  readonly stream?: NodeJS.WritableStream;
  /** Seconds between plain lines; 5 by default. */
  readonly interval?: number;
  /** Tells the time in milliseconds; a clock that never goes back by default. */
  readonly now?: () => number;
}

/** What is new since the last update. */
export interface ProgressUpdate {
  /** Epoch, counted from 1. */
  readonly epoch?: number;
  /** Loss. */
  readonly loss?: number;
  /** Units (words) gone through since the last update; without it, steps are counted. */
  readonly units?: number;
}

/** A display of progress. */
export interface Progress {
  /** Tells that `value` steps are done; cheap enough for every step. */
  update(value: number, update?: ProgressUpdate): void;
  /** Writes a line of its own, above the bar if there is one; nothing when silent. */
  log(text: string): void;
  /** Units a second of late, in every mode; 0 before the second update. */
  rate(): number;
  /** Ends the display: the bar is drawn a last time and its line is closed. Call it in a `finally`. */
  stop(): void;
}

/**
 * Shows how far a training is: a bar with epoch, loss, words a second and the time to go on a terminal, a plain line
 * every few seconds in a log file, or nothing.
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { progressBar } from '@secateur/training';
 *
 * const stream = new PassThrough();
 * let now = 0; // in place of the clock
 * const progress = progressBar({ total: 400, unit: 'steps', stream, now: () => now });
 * now = 1000;
 * progress.update(100, { loss: 4.5 });
 * progress.stop();
 * String(stream.read()).trim(); // => 100/400  loss 4.500  100 steps/s  ETA 3s
 * ```
 */
export function progressBar(options: ProgressOptions): Progress {
  const names = {
    total: true,
    start: true,
    unit: true,
    mode: true,
    stream: true,
    interval: true,
    now: true,
  } as const;
  checkOptions('progressBar', options, names, argumentError);
  const { total, start = 0, unit = 'words', interval = 5 } = options;
  const { stream = process.stderr, mode = 'auto', now = () => performance.now() } = options;
  if (!Number.isInteger(total) || total < 1 || !Number.isInteger(start) || start < 0) {
    throw argumentError(
      `progressBar: expected whole numbers, total >= 1 and start >= 0, found total ${String(total)} and start ${String(start)}; pass the number of training steps.`,
    );
  }
  const steps = rateMeter(30_000);
  const units = rateMeter(30_000);
  let state: ProgressState = {
    value: start,
    total,
    epoch: undefined,
    loss: undefined,
    rate: 0,
    unit,
    eta: undefined,
  };
  let counted = 0;
  steps.add(start, now());
  units.add(0, now());
  const text = (): string => {
    const pace = steps.perSecond();
    const eta = pace > 0 ? (total - state.value) / pace : undefined;
    return formatProgress({ ...state, rate: units.perSecond(), eta });
  };
  const share = (): number => Math.min(1, Math.max(0, state.value / total)) || 0;
  const display = displayOf(mode, { stream, now, text, share }, interval * 1000);
  return {
    update(value, update = {}) {
      counted += update.units ?? value - state.value;
      const { epoch = state.epoch, loss = state.loss } = update;
      state = { ...state, value, epoch, loss };
      const time = now();
      steps.add(value, time);
      units.add(counted, time);
      display.show();
    },
    log: (line) => {
      display.log(line);
    },
    rate: () => units.perSecond(),
    stop: () => {
      display.stop();
    },
  };
}

function displayOf(mode: ProgressMode, source: DisplaySource, interval: number): Display {
  switch (mode) {
    case 'silent':
      return silent;
    case 'bar':
      return bar(source);
    case 'lines':
      return lines(source, interval);
    case 'auto':
      return isTerminal(source.stream) ? bar(source) : lines(source, interval);
    default:
      throw argumentError(
        `progressBar: expected mode auto, bar, lines or silent, found ${String(mode)}; leave it out for auto.`,
      );
  }
}
