import { crossEntropy } from './cross-entropy.ts';

/** What {@link distilledCrossEntropy} reads and writes; all but `labels` and `loss` are `[rows, classes]`, row-major. */
export interface DistilledArrays {
  readonly logits: Float32Array;
  readonly teacher: Float32Array;
  /** `[rows]`. */
  readonly labels: ArrayLike<number>;
  /** `[rows]`. */
  readonly loss: Float32Array;
  /** Slope of each row's loss in its logits. */
  readonly slopes: Float32Array;
}

/**
 * Computes cross-entropy from labels and from a teacher's probabilities, `share` of it from the latter at a temperature, and
 * its slopes, row by row.
 */
export function distilledCrossEntropy(
  { logits, teacher, labels, loss, slopes }: DistilledArrays,
  share: number,
  temperature: number,
): void {
  crossEntropy(logits, labels, loss, slopes);
  const rows = labels.length;
  const classes = rows === 0 ? 0 : slopes.length / rows;
  const student = new Float64Array(classes);
  const soft = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const studentTotal = powers(logits, start, temperature, student);
    const softTotal = powers(teacher, start, temperature, soft);
    let cost = 0;
    for (let j = 0; j < classes; j++) {
      const p = student[j]! / studentTotal.sum;
      const q = soft[j]! / softTotal.sum;
      const log =
        (logits[start + j]! - studentTotal.top) / temperature - Math.log(studentTotal.sum);
      // A class that the teacher rules out costs nothing, also where the student rules it out.
      if (q !== 0) cost -= q * log;
      const label = slopes[start + j]! - (j === labels[row] ? 1 : 0);
      slopes[start + j] = (1 - share) * label + share * temperature * (p - q);
    }
    // Zero times the infinite loss of a label that the student rules out would be NaN.
    const fromLabel = share === 1 ? 0 : (1 - share) * loss[row]!;
    loss[row] = fromLabel + share * temperature ** 2 * cost;
  }
}

/** Writes `exp((x - max) / temperature)` of a row, and returns the largest and the sum. */
function powers(
  x: Float32Array,
  start: number,
  temperature: number,
  out: Float64Array,
): { readonly top: number; readonly sum: number } {
  let top = -Infinity;
  for (let j = 0; j < out.length; j++) if (x[start + j]! > top) top = x[start + j]!;
  let sum = 0;
  for (let j = 0; j < out.length; j++) {
    const power = Math.exp((x[start + j]! - top) / temperature);
    out[j] = power;
    sum += power;
  }
  return { top, sum };
}
