import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  Concat,
  type KernelConfig,
  SplitV,
  type SplitVAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import { simdOf, type SimdModule } from './module.ts';

/** Makes the `Concat` kernel. The stock one copies row by row in JavaScript, and so does that of `SplitV`. */
export function concatKernel(): KernelConfig {
  const stock = stockConfig(Concat, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const parts = call.inputs as unknown as TensorInfo[];
      const axis = axisOf(call.attrs?.['axis'] as number, parts[0]!);
      const module = moduleFor(backend, parts);
      if (module === undefined || parts.length < 2) return stock.kernelFunc(call);
      const shapes = parts.map(({ shape }) => shape);
      backend_util.assertParamsConsistent(shapes, axis);
      const whole = backend.makeOutput(backend_util.computeOutShape(shapes, axis), parts[0]!.dtype);
      copyBlocks(module, whole, parts, axis, 'join');
      return whole;
    },
  };
}

/** Makes the `SplitV` kernel, which is also the gradient of a concatenation. */
export function splitKernel(): KernelConfig {
  const stock = stockConfig(SplitV, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x } = call.inputs as { x: TensorInfo };
      const { numOrSizeSplits, axis: requested } = call.attrs as unknown as SplitVAttrs;
      const axis = axisOf(requested, x);
      const module = moduleFor(backend, [x]);
      if (module === undefined) return stock.kernelFunc(call);
      const parts = backend_util
        .prepareSplitSize(asTensor(x), numOrSizeSplits, axis)
        .map((size) => backend.makeOutput(x.shape.with(axis, size), x.dtype));
      copyBlocks(module, x, parts, axis, 'split');
      return parts;
    },
  };
}

/** Copies parts that lie side by side along an axis into the whole, or out of it. */
function copyBlocks(
  module: SimdModule,
  whole: TensorInfo,
  parts: readonly TensorInfo[],
  axis: number,
  way: 'join' | 'split',
): void {
  const rows = util.sizeFromShape(whole.shape.slice(0, axis));
  const widthOf = ({ shape }: TensorInfo): number => util.sizeFromShape(shape.slice(axis));
  const step = widthOf(whole);
  let place = module.address(whole);
  for (const part of parts) {
    const width = widthOf(part);
    const partAt = module.address(part);
    const [from, to] = way === 'join' ? [partAt, place] : [place, partAt];
    const [fromStep, toStep] = way === 'join' ? [width, step] : [step, width];
    if (width > 0) module.kernels.copyRows(from, fromStep, to, toStep, width, rows);
    place += 4 * width;
  }
}

/** The module where all are of one type of 32 bits, and none of them is a scalar. */
function moduleFor(backend: BackendWasm, parts: readonly TensorInfo[]): SimdModule | undefined {
  const { dtype, shape } = parts[0]!;
  const ours =
    (dtype === 'float32' || dtype === 'int32') &&
    shape.length > 0 &&
    parts.every((part) => part.dtype === dtype);
  return ours ? simdOf(backend) : undefined;
}

const axisOf = (axis: number, { shape }: TensorInfo): number =>
  util.parseAxisParam(axis, shape)[0]!;

// prepareSplitSize reads the shape alone.
const asTensor = (x: TensorInfo) => x as Parameters<typeof backend_util.prepareSplitSize>[0];
