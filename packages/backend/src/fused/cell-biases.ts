import { biasNames, blockOrder, type Cell } from '@secateur/kernels';
import { columnsOf, inOrder, lettersBut, partsOf, type Columns } from './cell-blocks.ts';
import type { CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import type { CellAttributes } from './cell-values.ts';

/** The biases of the input's part, `[1, columns]`, and of each repetition's recurrent part; undefined where there are none. */
export interface Biases<M> {
  readonly input: M | undefined;
  readonly recurrent: readonly (Columns<M> | undefined)[];
}

/** The biases with the shifts of the blocks in them: beside the input's product, or in each repetition. */
export function biasesOf<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  { weights }: CellInputs<M>,
  { order, settings = {} }: CellAttributes,
  units: number,
  depth: number,
): Biases<M> {
  const orders = blockOrder(cell, order);
  const names = biasNames(cell);
  const shifted = (bias: M | undefined, letters: string): M | undefined => {
    const shifts = [...letters].map((name) => {
      const { shift = 0 } = cell.blocks.find((block) => block.name === name)!;
      return typeof shift === 'number' ? shift : (settings[shift] ?? cell.settings[shift]!);
    });
    if (shifts.every((shift) => shift === 0)) return bias;
    const added = ops.join(
      shifts.map((shift) => ops.fill([1, units], shift)),
      1,
    );
    return bias === undefined ? added : ops.add(bias, added);
  };
  const biasOf = (name: string | undefined): M | undefined =>
    name === undefined ? undefined : weights[name];
  const input = biasOf(names.input);
  const recurrentBias = biasOf(names.recurrent);
  const levels: readonly (M | undefined)[] =
    recurrentBias === undefined
      ? new Array<undefined>(depth).fill(undefined)
      : partsOf(ops, recurrentBias, depth);
  return folded(ops, cell, units, orders.input, {
    input: cell.repeats ? input : shifted(input, orders.input),
    recurrent: levels.map((bias) => {
      const all = cell.repeats ? shifted(bias, orders.recurrent) : bias;
      return all === undefined ? undefined : { order: orders.recurrent, all };
    }),
  });
}

/** Moves what can be moved from the recurrent biases of the first repetition to the bias of the input's part. */
function folded<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  units: number,
  order: string,
  biases: Biases<M>,
): Biases<M> {
  const [first, ...others] = biases.recurrent;
  if (!ops.foldsBiases || first === undefined) return biases;
  const whole = cell.blocks.filter(({ input, recurrent, split }) => input && recurrent && !split);
  const moved = whole.map(({ name }) => name).join('');
  if (moved === '') return biases;
  const none = {
    order: lettersBut(order, moved),
    all: ops.fill([1, lettersBut(order, moved).length * units], 0),
  };
  const added = inOrder(ops, order, [
    columnsOf(ops, first, moved),
    ...(none.order === '' ? [] : [none]),
  ]);
  const left = lettersBut(first.order, moved);
  return {
    input: biases.input === undefined ? added : ops.add(biases.input, added),
    recurrent: [left === '' ? undefined : columnsOf(ops, first, left), ...others],
  };
}
