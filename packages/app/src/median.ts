/**
 * The middle of some numbers, the mean of the two middle ones when their count is even.
 *
 * @throws Error when there are none.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new Error('median: expected at least one value, found none; measure a round first.');
  }
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
