import { writeOrDrop } from './output.ts';

/** Shows what a {@link DisplaySource} tells. */
export interface Display {
  /** Tells that the source has something new; cheap enough for every step. */
  show(): void;
  /** Writes a line of its own. */
  log(text: string): void;
  /** Ends the display; later calls draw nothing more. */
  stop(): void;
}

/** What a display reads, and where it writes. */
export interface DisplaySource {
  readonly stream: NodeJS.WritableStream;
  /** Milliseconds of a clock. */
  readonly now: () => number;
  /** The state in one line of text. */
  readonly text: () => string;
  /** Share of the work that is done, 0 to 1. */
  readonly share: () => number;
}

const BAR_COLUMNS = 16;
const CLEAR_TO_END = '\u001b[K';

/** Shows nothing. */
export const silent: Display = { show: nothing, log: nothing, stop: nothing };

function nothing(): void {
  // That is what silent means.
}

/** Writes a plain line every `interval` milliseconds, and at the end if something came after the last one. */
export function lines({ stream, now, text }: DisplaySource, interval: number): Display {
  let next = now() + interval;
  let fresh = false;
  const write = (line: string): void => {
    writeOrDrop(stream, `${line}\n`);
  };
  return {
    show() {
      fresh = true;
      if (now() < next) return;
      next = now() + interval;
      fresh = false;
      write(text());
    },
    log: write,
    stop() {
      if (fresh) write(text());
      fresh = false;
    },
  };
}

/**
 * Draws a bar over itself, at most five times a second. It moves the cursor within its line only and changes no mode of
 * the terminal, so nothing has to be restored if the process is killed. A stream that is no terminal cannot be drawn
 * over: it gets the bar as a line of its own every two seconds.
 */
export function bar({ stream, now, text, share }: DisplaySource): Display {
  const terminal = isTerminal(stream);
  const pause = terminal ? 200 : 2000;
  let timer: NodeJS.Timeout | undefined;
  let drawn = -Infinity;
  let stopped = false;
  const draw = (): void => {
    const line = `${drawBar(share())}  ${text()}`;
    // The width is asked each time, because a window can change its size.
    writeOrDrop(
      stream,
      terminal ? `\r${cut(line, columnsOf(stream) - 1)}${CLEAR_TO_END}` : `${line}\n`,
    );
    drawn = now();
    // Without updates too: what else writes to the terminal would leave the bar overwritten.
    clearTimeout(timer);
    timer = setTimeout(draw, pause);
    timer.unref();
  };
  draw();
  return {
    show() {
      // The timer cannot fire in a loop that never waits.
      if (!stopped && now() - drawn >= pause) draw();
    },
    log(line) {
      if (stopped || !terminal) {
        writeOrDrop(stream, `${line}\n`);
        return;
      }
      writeOrDrop(stream, `\r${CLEAR_TO_END}${line}\n`);
      draw();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      draw();
      clearTimeout(timer);
      if (terminal) writeOrDrop(stream, '\n');
    },
  };
}

/** Tells whether a stream is a terminal. */
export function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

function drawBar(share: number): string {
  const done = Math.round(share * BAR_COLUMNS);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${'='.repeat(done)}${'-'.repeat(BAR_COLUMNS - done)} ${percent}%`;
}

function columnsOf(stream: NodeJS.WritableStream): number {
  const columns = 'columns' in stream ? Number(stream.columns) : 0;
  // Some terminals do not tell their size, or say 0.
  return columns > 0 ? columns : 80;
}

/** Cuts a line so that it does not wrap: the next drawing would not cover a line that did. */
function cut(line: string, columns: number): string {
  let text = '';
  let left = Math.max(1, columns);
  for (const character of line.replace(/\p{Cc}/gu, ' ')) {
    // Some characters beyond ASCII take two columns, and which of them depends on the terminal.
    left -= character > '~' ? 2 : 1;
    if (left < 0) break;
    text += character;
  }
  return text;
}
