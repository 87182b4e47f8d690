import {
  _FusedMatMul,
  add,
  addN,
  AddN,
  BatchMatMul,
  getKernel,
  zeros,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { composedKernel, type FusedImplementation } from '@whittle/backend';

/** Inputs that one dispatch may bind beside its output, on any adapter. */
const most = 7;

/**
 * The stock kernels of WebGPU that give wrong numbers for what the suite does. Each reports an error to the device, which
 * nobody hears, and leaves its output as it was in memory:
 *
 * - `AddN` binds all of its inputs at once, more than an adapter need allow;
 * - products bind an operand without entries.
 */
export function repairs(): KernelConfig[] {
  return [
    replaced(
      AddN,
      (inputs) => Object.keys(inputs).length > most,
      (inputs) => {
        let terms: Tensor[] = Object.values(inputs);
        while (terms.length > 1) {
          terms = [addN(terms.slice(0, most)), ...terms.slice(most)];
        }
        return terms;
      },
    ),
    ...[BatchMatMul, _FusedMatMul].map((name) => replaced(name, overNothing, productOfNothing)),
  ];
}

/** The stock kernel, but another implementation for calls that `concerns`. */
function replaced(
  kernelName: string,
  concerns: (inputs: NamedTensorMap) => boolean,
  implementation: FusedImplementation,
): KernelConfig {
  const stock = getKernel(kernelName, 'webgpu');
  const other = composedKernel(implementation);
  return {
    ...stock,
    kernelFunc: (call) =>
      concerns(call.inputs as unknown as NamedTensorMap)
        ? (other(call) as TensorInfo[])[0]!
        : stock.kernelFunc(call),
  };
}

function overNothing({ a, b }: NamedTensorMap): boolean {
  return [a, b].some((operand) => operand!.shape.includes(0));
}

/** A product over nothing is zero, and only the bias remains; no activation is ever asked for here. */
function productOfNothing(
  { a, b, bias }: NamedTensorMap,
  { transposeA, transposeB, activation }: NamedAttrMap,
): Tensor[] {
  if (activation !== undefined && activation !== 'linear') {
    throw new Error(`productOfNothing: expected no activation, found ${String(activation)}.`);
  }
  const rows = a!.shape.at(transposeA === true ? -1 : -2)!;
  const columns = b!.shape.at(transposeB === true ? -2 : -1)!;
  const product = zeros([...a!.shape.slice(0, -2), rows, columns]);
  return [bias === undefined || product.size === 0 ? product : add(product, bias)];
}
