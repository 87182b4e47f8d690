import { randomNumbers } from './random.ts';
import type { Batch, Task } from './task.ts';

/** What can be drawn. */
export const gestureKinds = ['circle', 'triangle', 'zigzag', 'wave'];

/** Points of every gesture. */
export const gesturePoints = 24;

/** A line drawn in one go: its kind, and its points `x, y, x, y`, each between 0 and 1. */
export interface Gesture {
  readonly kind: string;
  readonly points: readonly number[];
}

/** A gesture of a kind as a hand might draw it: somewhere, in some size, at a slant, a little unsteady. */
export function drawnGesture(kind: string, random: () => number): Gesture {
  const [x, y] = [0.4 + 0.2 * random(), 0.4 + 0.2 * random()];
  const [width, height] = [0.2 + 0.15 * random(), 0.2 + 0.15 * random()];
  const [slant, start] = [0.3 * (random() - 0.5), Math.floor(3 * random())];
  const path = (t: number): readonly [number, number] => {
    if (kind === 'circle') {
      const angle = 2 * Math.PI * (t + start / 3);
      return [Math.cos(angle), Math.sin(angle)];
    }
    if (kind === 'triangle') {
      const corner = (i: number): [number, number] => {
        const angle = (2 * Math.PI * ((i + start) % 3)) / 3 - Math.PI / 2;
        return [Math.cos(angle), Math.sin(angle)];
      };
      const side = Math.min(2, Math.floor(3 * t));
      const [from, to, part] = [corner(side), corner(side + 1), 3 * t - side];
      return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])];
    }
    const swing = 4 * t;
    if (kind === 'zigzag') return [2 * t - 1, Math.abs((swing % 2) - 1) * 2 - 1];
    return [2 * t - 1, Math.cos(Math.PI * swing)];
  };
  const points = Array.from({ length: gesturePoints }, (_, i) => {
    const [u, v] = path(i / (gesturePoints - 1));
    const unsteady = (): number => 0.015 * (random() - 0.5);
    return [x + width * (u + slant * v) + unsteady(), y + height * (v - slant * u) + unsteady()];
  });
  return { kind, points: points.flat() };
}

/** The way of the pen from point to point, `[points, 2]`: what the network reads. */
export function stepsOf({ points }: Gesture): Float32Array {
  return Float32Array.from(points, (value, i) => (i < 2 ? 0 : 8 * (value - points[i - 2]!)));
}

/** Gestures of four kinds, told from the way of the pen; of what a person drew, one is seen as often as all generated ones. */
export function gestureTask(drawn: readonly Gesture[], seed: number): Task {
  const rows = 16;
  const batchOf = (random: () => number, own: readonly Gesture[]): Batch => {
    const x = new Float32Array(rows * gesturePoints * 2);
    const y = new Int32Array(rows * gesturePoints);
    for (let row = 0; row < rows; row++) {
      const place = row % gestureKinds.length;
      const kind = gestureKinds[place]!;
      const mine = own.filter((gesture) => gesture.kind === kind);
      const generated = drawnGesture(kind, random);
      const one = mine[Math.floor(2 * mine.length * random())] ?? generated;
      x.set(stepsOf(one), row * gesturePoints * 2);
      y.fill(place, row * gesturePoints, (row + 1) * gesturePoints);
    }
    return { x, y };
  };
  return {
    ...{ width: 2, classes: gestureKinds, rows, steps: gesturePoints },
    batch: (step) => batchOf(randomNumbers(seed, step), drawn),
    validation: batchOf(randomNumbers(seed, -1), []),
  };
}
