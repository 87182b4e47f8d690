import {
  DenseBincount,
  type DenseBincountAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import type { OutputType } from '../program.ts';
import { mapped, strides } from './places.ts';

/**
 * Makes the `DenseBincount` kernel, which counts in a fixed order. The stock one's program does not compile for floats
 * unless they are added up, and adds them with atomics in any order.
 */
export function denseBincountKernel(): KernelConfig {
  return {
    kernelName: DenseBincount,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const { x, weights } = call.inputs as { x: TensorInfo; weights: TensorInfo };
      const { size, binaryOutput } = call.attrs as unknown as DenseBincountAttrs;
      const length = x.shape.at(-1)!;
      const shape = [...x.shape.slice(0, -1), size];
      const type = weights.dtype === 'float32' ? 'f32' : 'i32';
      const weighted = !binaryOutput && sizeOf(weights) > 0;
      const sum = binaryOutput ? `${type}(1)` : `sum + ${weighted ? 'weights[at]' : `${type}(1)`}`;
      return mapped(call.backend as unknown as GpuBackend, shape, weights.dtype as OutputType, {
        name: `bincount ${weighted} ${binaryOutput}`,
        inputs: { x, ...(weighted && { weights }) },
        // The row of `x` that an entry counts in; the bins do not move it.
        walks: [{ name: 'x', steps: [...strides(x.shape).slice(0, -1), 0] }],
        value: `count(at_x, i32(k_${shape.length - 1}))`,
        declarations: `
          fn count(first : u32, bin : i32) -> ${type} {
            var sum = ${type}(0);
            for (var at = first; at < first + uniforms.length; at++) {
              if (i32(x[at]) == bin) { sum = ${sum}; }
            }
            return sum;
          }`,
        uniforms: { length: ['u32', length] },
      });
    },
  };
}
