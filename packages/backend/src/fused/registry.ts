import {
  backend,
  dispose,
  engine,
  getBackend,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  Tensor,
  tidy,
  type GradConfig,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type NamedTensorMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { replaceKernel } from '../replace-kernel.ts';
import { KERNELS, type FusedKernelName } from './kernels.ts';

/** Computes a fused kernel's outputs from its inputs and attributes; it runs in a tidy, so it need dispose nothing. */
export type FusedImplementation = (inputs: NamedTensorMap, attributes: NamedAttrMap) => Tensor[];

/** What {@link runFused} needs to know of a kernel. */
export interface FusedKernel {
  /** The kernel's name. */
  readonly name: FusedKernelName;
  /** Used on backends that registered no kernel of this name. */
  readonly composed: FusedImplementation;
  /** Its gradient, absent for kernels that are not differentiable. */
  readonly gradient?: Omit<GradConfig, 'kernelName'>;
  /** How many outputs after the first the gradient alone reads; {@link runFused} does not return them. */
  readonly onlySaved?: number;
}

/**
 * Registers a faster form of a fused kernel for one backend, in place of whatever is registered there under that name.
 * Backend packages call it on import. `kernelFunc` gets TensorInfos and returns them in the order of the table in
 * `docs/kernels.md`.
 *
 * @example
 * ```ts
 * import { getKernel } from '@tensorflow/tfjs-core';
 * import { composedKernel, composedShrinkWeight } from '@secateur/backend/kernels';
 * import { KERNELS, registerFusedKernel } from '@secateur/backend/kernels';
 *
 * // A backend would bring a faster function here.
 * const kernelFunc = composedKernel(composedShrinkWeight);
 * registerFusedKernel(KERNELS.shrinkWeight, 'mine', kernelFunc);
 * getKernel('ShrinkWeight', 'mine').kernelFunc === kernelFunc; // => true
 * ```
 */
export function registerFusedKernel(
  name: FusedKernelName,
  backendName: string,
  kernelFunc: KernelConfig['kernelFunc'],
): void {
  const known: readonly string[] = Object.values(KERNELS);
  if (!known.includes(name)) {
    throw argumentError(
      `registerFusedKernel: expected one of ${known.join(', ')}, found ${JSON.stringify(name)}; use a name from KERNELS.`,
    );
  }
  replaceKernel({ kernelName: name, backendName, kernelFunc });
}

/** Tells whether a backend has a kernel of this name. */
function hasKernel(name: string, backendName: string): boolean {
  // The types promise a config, the registry returns undefined for an unknown name.
  return (getKernel(name, backendName) as KernelConfig | undefined) !== undefined;
}

/**
 * Makes an implementation written with ordinary operations into the kernel function of any backend.
 *
 * @example
 * ```ts
 * import { backend, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedKernel, composedShrinkWeight } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const kernelFunc = composedKernel(composedShrinkWeight);
 * // As TensorFlow.js calls it.
 * const call = { inputs: { weight: tensor1d([1, -2]) }, backend: backend(), attrs: { threshold: 2 } };
 * const [weight] = kernelFunc(call) as Tensor[];
 * weight!.dataSync(); // => [0, -2]
 * ```
 */
export function composedKernel(implementation: FusedImplementation): KernelConfig['kernelFunc'] {
  return ({ inputs, attrs }) => tidy(() => implementation(asTensors(inputs), attrs ?? {}));
}

/** Another kernel may call with bare infos; the operations need tensors, which the tidy then releases. */
function asTensors(infos: NamedTensorInfoMap): NamedTensorMap {
  const tensors: NamedTensorMap = {};
  for (const [name, info] of Object.entries(infos)) {
    if (info !== undefined) tensors[name] = info instanceof Tensor ? info : asTensor(info);
  }
  return tensors;
}

function asTensor(info: TensorInfo): Tensor {
  engine().backend.incRef(info.dataId);
  return engine().makeTensorFromTensorInfo(info);
}

/**
 * Runs a fused kernel on the current backend, recorded on the tape like any operation. A backend that has none gets the
 * composed form under the same name the first time; the gradient is registered once, whatever the backend. Outputs that
 * only the gradient reads are disposed, and it gets no upstream gradient of them.
 *
 * @example
 * ```ts
 * import { tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedShrinkWeight, KERNELS, runFused } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const kernel = { name: KERNELS.shrinkWeight, composed: composedShrinkWeight };
 * const weight = tensor1d([1, -2, 3]);
 * tidy(() => runFused(kernel, { weight }, { threshold: 2.5 })[0]!.dataSync()); // => [0, 0, 3]
 * ```
 */
export function runFused(
  kernel: FusedKernel,
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): Tensor[] {
  const { name, composed, gradient, onlySaved = 0 } = kernel;
  // Asking for the backend starts one when none is yet; only then has it a name.
  backend();
  const backendName = getBackend();
  if (!hasKernel(name, backendName)) {
    registerKernel({ kernelName: name, backendName, kernelFunc: composedKernel(composed) });
  }
  // The registries are global: with a second copy of this module, the first gradient stays.
  const known = getGradient(name) as GradConfig | undefined;
  if (gradient !== undefined && known === undefined) {
    registerGradient({ kernelName: name, ...gradient });
  }
  const outputs: Tensor | Tensor[] = engine().runKernel(name, inputs, attributes);
  if (!Array.isArray(outputs)) return [outputs];
  // For each output on its tape that nothing reads, TensorFlow.js makes an upstream gradient of zeros in JavaScript's memory:
  // for what an LSTM saves, five times its output. The array that it returns is the one on the tape.
  dispose(outputs.splice(1, onlySaved));
  return outputs;
}
