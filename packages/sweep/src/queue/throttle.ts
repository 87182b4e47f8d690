/** Passes values on at most once in `milliseconds`: the first at once, after that the newest. */
export interface Throttle<T> {
  (value: T): void;
  /** Drops what was not passed on yet. */
  stop(): void;
}

/** Makes a {@link Throttle} in front of `pass`. */
export function throttle<T>(pass: (value: T) => void, milliseconds: number): Throttle<T> {
  let timer: NodeJS.Timeout | undefined;
  let next: { readonly value: T } | undefined;
  let stopped = false;
  const pause = (): void => {
    timer = setTimeout(() => {
      timer = undefined;
      if (next === undefined) return;
      pass(next.value);
      next = undefined;
      pause();
    }, milliseconds);
    timer.unref();
  };
  const throttled = (value: T): void => {
    if (stopped) return;
    if (timer !== undefined) {
      next = { value };
      return;
    }
    pass(value);
    pause();
  };
  return Object.assign(throttled, {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  });
}

/** Says a message unless it said the same one within the last minute: a server that is away fails many times a second. */
export function sayOnce(say: (line: string) => void): (line: string) => void {
  const said = new Map<string, number>();
  return (line) => {
    const now = performance.now();
    if (now - (said.get(line) ?? -Infinity) < 60_000) return;
    // Messages with changing parts, such as ids, must not fill the memory of a worker that runs for weeks.
    if (said.size > 100) said.clear();
    said.set(line, now);
    say(line);
  };
}
