import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { matrixShape } from '@secateur/backend/kernels';
import { type Block, inBlocks, joined } from '../blocks.ts';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import type { Infos } from './fused-kernel.ts';

/** What the kernels of a penalized gradient read, as matrices. */
export interface FactorMatrices {
  readonly shape: [rows: number, columns: number];
  /** `[rows, 1]` */
  readonly rows: Handle | undefined;
  /** `[1, columns]` */
  readonly columns: Handle | undefined;
}

/** Reads the factors of rows and columns; without any, the weight is read in rows that blocks can be cut of. */
export function rowColumnFactors(
  ops: Operations,
  inputs: Partial<Infos>,
  size: number,
): FactorMatrices {
  const { rows, columns } = inputs;
  const [height, width] = matrixShape(size, rows?.shape[0], columns?.shape[0]);
  return {
    shape: rows === undefined && columns === undefined ? freeShape(size) : [height, width],
    rows: rows && ops.input(rows, [height, 1]),
    columns: columns && ops.input(columns, [1, width]),
  };
}

/** Some shape for `size` numbers without structure: rows of a power of two, so that any multiple of it can be cut. */
function freeShape(size: number): [rows: number, columns: number] {
  let width = 1 << 12;
  while (size % width !== 0) width >>= 1;
  return width < 16 ? [1, size] : [size / width, width];
}

/** Computes an output of the weight's shape block by block from some inputs of that shape. */
export function mapBlocks(
  ops: Operations,
  inputs: Infos,
  names: readonly string[],
  factors: FactorMatrices,
  count: number,
  numbers: readonly number[],
  body: (block: Block) => Handle[],
): TensorInfo[] {
  const first = inputs[names[0]!]!;
  const matrices = names.map((name) => ops.input(inputs[name]!, factors.shape));
  const blocks = inBlocks(ops, factors.shape, matrices, factors.rows, numbers, body);
  return Array.from({ length: count }, (_, at) =>
    ops.output(ops.reshape(joined(ops, blocks, at), first.shape)),
  );
}

/** The sum of the factors of a block's entries: `rows[i] + columns[j]`; undefined without any. */
function factorsOf(ops: Operations, block: Block, columns: Handle | undefined): Handle | undefined {
  if (block.rows === undefined || columns === undefined) return block.rows ?? columns;
  return ops.float('AddV2', block.rows, columns);
}

/** `scale * (gradient + weight * (rows[i] + columns[j]))` of a block. */
export function penalized(
  ops: Operations,
  block: Block,
  columns: Handle | undefined,
  scale: Handle | undefined,
): Handle {
  const [gradient, weight] = block.matrices as [Handle, Handle];
  const factors = factorsOf(ops, block, columns);
  const whole =
    factors === undefined
      ? gradient
      : ops.float('AddV2', gradient, ops.float('Mul', weight, factors));
  return scale === undefined ? whole : ops.float('Mul', whole, scale);
}

/** The numbers that {@link zeroSmall} needs blocks of. */
export function thresholdNumbers(attributes: NamedAttrMap): number[] {
  const threshold = attributes['threshold'] as number;
  return threshold === 0 ? [] : [0, threshold];
}

/** `x` of a block with every `|x|` below the threshold set to 0; NaN stays. */
export function zeroSmall(ops: Operations, { filled }: Block, x: Handle): Handle {
  const [zeros, thresholds] = filled;
  if (zeros === undefined || thresholds === undefined) return x;
  return ops.float('Select', ops.float('Less', ops.float('Abs', x), thresholds), zeros, x);
}
