import type { Layout, NamedArray, Weights } from '@secateur/groups';
import type { Kept } from '@secateur/pruner';
import type { Links } from './messages.ts';

/** How strongly each unit of a layer reads each unit of the layer before, in the numbering of the whole network. */
export function linksOf(
  weights: Weights,
  now: Layout,
  whole: Layout,
  original: Kept,
  hidden: readonly string[],
): Links[] {
  const places = (dim: string): readonly number[] =>
    original[dim] ?? Array.from({ length: now.dims[dim] ?? 0 }, (_, i) => i);
  const before = ['input', ...hidden];
  const kernels = Object.keys(weights).filter((name) => name.endsWith('/kernel'));
  return [...hidden, 'output'].map((dim, i) => {
    const [from, to] = [whole.dims[before[i]!]!, whole.dims[dim]!];
    const strengths = strengthsOf(weights[kernels[i]!]!, now.dims[dim]!);
    const largest = Math.max(...strengths, 1e-9);
    const spread = new Uint8Array(from * to);
    const [rows, columns] = [places(before[i]!), places(dim)];
    rows.forEach((row, r) => {
      columns.forEach((column, c) => {
        spread[row * to + column] = Math.round(
          (255 * strengths[r * columns.length + c]!) / largest,
        );
      });
    });
    return { from, to, strengths: spread };
  });
}

/** Norms of what is in a place of every block, `[input, units]`. */
function strengthsOf({ shape, data }: NamedArray, units: number): Float32Array {
  const [rows = 0, width = 0] = shape;
  const sums = new Float32Array(rows * units);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      sums[row * units + (column % units)]! += data[row * width + column]! ** 2;
    }
  }
  return sums.map(Math.sqrt);
}
