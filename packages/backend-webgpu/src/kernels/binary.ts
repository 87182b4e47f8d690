import {
  broadcast_util,
  EluGrad,
  type KernelConfig,
  Pow,
  Prelu,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';
import { bits, special } from './numbers.ts';
import { broadcastSteps, mapped } from './places.ts';

interface Binary {
  /** Names of the inputs. */
  readonly names: readonly [string, string];
  /** WGSL of a function of `a` and `b`. */
  readonly value: string;
}

const functions: Readonly<Record<string, Binary>> = {
  [Pow]: { names: ['a', 'b'], value: 'power(a, b)' },
  [Prelu]: { names: ['x', 'alpha'], value: 'select(a, b * a, a < 0.0)' },
  [EluGrad]: { names: ['dy', 'y'], value: 'select(a * (b + 1.0), a, b >= 0.0)' },
};

const power = `
  fn power(a : f32, b : f32) -> f32 {
    if (b == 0.0) { return 1.0; }
    if (isNan(a) || isNan(b)) { return uniforms.nan; }
    let whole = floor(b) == b;
    let odd = whole && abs(b) < 16777216.0 && abs(b) % 2.0 == 1.0;
    let sign = select(1.0, -1.0, odd && (bitcast<u32>(a) >> 31u) == 1u);
    if (a == 0.0 || isInfinite(a)) {
      return sign * select(0.0, uniforms.infinity, (a == 0.0) == (b < 0.0));
    }
    if (a < 0.0 && !whole) { return uniforms.nan; }
    // A few products are closer than a power of 2 of a product with a logarithm.
    if (whole && abs(b) <= 8.0) {
      var product = 1.0;
      for (var k = 0.0; k < abs(b); k += 1.0) { product *= a; }
      return select(product, 1.0 / product, b < 0.0);
    }
    return sign * pow(abs(a), b);
  }`;

/**
 * Makes kernels of functions of two numbers. The stock `Pow` gives finite numbers for powers of 0 and the wrong sign of
 * infinite ones, `Prelu` and `EluGrad` compute with infinities what they then multiply by 0.
 */
export function binaryKernels(): KernelConfig[] {
  return Object.entries(functions).map(([name, { names, value }]) => {
    const stock = stockConfig(name, 'webgpu');
    return {
      ...stock,
      kernelFunc: (call) => {
        const inputs = call.inputs as Record<string, TensorInfo>;
        const [a, b] = names.map((input) => inputs[input]!) as [TensorInfo, TensorInfo];
        if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock.kernelFunc(call);
        const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
        return mapped(call.backend as unknown as GpuBackend, shape, 'float32', {
          name,
          inputs: { a, b },
          walks: [
            { name: 'a', steps: broadcastSteps(a.shape, shape) },
            { name: 'b', steps: broadcastSteps(b.shape, shape) },
          ],
          value: 'result(a[at_a], b[at_b])',
          declarations: `${bits} ${power} fn result(a : f32, b : f32) -> f32 { return ${value}; }`,
          uniforms: special,
        });
      },
    };
  });
}
