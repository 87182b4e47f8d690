import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from './simd/fused-kernel.ts';
import { simdOf } from './simd/module.ts';
import { wasmArrays } from './wasm-arrays.ts';

interface Activation {
  /** Its number in `assembly/activate.ts`. */
  readonly kind: number;
  readonly f: (x: number, alpha: number) => number;
}

/** Activations that can follow a product or a convolution; `prelu` has weights of its own and stays with stock kernels. */
export const activations: Readonly<Record<string, Activation>> = {
  linear: { kind: 0, f: (x) => x },
  relu: { kind: 1, f: (x) => Math.max(0, x) },
  relu6: { kind: 2, f: (x) => Math.min(6, Math.max(0, x)) },
  leakyrelu: { kind: 3, f: (x, alpha) => (x < 0 ? alpha * x : x) },
  sigmoid: { kind: 4, f: (x) => 1 / (1 + Math.exp(-x)) },
  elu: { kind: 5, f: (x) => (x < 0 ? Math.expm1(x) : x) },
};

/** Applies an activation to a tensor that nobody else has yet. */
export function activateInPlace(
  backend: BackendWasm,
  x: TensorInfo,
  { kind, f }: Activation,
  alpha: number,
): void {
  if (kind === 0 || sizeOf(x) === 0) return;
  const module = simdOf(backend);
  if (module !== undefined) {
    module.kernels.biasActivate(module.address(x), 1, sizeOf(x), 0, kind, alpha);
    return;
  }
  const values = wasmArrays.view(backend, x);
  values.forEach((value, i) => {
    values[i] = f(value, alpha);
  });
}
