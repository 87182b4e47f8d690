import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CellInputs } from '@secateur/backend';
import { biasNames } from '@secateur/kernels';
import type { Address } from '../simd/exports.ts';
import { floats, type CellCall } from './call.ts';
import type { Plan, Slot } from './plan.ts';

/** Where the gradients of blocks lie, `[depth, time * batch, blocks]`, and what room there is beside them. */
export interface Rooms {
  readonly dz: Address;
  /** For the inputs of all steps, or for what a product reads at all steps. */
  readonly steps: Address;
  /** For the sums of the gradients of all blocks. */
  readonly sums: Address;
}

/**
 * Writes the gradients of inputs, matrices and biases from those of the blocks: one product over the rows of all steps for all
 * blocks that read the same and lie side by side.
 */
export function weightGradients(
  call: CellCall,
  plan: Plan,
  slots: (name: string) => Slot,
  gradients: Omit<CellInputs<TensorInfo>, 'masks'>,
  rooms: Rooms,
): void {
  const { module, form, sizes } = call;
  const { kernels, address } = module;
  const { cell, programs, orders } = form;
  const { batch, time, units, depth } = sizes;
  const row = floats(units);
  const rows = time * batch;
  const blocks = orders.all.length;
  const biases = biasNames(cell);
  const gradientOf = (name: string): Address => address(gradients.weights[name]!);
  /** Sums over all rows of a repetition, to the bias of some of the blocks. */
  const addUp = (dz: Address, order: string, to: Address): void => {
    if (order === orders.all) return kernels.sums(dz, 1, rows, blocks * units, to);
    kernels.sums(dz, 1, rows, blocks * units, rooms.sums);
    [...order].forEach((name, place) => {
      const from = rooms.sums + orders.all.indexOf(name) * row;
      kernels.copyRows(from, units, to + place * row, units, units, 1);
    });
  };

  const width = depth * orders.recurrent.length;
  for (let level = 0; level < depth && orders.recurrent !== ''; level++) {
    const dz = rooms.dz + level * rows * blocks * row;
    const first = level * orders.recurrent.length;
    for (const product of form.products) {
      const [read, ld] = readOf(
        call,
        plan,
        slots(programs.reads.get(product.blocks)!),
        product.blocks,
        level,
        rooms.steps,
      );
      for (const run of product.runs) {
        const to = gradientOf('recurrent') + (first + run.own) * row;
        kernels.gemm(
          ...([units, run.count * units, rows, read, ld, 1, dz + run.all * row] as const),
          ...([blocks * units, 0, to, width * units, 0] as const),
        );
      }
    }
    if (biases.recurrent !== undefined)
      addUp(dz, orders.recurrent, gradientOf(biases.recurrent) + first * row);
  }
  // From here on the gradients are those of the inputs' parts, which some blocks have aside.
  for (const [place, name] of [...orders.all].entries()) {
    if (!programs.slots.includes(`apart ${name}`)) continue;
    const { at } = slots(`apart ${name}`);
    kernels.copyRows(at, units, rooms.dz + place * row, blocks * units, units, rows);
  }
  if (biases.input !== undefined) addUp(rooms.dz, orders.input, gradientOf(biases.input));
  inputGradients(call, gradients, rooms);
}

/** What a product reads at all steps, a matrix `[time * batch, units]`: where it lies, and the floats between its rows. */
function readOf(
  { module, form, sizes }: CellCall,
  plan: Plan,
  slot: Slot,
  blocks: string,
  level: number,
  steps: Address,
): [at: Address, ld: number] {
  const { programs, runnable } = form;
  const { kind = 'same', at, row, step = 0 } = slot;
  const program = programs.readPrograms.get(blocks);
  if (program === undefined && kind === 'same' && step === sizes.batch * row)
    return [at + level * (slot.level ?? 0), row / 4];
  const how = program === undefined ? -2 : runnable.get(program)!.kind;
  const code = program === undefined ? 0 : plan.codeAt(program);
  const place = programs.slots.indexOf(programs.reads.get(blocks)!);
  module.kernels.cellReads(plan.at, level, sizes.time, how, code, place, steps);
  return [steps, sizes.units];
}

function inputGradients(
  { module: { kernels, address, bytes }, form, sizes, inputs }: CellCall,
  gradients: Omit<CellInputs<TensorInfo>, 'masks'>,
  { dz, steps }: Rooms,
): void {
  const { orders, inputRuns } = form;
  const { batch, time, input, units } = sizes;
  const rows = time * batch;
  const dx = address(gradients.x);
  const ld = orders.all.length * units;
  const width = orders.input.length * units;
  if (width === 0) {
    bytes(dx, floats(rows * input)).fill(0);
    return;
  }
  const kernel = address(inputs.weights['kernel']!);
  const dkernel = address(gradients.weights['kernel']!);
  kernels.toTimeMajor(address(inputs.x), batch, time, input, steps);
  const parts = inputRuns.map(({ all, own, count }) => ({
    from: dz + floats(all * units),
    column: floats(own * units),
    columns: count * units,
  }));
  for (const { from, column, columns } of parts)
    kernels.gemm(
      ...([input, columns, rows, steps, input, 1, from, ld, 0] as const),
      ...([dkernel + column, width, 0] as const),
    );
  parts.forEach(({ from, column, columns }, k) => {
    kernels.gemm(
      ...([rows, input, columns, from, ld, 0, kernel + column, width, 1] as const),
      ...([steps, input, Number(k > 0)] as const),
    );
  });
  // Back to one sequence after the other.
  kernels.toTimeMajor(steps, time, batch, input, dx);
}
