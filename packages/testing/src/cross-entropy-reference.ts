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

/**
 * Computes the loss of distillation in float64 for each row: `(1 - share)` times that of {@link softmaxCrossEntropyReference},
 * and `share * T^2` times `-sum_j q_j log p_j` with the softmaxes `p` of `logits / T` and `q` of `teacher / T`. A part whose share is 0
 * is left out.
 */
export function distilledCrossEntropyReference(
  logits: ArrayLike<number>,
  teacher: ArrayLike<number>,
  labels: ArrayLike<number>,
  { share, temperature }: { readonly share: number; readonly temperature: number },
): Float64Array {
  const classes = logits.length / labels.length;
  const fromLabels = softmaxCrossEntropyReference(logits, labels);
  const cooled = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value) => value / temperature);
  const [student, expected] = [cooled(logits), cooled(teacher)];
  return fromLabels.map((fromLabel, n) => {
    const row = (of: Float64Array): Float64Array => of.subarray(n * classes, (n + 1) * classes);
    const logProbabilities = (of: Float64Array): Float64Array => {
      // The cross-entropy of a row from its first label is minus that label's log probability.
      const first = softmaxCrossEntropyReference(of, [0])[0]!;
      return of.map((value) => value - of[0]! - first);
    };
    const studentLogs = logProbabilities(row(student));
    const soft = logProbabilities(row(expected)).reduce((total, log, j) => {
      const q = Math.exp(log);
      return q === 0 ? total : total - q * studentLogs[j]!;
    }, 0);
    const part = (weight: number, loss: number): number => (weight === 0 ? 0 : weight * loss);
    return part(1 - share, fromLabel) + part(share * temperature ** 2, soft);
  });
}
