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

/**
 * Computes the gradient of the losses of {@link softmaxCrossEntropyReference} in the logits, each row's weighted by
 * `dy`: `dy[n] * (softmax(logits[n])[j] - (j === labels[n]))`, row-major, in float64.
 */
export function softmaxCrossEntropyGradientReference(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  dy: ArrayLike<number>,
): Float64Array {
  const classes = logits.length / labels.length;
  const losses = softmaxCrossEntropyReference(logits, labels);
  return Float64Array.from({ length: logits.length }, (_, at) => {
    const row = Math.floor(at / classes);
    const label = labels[row]!;
    const atLabel = row * classes + label;
    // The logarithm of a probability is its logit, less the label's, less the loss.
    const probability = Math.exp(logits[at]! - logits[atLabel]! - losses[row]!);
    return dy[row]! * (probability - (at === atLabel ? 1 : 0));
  });
}
