import { type KernelConfig, PadV2, type PadV2Attrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';
import type { OutputType } from '../program.ts';
import { mapped, strides } from './places.ts';

/** Makes the `PadV2` kernel for every rank; the stock one's program does not compile for more than four axes. */
export function padKernel(): KernelConfig {
  const stock = stockConfig(PadV2, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const { paddings, constantValue } = call.attrs as unknown as PadV2Attrs;
      const empty = x.shape.includes(0);
      if (x.shape.length < 5 || empty) return stock.kernelFunc(call);
      const shape = x.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
      const inputStrides = strides(x.shape);
      const first = -inputStrides.reduce(
        (sum, stride, axis) => sum + stride * paddings[axis]![0],
        0,
      );
      const inside = x.shape.map(
        // What lies before the input is a huge number.
        (_, axis) => `(k_${axis} - uniforms.before_${axis}) < uniforms.inner_${axis}`,
      );
      const type = x.dtype === 'float32' ? 'f32' : 'i32';
      return mapped(call.backend as unknown as GpuBackend, shape, x.dtype as OutputType, {
        name: 'pad',
        inputs: { x },
        walks: [{ name: 'x', first, steps: inputStrides }],
        value: `select(${type}(uniforms.filler), x[at_x], ${inside.join(' && ')})`,
        uniforms: {
          filler: ['f32', constantValue],
          ...Object.fromEntries(
            x.shape.flatMap((size, axis) => [
              [`before_${axis}`, ['u32', paddings[axis]![0]] as const],
              [`inner_${axis}`, ['u32', size] as const],
            ]),
          ),
        },
      });
    },
  };
}
