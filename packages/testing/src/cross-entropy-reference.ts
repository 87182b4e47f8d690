/**
 * Computes `log(sum_j exp(logits[n, j])) - logits[n, labels[n]]` in float64 for each row of `logits`
 * (`[rows, classes]`, row-major) and returns one loss per label.
 */
export function softmaxCrossEntropyReference(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
): Float64Array {
  const classes = logits.length / labels.length;
  return Float64Array.from({ length: labels.length }, (_, n) => {
    const row = Array.from({ length: classes }, (__, j) => logits[n * classes + j]!);
    const top = Math.max(...row);
    const sum = row.reduce((total, value) => total + Math.exp(value - top), 0);
    return Math.log(sum) + top - row[labels[n]!]!;
  });
}
