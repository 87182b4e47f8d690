import { biasNames, blockOrder, type Cell } from '@secateur/kernels';
import type { CellGradients, SumGradients } from './cell-backward.ts';
import { inOrder } from './cell-blocks.ts';
import type { CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import type { CellAttributes } from './cell-values.ts';

/** The gradients of inputs and weights, from those of the sums of each repetition at all steps. */
export function weightGradients<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  { x, weights: { kernel, recurrent } }: CellInputs<M>,
  { order }: CellAttributes,
  levels: readonly SumGradients<M>[],
): Pick<CellGradients<M>, 'x' | 'weights'> {
  const orders = blockOrder(cell, order);
  // The way back does not read the biases, so they need not be there.
  const biases = biasNames(cell);
  const weights: Record<string, M> = {};
  let dx: M | undefined;
  if (kernel !== undefined) {
    const { products, apart } = levels[0]!;
    const all = inOrder(ops, orders.input, [...products, ...apart]);
    dx = ops.multiplier(kernel, true)(all);
    weights['kernel'] = ops.transposedProduct(x, all);
    if (biases.input !== undefined) weights[biases.input] = ops.sums(all);
  }
  const joined = (parts: readonly M[], axis: 0 | 1): M =>
    parts.length === 1 ? parts[0]! : ops.join(parts, axis);
  if (recurrent !== undefined) {
    const ofLevel = (products: SumGradients<M>['products']): M =>
      inOrder(
        ops,
        orders.recurrent,
        products.map(({ order, read, all }) => ({ order, all: ops.transposedProduct(read, all) })),
      );
    weights['recurrent'] = joined(
      levels.map(({ products }) => ofLevel(products)),
      1,
    );
    if (biases.recurrent !== undefined) {
      weights[biases.recurrent] = joined(
        levels.map(({ products }) => ops.sums(inOrder(ops, orders.recurrent, products))),
        0,
      );
    }
  }
  for (const name of cell.parameters) {
    weights[name] = ops.sums(
      joined(
        levels.map(({ parameters }) => parameters[name]!),
        0,
      ),
    );
  }
  return { x: dx ?? ops.fill(x.shape, 0), weights };
}
