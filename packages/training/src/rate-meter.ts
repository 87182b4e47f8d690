/** Measures how fast something goes. */
export interface RateMeter {
  /** Tells how much there is in total by now, at a time in milliseconds. */
  add(total: number, time: number): void;
  /** Amount per second over the last stretch of time; 0 before two different times. */
  perSecond(): number;
}

/** Makes a meter of the mean rate over the last `window` milliseconds: steady, and it follows a change of pace. */
export function rateMeter(window: number): RateMeter {
  const points: { total: number; time: number }[] = [];
  return {
    add(total, time) {
      const last = points.at(-1);
      // Points closer than this add nothing but memory.
      if (
        points.length > 1 &&
        last !== undefined &&
        last.time - points.at(-2)!.time < window / 100
      ) {
        points.pop();
      }
      points.push({ total, time });
      while (points.length > 2 && points[1]!.time <= time - window) points.shift();
    },
    perSecond() {
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined || last.time <= first.time) return 0;
      return (1000 * (last.total - first.total)) / (last.time - first.time);
    },
  };
}
