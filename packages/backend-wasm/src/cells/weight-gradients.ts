import type { Address } from '../simd/exports.ts';
import type { CellGradients, PreparedBack } from './backward.ts';
import { floats, type CellCall } from './call.ts';
import { SCRATCH } from './form.ts';
import { addressAt, type Addresses } from './plan.ts';

/**
 * Writes the gradients of inputs, matrices and biases from those of the blocks: one product over the rows of all steps for all
 * blocks that read the same and lie side by side.
 */
export function weightGradients(
  call: CellCall,
  prepared: PreparedBack,
  addresses: Addresses,
  gradients: CellGradients,
): void {
  const { module, form, sizes } = call;
  const { kernels, address } = module;
  const { orders, biases } = form;
  const { batch, time, units, depth } = sizes;
  const row = floats(units);
  const rows = time * batch;
  const width = orders.all.length * units;
  const dz = addressAt(prepared.dz, addresses);
  const sums = addressAt(prepared.sums, addresses);
  /** Sums over all rows of a repetition, to the bias of some of the blocks. */
  const addUp = (from: Address, order: string, to: Address): void => {
    if (order === orders.all) return kernels.sums(from, 1, rows, width, to);
    kernels.sums(from, 1, rows, width, sums);
    [...order].forEach((name, place) => {
      const block = sums + orders.all.indexOf(name) * row;
      kernels.copyRows(block, units, to + place * row, units, units, 1);
    });
  };

  const blocks = orders.recurrent.length;
  for (let level = 0; level < depth && blocks > 0; level++) {
    const ofLevel = dz + level * rows * floats(width);
    const first = level * blocks;
    for (const product of form.products) {
      const [read, ld] = readOf(call, prepared, addresses, product.blocks, level);
      for (const run of product.runs) {
        const from = ofLevel + run.all * row;
        const to = address(gradients.weights['recurrent']!) + (first + run.inWeights) * row;
        const [columns, ldTo] = [run.count * units, depth * blocks * units];
        kernels.gemm(units, columns, rows, read, ld, 1, from, width, 0, to, ldTo, 0);
      }
    }
    if (biases.recurrent !== undefined)
      addUp(ofLevel, orders.recurrent, address(gradients.weights[biases.recurrent]!) + first * row);
  }
  // From here on the gradients are those of the inputs' parts, which some blocks have aside.
  for (const [block, at] of prepared.aparts)
    kernels.copyRows(addressAt(at, addresses), units, dz + block * row, width, units, rows);
  if (biases.input !== undefined)
    addUp(dz, orders.input, address(gradients.weights[biases.input]!));
  inputGradients(call, gradients, dz, addressAt(prepared.steps, addresses));
}

/** What a product reads at all steps, a matrix `[time * batch, units]`: where it lies, and the floats between its rows. */
function readOf(
  { module, sizes }: CellCall,
  { reads, steps }: PreparedBack,
  addresses: Addresses,
  blocks: string,
  level: number,
): [at: Address, ld: number] {
  const { at, level: bytes, ld, slot, program } = reads.get(blocks)!;
  if (at !== undefined) return [addressAt(at, addresses) + level * bytes, ld];
  const [kind, code] = program;
  const out = addressAt(steps, addresses);
  const { kernels } = module;
  const plan = addresses[SCRATCH]!;
  kernels.cellReads(plan, level, sizes.time, kind, addressAt(code, addresses), slot, out);
  return [out, ld];
}

function inputGradients(
  { module: { kernels, address }, form, sizes, inputs }: CellCall,
  gradients: CellGradients,
  dz: Address,
  steps: Address,
): void {
  const { orders, inputRuns } = form;
  const { batch, time, input, units } = sizes;
  const rows = time * batch;
  const dx = address(gradients.x);
  const ld = orders.all.length * units;
  const width = orders.input.length * units;
  if (width === 0) {
    kernels.zeros(dx, floats(rows * input));
    return;
  }
  const kernel = address(inputs.weights['kernel']!);
  const dkernel = address(gradients.weights['kernel']!);
  kernels.toTimeMajor(address(inputs.x), batch, time, input, steps);
  for (const { all, inWeights, count } of inputRuns) {
    const [from, to] = [dz + floats(all * units), dkernel + floats(inWeights * units)];
    kernels.gemm(input, count * units, rows, steps, input, 1, from, ld, 0, to, width, 0);
  }
  inputRuns.forEach(({ all, inWeights, count }, k) => {
    const [from, right] = [dz + floats(all * units), kernel + floats(inWeights * units)];
    const add = Number(k > 0);
    kernels.gemm(rows, input, count * units, from, ld, 0, right, width, 1, steps, input, add);
  });
  // Back to one sequence after the other.
  kernels.toTimeMajor(steps, time, batch, input, dx);
}
