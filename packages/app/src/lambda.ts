/** Lambda after `epochsDone` epochs, a fraction within an epoch: it grows in a line over the first `rampEpochs`. */
export function lambdaAt(
  { lambda, rampEpochs }: { readonly lambda: number; readonly rampEpochs: number },
  epochsDone: number,
): number {
  return rampEpochs > 0 ? lambda * Math.min(1, epochsDone / rampEpochs) : lambda;
}
