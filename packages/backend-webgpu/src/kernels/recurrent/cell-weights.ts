import type { TensorInfo } from '@tensorflow/tfjs-core';
import { biasNames, type Cell } from '@secateur/kernels';
import { as, type GpuBackend, sizeOf } from '../../gpu-backend.ts';
import { copy, makeOutput } from '../../program.ts';
import { product, productsSideBySide } from '../products.ts';
import { sumsDownColumns } from '../sums.ts';
import { transposed } from '../transpose.ts';
import type { CellCall } from './cell-call.ts';
import { cellMemory } from './cell-memory.ts';
import {
  cellProgram,
  type CellProgram,
  ofDefinition,
  prepareCell,
  readFunctions,
} from './cell-program.ts';

/** The gradients of a cell's blocks at all steps. */
export interface BlockGradients {
  /** Of recurrent parts, `[depth, batch * time, blocks * units]`. */
  readonly dRecurrent: TensorInfo | undefined;
  /** Of input parts where they differ, `[batch * time, blocks * units]`. */
  readonly dz: TensorInfo | undefined;
}

/** The gradients of `x` and of the weights that products have, by name: one product each over all steps. */
export function weightGradients(
  backend: GpuBackend,
  call: CellCall,
  { dRecurrent, dz }: BlockGradients,
  kept: Readonly<Record<string, TensorInfo>>,
): Record<string, TensorInfo> {
  const { cell, inputs, batch, time, depth } = call;
  const { x, weights } = inputs;
  const { kernel } = weights;
  const biases = biasNames(cell);
  const width = x.shape[2]!;
  const gradients: Record<string, TensorInfo> = {};
  if (kernel) {
    const first = dz ?? firstOf(backend, dRecurrent!);
    gradients['x'] = as(product(backend, first, kernel, { transposeB: true }), batch, time, width);
    gradients['kernel'] = product(backend, as(x, batch * time, width), first, { transposeA: true });
    if (biases.input !== undefined) {
      gradients[biases.input] = sumsDownColumns(backend, first, kernel.shape[1]!, false);
    }
    if (dz === undefined) backend.disposeData(first.dataId);
  }
  if (dRecurrent) {
    gradients['recurrent'] = recurrentGradient(backend, call, dRecurrent, kept);
    if (biases.recurrent !== undefined) {
      gradients[biases.recurrent] = sumsDownColumns(
        backend,
        dRecurrent,
        dRecurrent.shape[2]!,
        false,
        depth,
      );
    }
  }
  return gradients;
}

/** The first of some matrices: a copy, or the same data with one more to release them. */
function firstOf(backend: GpuBackend, matrices: TensorInfo): TensorInfo {
  const [count, ...shape] = matrices.shape as [number, number, number];
  if (count === 1) {
    backend.incRef(matrices.dataId);
    return as(matrices, ...shape);
  }
  const first = makeOutput(backend, shape);
  copy(backend, matrices, first, { count: sizeOf(first) });
  return first;
}

/** One product for each repetition, or for each of its blocks where they read different values. */
function recurrentGradient(
  backend: GpuBackend,
  { cell, batch, time, units, depth, uniforms }: CellCall,
  dRecurrent: TensorInfo,
  kept: Readonly<Record<string, TensorInfo>>,
): TensorInfo {
  const rows = batch * time;
  const blocks = dRecurrent.shape[2]! / units;
  const products = cell.stages.flatMap((stage) => stage.products);
  const each = products.length > 1 ? depth * blocks : depth;
  const reads = makeOutput(backend, [each, rows, units]);
  const size = sizeOf(reads);
  const program = prepareCell(
    backend,
    readsOf(cell),
    { inputs: kept, outputs: { reads } },
    uniforms,
    [{ size: ['u32', size] }],
    { entries: size },
  );
  program.run(0);
  program.release();
  if (products.length === 1) {
    const gradient = productsSideBySide(backend, reads, dRecurrent);
    backend.disposeData(reads.dataId);
    return gradient;
  }
  const byBlock = transposed(backend, as(dRecurrent, depth, rows, blocks, units), [0, 2, 1, 3]);
  const gradient = productsSideBySide(backend, reads, as(byBlock, each, rows, units));
  for (const { dataId } of [reads, byBlock]) backend.disposeData(dataId);
  return gradient;
}

/** The program of what the products read at all steps. */
const readsOf = (cell: Cell): CellProgram =>
  ofDefinition(cell, 'reads', (name) => {
    const memory = cellMemory(cell);
    const products = cell.stages.flatMap((stage) => stage.products);
    const planes = products.length > 1 ? memory.recurrentBlocks : 1;
    const writes = products.map(({ read, blocks }) => {
      const among = [...blocks].map((block) => `plane % ${planes}u == uniforms.own_${block}`);
      const write = `reads[i] = read${read}(t, level, b, unit);`;
      return planes === 1 ? write : `if (${among.join(' || ')}) { ${write} }`;
    });
    return cellProgram(
      { ...memory.functions, ...readFunctions(cell, memory, memory.stored) },
      {
        name,
        main: `
          let i = group * LANES + lane;
          if (i >= uniforms.size) { return; }
          let unit = i % uniforms.units;
          let row = i / uniforms.units;
          let t = row % uniforms.time;
          let b = row / uniforms.time % uniforms.batch;
          let plane = row / uniforms.time / uniforms.batch;
          let level = plane / ${planes}u;
          ${writes.join('\n')}`,
      },
    );
  });
