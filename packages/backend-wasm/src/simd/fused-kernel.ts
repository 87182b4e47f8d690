import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { type FusedKernelName, matrixShape } from '@secateur/backend/kernels';
import type { Address } from './exports.ts';
import { simdOf, type SimdModule } from './module.ts';

/** Inputs of a kernel by name. */
export type Infos = Readonly<Record<string, TensorInfo>>;

/** A kernel in SIMD. */
export type SimdKernel = (
  module: SimdModule,
  backend: BackendWasm,
  inputs: Infos,
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[];

/** Makes the config of a fused kernel on wasm: `simd` where the engine has it, else `otherwise`. */
export function fusedKernel(
  kernelName: FusedKernelName,
  otherwise: KernelConfig['kernelFunc'],
  simd: SimdKernel,
): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const module = simdOf(backend);
      if (module === undefined) return otherwise(call);
      return simd(module, backend, call.inputs as Infos, call.attrs ?? {});
    },
  };
}

/** Number of entries of a tensor. */
export function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The address of an input that may be left out, 0 then. */
export function addressOf({ address }: SimdModule, inputs: Partial<Infos>, name: string): Address {
  const info = inputs[name];
  return info === undefined ? 0 : address(info);
}

/** Rows and columns of the matrix that a weight is read as, for the factors `rows` and `columns` among the inputs. */
export function matrixOf(inputs: Partial<Infos>, size: number): [rows: number, columns: number] {
  return matrixShape(size, inputs['rows']?.shape[0], inputs['columns']?.shape[0]);
}
