/**
 * Computes `(probabilities - onehot(labels)) * dy` row by row into `out` without building the one-hot: the gradient of
 * softmax cross-entropy. `probabilities` and `out` are `[rows, classes]`, `dy` and `labels` `[rows]`.
 *
 * @example
 * ```ts
 * import { crossEntropyGrad } from '@secateur/backend/kernels';
 *
 * const slopes = new Float32Array(4);
 * crossEntropyGrad([1, 2], [0.25, 0.75, 0.25, 0.75], [0, 1], slopes);
 * slopes; // => [-0.75, 0.75, 0.5, -0.5]
 * ```
 */
export function crossEntropyGrad(
  dy: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  out: Float32Array,
): void {
  const rows = labels.length;
  const classes = rows === 0 ? 0 : out.length / rows;
  for (let row = 0, at = 0; row < rows; row++) {
    const scale = dy[row]!;
    const start = at;
    for (let j = 0; j < classes; j++, at++) out[at] = probabilities[at]! * scale;
    const label = start + labels[row]!;
    out[label] = (probabilities[label]! - 1) * scale;
  }
}
