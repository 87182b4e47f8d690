import { Cast, type CastAttrs, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { mapped } from './places.ts';

/**
 * Makes the `Cast` kernel whose floats are floats. The stock one calls whole numbers and booleans floats and leaves them as
 * they are, and only programs that ask for each number through TensorFlow.js notice: its own transposition does not compile,
 * and programs such as ours would read other numbers.
 */
export function castKernel(): KernelConfig {
  const stock = stockConfig(Cast, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const { dtype } = call.attrs as unknown as CastAttrs;
      const whole = x.dtype === 'int32' || x.dtype === 'bool';
      if (!whole || dtype !== 'float32' || sizeOf(x) === 0) return stock.kernelFunc(call);
      const backend = call.backend as unknown as GpuBackend;
      if (backend.shouldExecuteOnCPU([x])) {
        const { values } = backend.tensorMap.get(x.dataId);
        return backend.makeTensorInfo(x.shape, dtype, Float32Array.from(values as Int32Array));
      }
      const out = mapped(backend, [sizeOf(x)], dtype, {
        name: 'cast',
        inputs: { x },
        walks: [{ name: 'x', steps: [1] }],
        value: 'f32(x[at_x])',
      });
      return as(out, ...x.shape);
    },
  };
}
