import cliProgress from 'cli-progress';
import { TrainingError } from './error.ts';
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
  /** Tells the time in milliseconds; the clock by default. */
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
  /** Ends the display. Without it the bar keeps the process alive: call it in a `finally`. */
  stop(): void;
}

interface Display {
  show(value: number, text: () => string): void;
  log(text: string): void;
  stop(text: () => string): void;
}

/**
 * Shows how far a training is: a bar with epoch, loss, words a second and the time to go on a terminal, a plain line
 * every few seconds in a log file, or nothing.
 */
export function progressBar(options: ProgressOptions): Progress {
  const { total, start = 0, unit = 'words', now = Date.now, interval = 5 } = options;
  const { stream = process.stderr, mode = 'auto' } = options;
  if (!Number.isInteger(total) || total < 1 || !Number.isInteger(start) || start < 0) {
    throw new TrainingError(
      `progressBar: expected whole numbers, total >= 1 and start >= 0, found total ${String(total)} and start ${String(start)}; pass the number of training steps.`,
      { code: 'argument' },
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
  const display = displayOf(mode, stream, state, interval * 1000, now, text);
  return {
    update(value, update = {}) {
      counted += update.units ?? value - state.value;
      const { epoch = state.epoch, loss = state.loss } = update;
      state = { ...state, value, epoch, loss };
      const time = now();
      steps.add(value, time);
      units.add(counted, time);
      display.show(value, text);
    },
    log: (line) => {
      display.log(line);
    },
    rate: () => units.perSecond(),
    stop: () => {
      display.stop(text);
    },
  };
}

function displayOf(
  mode: ProgressMode,
  stream: NodeJS.WritableStream,
  { value, total }: ProgressState,
  interval: number,
  now: () => number,
  text: () => string,
): Display {
  const terminal = 'isTTY' in stream && stream.isTTY === true;
  if (mode === 'silent') return silent;
  if (mode === 'bar' || (mode === 'auto' && terminal)) return bar(stream, total, value, text);
  if (mode === 'lines' || mode === 'auto') return lines(stream, interval, now);
  throw new TrainingError(
    `progressBar: expected mode auto, bar, lines or silent, found ${String(mode)}; leave it out for auto.`,
    { code: 'argument' },
  );
}

const silent: Display = { show: nothing, log: nothing, stop: nothing };

function nothing(): void {
  // That is what silent means.
}

function lines(stream: NodeJS.WritableStream, interval: number, now: () => number): Display {
  let next = now() + interval;
  let fresh = false;
  const write = (text: string): void => void stream.write(`${text}\n`);
  return {
    show(_, text) {
      fresh = true;
      if (now() < next) return;
      next = now() + interval;
      fresh = false;
      write(text());
    },
    log: write,
    stop(text) {
      if (fresh) write(text());
      fresh = false;
    },
  };
}

function bar(
  stream: NodeJS.WritableStream,
  total: number,
  value: number,
  text: () => string,
): Display {
  const shown = new cliProgress.SingleBar({
    stream,
    // Signals belong to onInterrupt; the bar's own listener would stop it at the first one, while the loop saves.
    gracefulExit: false,
    hideCursor: null,
    barsize: 16,
    noTTYOutput: true,
    // What else writes to the terminal would leave the bar overwritten until its text changes.
    forceRedraw: true,
    fps: 5,
    format(options, params) {
      const drawn = cliProgress.Format.BarFormat(params.progress, options);
      const percent = String(Math.floor(params.progress * 100)).padStart(3);
      // A line that wraps would not be overwritten by the next.
      return `${drawn} ${percent}%  ${text()}`.slice(0, Math.max(1, params.maxWidth - 1));
    },
  });
  shown.start(total, value);
  let stopped = false;
  return {
    show(now) {
      shown.update(now);
    },
    log(line) {
      stream.write(stopped ? `${line}\n` : `\r\u001b[K${line}\n`);
      if (!stopped) shown.render();
    },
    stop() {
      stopped = true;
      shown.stop();
    },
  };
}
