import { bytes, double, doubles, float, message, whole } from './protobuf.ts';
import { frameRecords } from './records.ts';

/** One value of a step: a number, or a list of numbers, which is shown as their distribution. */
export interface Point {
  readonly tag: string;
  readonly step: number;
  readonly value: number | readonly number[];
}

/** Most buckets of a distribution. */
const BUCKETS = 30;

/**
 * An event file that TensorBoard reads: its version, then an event for each point. `time` is the wall time of all of them, in
 * seconds: metrics do not say when they were made.
 */
export function eventFile(points: readonly Point[], time: number): Uint8Array {
  const wallTime = double(1, time);
  const version = message(wallTime, bytes(3, 'brain.Event:2'));
  const events = points.map(({ tag, step, value }) => {
    const shown =
      typeof value === 'number'
        ? float(2, value)
        : bytes(5, histogram(value.filter(Number.isFinite)));
    const summary = message(bytes(1, message(bytes(1, tag), shown)));
    return message(wallTime, whole(2, step), bytes(5, summary));
  });
  return frameRecords([version, ...events]);
}

/** HistogramProto: least, largest, count, sum, sum of squares, and how many lie up to each limit. */
function histogram(values: readonly number[]): Uint8Array {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (values.length === 0) return message();
  const width = (most - least) / BUCKETS;
  const limits =
    width > 0 ? Array.from({ length: BUCKETS }, (_, i) => least + (i + 1) * width) : [most];
  limits[limits.length - 1] = most;
  const counts = limits.map(() => 0);
  for (const value of values) {
    const at = width > 0 ? Math.floor((value - least) / width) : 0;
    counts[Math.min(at, counts.length - 1)]!++;
  }
  return message(
    double(1, least),
    double(2, most),
    double(3, values.length),
    double(
      4,
      values.reduce((sum, value) => sum + value, 0),
    ),
    double(
      5,
      values.reduce((sum, value) => sum + value * value, 0),
    ),
    doubles(6, limits),
    doubles(7, counts),
  );
}
