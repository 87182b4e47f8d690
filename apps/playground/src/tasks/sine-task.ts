import { randomNumbers } from './random.ts';
import type { Batch, Task } from './task.ts';

/** Three sines at once, each with a period and a random phase; the next value is to be told from those before it. */
export function sineTask(seed: number): Task {
  const [rows, steps, periods] = [16, 48, [9, 17, 29]];
  const batchOf = (random: () => number): Batch => {
    const [x, y] = [new Float32Array(rows * steps), new Float32Array(rows * steps)];
    for (let row = 0; row < rows; row++) {
      const phases = periods.map(() => 2 * Math.PI * random());
      const value = (time: number): number =>
        periods.reduce(
          (sum, period, i) => sum + Math.sin((2 * Math.PI * time) / period + phases[i]!) / 3,
          0,
        );
      for (let time = 0; time < steps; time++) {
        x[row * steps + time] = value(time);
        y[row * steps + time] = value(time + 1);
      }
    }
    return { x, y };
  };
  return {
    ...{ width: 1, rows, steps },
    batch: (step) => batchOf(randomNumbers(seed, step)),
    validation: batchOf(randomNumbers(seed, -1)),
  };
}
