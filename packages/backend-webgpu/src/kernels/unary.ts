import {
  Elu,
  Exp,
  type KernelConfig,
  LeakyRelu,
  Log,
  Log1p,
  Relu6,
  Selu,
  Sigmoid,
  Softplus,
  Sqrt,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import type { Uniforms } from '../program.ts';
import { bits, special } from './numbers.ts';
import { mapped } from './places.ts';

/** WGSL of functions of `v`, which is no NaN. */
const functions: Readonly<Record<string, string>> = {
  [Exp]: 'exp(v)',
  [Elu]: 'select(exp(v) - 1.0, v, v >= 0.0)',
  [Selu]: 'select(1.7580993408473766 * (exp(v) - 1.0), 1.0507009873554805 * v, v >= 0.0)',
  [Sigmoid]: '1.0 / (1.0 + exp(-v))',
  [Softplus]: 'max(v, 0.0) + logOf1Plus(exp(-abs(v)))',
  [Sqrt]: 'select(sqrt(v), uniforms.nan, v < 0.0)',
  [Log]: 'logOf(v)',
  [Log1p]: 'logOf1Plus(v)',
  [Relu6]: 'clamp(v, 0.0, 6.0)',
  [LeakyRelu]: 'select(v, uniforms.alpha * v, v < 0.0)',
};

const logarithms = `
  fn logOf(x : f32) -> f32 {
    if (x < 0.0) { return uniforms.nan; }
    if (x == 0.0) { return -uniforms.infinity; }
    if (isInfinite(x)) { return x; }
    return log(x);
  }
  fn logOf1Plus(x : f32) -> f32 {
    // Near 0 the sum would round x away.
    if (abs(x) < 0.01) { return x * (1.0 - x * (0.5 - x * (0.33333334 - x * 0.25))); }
    return logOf(1.0 + x);
  }`;

/** Where TensorFlow.js has code for small tensors on the CPU. */
const onCpu: readonly string[] = [Exp, Log];

/**
 * Makes kernels of functions of one number that keep NaN, and that have their limits where they have them: a device may
 * make infinity, 0 or -0 of NaN in the stock ones, and a number of the logarithm of 0 or of a negative number.
 */
export function unaryKernels(): KernelConfig[] {
  return Object.keys(functions).map((name) => {
    const stock = stockConfig(name, 'webgpu');
    return {
      ...stock,
      kernelFunc: (call) => {
        const { x } = call.inputs as { x: TensorInfo };
        const backend = call.backend as unknown as GpuBackend;
        const stocks = onCpu.includes(name) && backend.shouldExecuteOnCPU([x]);
        if (x.dtype !== 'float32' || stocks) return stock.kernelFunc(call);
        return unary(backend, name, x, call.attrs?.['alpha'] as number | undefined);
      },
    };
  });
}

/** Applies one of the functions above to each entry of a float32 tensor. */
export function unary(backend: GpuBackend, name: string, x: TensorInfo, alpha = 0): TensorInfo {
  const uniforms: Uniforms = { ...special, alpha: ['f32', alpha] };
  // As a vector, so that one program serves every rank.
  const out = mapped(backend, [sizeOf(x)], 'float32', {
    name,
    inputs: { x },
    walks: [{ name: 'x', steps: [1] }],
    value: 'result(x[at_x])',
    declarations: `${bits} ${logarithms}
      fn result(v : f32) -> f32 { if (isNan(v)) { return v; } return ${functions[name]}; }`,
    uniforms,
  });
  return as(out, ...x.shape);
}
