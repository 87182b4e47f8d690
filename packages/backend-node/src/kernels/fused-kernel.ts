import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { FusedKernelName } from '@secateur/backend/kernels';
import type { NativeBackend } from '../native-backend.ts';
import { type Operations, withOperations } from '../operations.ts';

/** Inputs of a kernel by name. */
export type Infos = Readonly<Record<string, TensorInfo>>;

/** A kernel from TensorFlow's operations; undefined when this call is none for it. */
export type NativeKernel = (
  ops: Operations,
  inputs: Infos,
  attributes: NamedAttrMap,
) => TensorInfo[] | undefined;

/** Makes the config of a fused kernel on native TensorFlow; `otherwise` takes the calls that `native` leaves. */
export function fusedKernel(
  kernelName: FusedKernelName,
  otherwise: KernelConfig['kernelFunc'],
  native: NativeKernel,
): KernelConfig {
  return {
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: (call) =>
      withOperations(call.backend as NativeBackend, (ops) =>
        native(ops, call.inputs as Infos, call.attrs ?? {}),
      ) ?? otherwise(call),
  };
}
