/**
 * Computes softmax cross-entropy from integer labels row by row: `log(sum_j exp(l_j - max)) + max - l_label` into `loss`
 * `[rows]` and the probabilities into `probabilities`; both logits and probabilities are `[rows, classes]`, row-major.
 *
 * @example
 * ```ts
 * import { crossEntropy } from '@secateur/backend/kernels';
 *
 * const loss = new Float32Array(2);
 * const probabilities = new Float32Array(4);
 * // Two rows of two classes.
 * crossEntropy([0, 0, 0, 1000], [1, 0], loss, probabilities);
 * probabilities; // => [0.5, 0.5, 0, 1]
 * loss.map((value) => Math.round(100 * value)); // => [69, 100000]
 * ```
 */
export function crossEntropy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  loss: Float32Array,
  probabilities: Float32Array,
): void {
  const rows = labels.length;
  const classes = rows === 0 ? 0 : probabilities.length / rows;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const end = start + classes;
    let top = -Infinity;
    for (let at = start; at < end; at++) if (logits[at]! > top) top = logits[at]!;
    let total = 0;
    for (let at = start; at < end; at++) {
      const power = Math.exp(logits[at]! - top);
      probabilities[at] = power;
      total += power;
    }
    for (let at = start; at < end; at++) probabilities[at]! /= total;
    loss[row] = Math.log(total) + (top - logits[start + labels[row]!]!);
  }
}
