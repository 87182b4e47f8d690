/** Estimates the gradient of `f` at `x` by central differences `(f(x + h) - f(x - h)) / 2h`, entry by entry. */
export function finiteDifference(
  f: (x: Float64Array) => number,
  x: Float64Array,
  h = 1e-5,
): Float64Array {
  return x.map((_, i) => {
    const at = (step: number): number => {
      const moved = x.slice();
      moved[i]! += step;
      return f(moved);
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}
