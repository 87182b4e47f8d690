// The products of a cell's blocks, of one sequence at one repetition of one step, forward and back.
import type { Cell } from '../cell/cell.ts';
import { biasNames, blockOrder } from '../cell/weights.ts';
import type { Arrays, CellInputs } from './inputs.ts';

/** What a block's sum has two of. */
type Part = 'input' | 'recurrent';

/** The products of a cell with weights of some sizes. */
export interface Products {
  /** What a block gets of `read`, with the bias that belongs to it, `[units]`. */
  sum(part: Part, block: string, level: number, read: Float64Array): Float64Array;
  /** Adds to `gradients` of the weights, and to `back` that of what was read, from the gradient of a block's part. */
  handBack(
    part: Part,
    block: string,
    level: number,
    read: Float64Array,
    slope: Float64Array,
    back: Float64Array,
    gradients: Readonly<Record<string, Float64Array>>,
  ): void;
}

const WEIGHTS = { input: 'kernel', recurrent: 'recurrent' } as const;

/** The products of a cell with the weights of `inputs`. */
export function productsOf(cell: Cell, { weights, units, depth = 1, order }: CellInputs): Products {
  const blocks = blockOrder(cell, order);
  const biases = biasNames(cell);
  const widths = {
    input: blocks.input.length * units,
    recurrent: depth * blocks.recurrent.length * units,
  };
  const firstColumn = (part: Part, block: string, level: number): number =>
    (level * blocks[part].length + blocks[part].indexOf(block)) * units;
  const given = (name: string | undefined): ArrayLike<number> | undefined =>
    name === undefined ? undefined : (weights as Arrays)[name];
  return {
    sum: (part, block, level, read) => {
      const first = firstColumn(part, block, level);
      const [matrix, bias] = [given(WEIGHTS[part])!, given(biases[part])];
      const sums = new Float64Array(units);
      if (bias !== undefined) for (let j = 0; j < units; j++) sums[j] = bias[first + j]!;
      for (let i = 0; i < read.length; i++) {
        const at = i * widths[part] + first;
        const factor = read[i]!;
        for (let j = 0; j < units; j++) sums[j]! += factor * matrix[at + j]!;
      }
      return sums;
    },
    handBack: (part, block, level, read, slope, back, gradients) => {
      const first = firstColumn(part, block, level);
      const [weight, bias] = [WEIGHTS[part], biases[part]];
      const [matrix, dmatrix] = [given(weight)!, gradients[weight]!];
      const dbias = bias === undefined ? undefined : gradients[bias];
      if (dbias !== undefined) for (let j = 0; j < units; j++) dbias[first + j]! += slope[j]!;
      for (let i = 0; i < read.length; i++) {
        const at = i * widths[part] + first;
        const factor = read[i]!;
        let sum = back[i]!;
        for (let j = 0; j < units; j++) {
          const rise = slope[j]!;
          dmatrix[at + j]! += factor * rise;
          sum += matrix[at + j]! * rise;
        }
        back[i] = sum;
      }
    },
  };
}
