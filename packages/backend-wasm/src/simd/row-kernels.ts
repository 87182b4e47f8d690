import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  GatherV2,
  type GatherV2Attrs,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import { segmentSumKernel, stockConfig } from '@secateur/backend/kernels';
import { wasmArrays } from '../wasm-arrays.ts';
import { simdOf } from './module.ts';

/** Makes the `GatherV2` kernel: ours for rows of a float32 table, which is what an embedding is, else TensorFlow.js's. */
export function gatherKernel(): KernelConfig {
  const stock = stockConfig(GatherV2, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x, indices } = call.inputs as { x: TensorInfo; indices: TensorInfo };
      const { axis, batchDims } = call.attrs as unknown as GatherV2Attrs;
      const ours =
        x.dtype === 'float32' &&
        indices.dtype === 'int32' &&
        batchDims === 0 &&
        util.parseAxisParam(axis, x.shape)[0] === 0;
      const module = ours ? simdOf(backend) : undefined;
      const [rows, ...inner] = x.shape as [number, ...number[]];
      if (module === undefined) {
        // Of rows without numbers the stock kernel makes another shape, and never gives its copies back.
        const empty = ours && rows > 0 && util.sizeFromShape(inner) === 0;
        return empty
          ? backend.makeOutput([...indices.shape, ...inner], 'float32')
          : stock.kernelFunc(call);
      }
      const { kernels, address } = module;
      const count = util.sizeFromShape(indices.shape);
      const wrong = kernels.idOutside(address(indices), count, rows);
      if (wrong >= 0) {
        throw new BackendError(
          `gather: expected indices from 0 to ${rows - 1}, found ${wasmArrays.view(backend, indices)[wrong]} at place ${wrong}; check that the table has a row for every id.`,
          { code: 'argument' },
        );
      }
      const out = backend.makeOutput([...indices.shape, ...inner], 'float32');
      const width = util.sizeFromShape(inner);
      kernels.gatherRows(address(x), address(indices), count, width, address(out));
      return out;
    },
  };
}

/** Makes the `UnsortedSegmentSum` kernel, the gradient of `gather`: a loop over the heap for int32 and without SIMD. */
export function scatterKernel(): KernelConfig {
  const loop = segmentSumKernel('wasm', wasmArrays);
  return {
    ...loop,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x, segmentIds } = call.inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const ours = x.dtype === 'float32' && segmentIds.dtype === 'int32';
      const module = ours ? simdOf(backend) : undefined;
      if (module === undefined) return loop.kernelFunc(call);
      const { kernels, address } = module;
      const { numSegments } = call.attrs as { numSegments: number };
      const inner = x.shape.slice(segmentIds.shape.length);
      const out = backend.makeOutput([numSegments, ...inner], 'float32');
      kernels.scatterRows(
        address(x),
        address(segmentIds),
        util.sizeFromShape(segmentIds.shape),
        util.sizeFromShape(inner),
        0,
        numSegments,
        address(out),
      );
      return out;
    },
  };
}
