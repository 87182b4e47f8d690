import {
  matMul,
  reshape,
  sum,
  transpose,
  zeros,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { biasNames, blockOrder, type Cell, type CellGradient } from '@secateur/kernels';
import { inOrder, type Columns } from './cell-blocks.ts';
import type { Level } from './cell-levels.ts';
import type { CellAttributes, CellTensors } from './cell-values.ts';
import { join } from './direct.ts';
import { inputGradients } from './input-product.ts';

/** The gradients of inputs and weights, from those of the blocks at all steps. */
export function weightGradients(
  cell: Cell,
  gradient: CellGradient,
  x: Tensor3D,
  { weights }: CellTensors,
  { order }: CellAttributes,
  levels: readonly Level[],
): { readonly x: Tensor3D; readonly weights: Readonly<Record<string, Tensor>> } {
  const orders = blockOrder(cell, order);
  // The way back does not read the biases, so they need not be there.
  const biases = biasNames(cell);
  const dz = levels.map(({ groups }) =>
    groups.map(({ order, dzs, read }) => ({ order, all: join(dzs, 0), read })),
  );
  const out: Record<string, Tensor> = {};
  let dx = zeros<Rank.R3>(x.shape);
  if (weights['kernel'] !== undefined) {
    const apart = gradient.stages.flatMap(({ blocks }) =>
      Object.entries(blocks).flatMap(([name, { input = -1 }]): Columns[] => {
        const list = levels[0]!.apart.get(input);
        return list === undefined ? [] : [{ order: name, all: join(list, 0) }];
      }),
    );
    const all = inOrder(orders.input, [...dz[0]!, ...apart]);
    [dx, out['kernel']] = inputGradients(x, weights['kernel'] as Tensor2D, all);
    if (biases.input !== undefined) out[biases.input] = sum(all, 0);
  }
  if (weights['recurrent'] !== undefined) {
    const side = (part: (group: (typeof dz)[0][0]) => Tensor2D): Tensor2D =>
      join(
        dz.map((groups) =>
          inOrder(
            orders.recurrent,
            groups.map((group) => ({ order: group.order, all: part(group) })),
          ),
        ),
        1,
      );
    out['recurrent'] = side(({ read, all }) => matMul(transpose(read), all));
    if (biases.recurrent !== undefined) {
      const sums = side(({ all }) => sum(all, 0, true));
      out[biases.recurrent] = reshape(sums, [sums.size]);
    }
  }
  for (const [name, at] of Object.entries(gradient.parameters)) {
    const lists = levels.flatMap(({ parameters }) => parameters.get(at)!);
    out[name] = sum(join(lists, 0), 0);
  }
  return { x: dx, weights: out };
}
