import {
  _FusedMatMul,
  BatchMatMul,
  getKernel,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Handle, NativeBackend } from '../native-backend.ts';
import { withOperations } from '../operations.ts';

/**
 * Makes the product kernels: two matrices go to TensorFlow's `MatMul`, which is up to twice as fast as the `BatchMatMulV2`
 * of the stock kernels, and a bias to `BiasAdd`. Everything else stays stock.
 */
export function productKernels(): KernelConfig[] {
  return [wrapped(BatchMatMul, product), wrapped(_FusedMatMul, product)];
}

type Call = Parameters<KernelConfig['kernelFunc']>[0];

function wrapped(kernelName: string, native: (call: Call) => TensorInfo | undefined): KernelConfig {
  const stock = getKernel(kernelName, 'tensorflow');
  return { ...stock, kernelFunc: (call) => native(call) ?? stock.kernelFunc(call) };
}

/** The product of two matrices with or without a bias; undefined for batches of more than one and for activations. */
function product({ inputs, backend, attrs }: Call): TensorInfo | undefined {
  const { a, b, bias, preluActivationWeights } = inputs as Record<'a' | 'b', TensorInfo> &
    Partial<Record<'bias' | 'preluActivationWeights', TensorInfo>>;
  const { transposeA, transposeB, activation } = attrs as Record<string, unknown>;
  const plain = activation === undefined || activation === null || activation === 'linear';
  const matrices = a.shape.length === b.shape.length && isMatrix(a) && isMatrix(b);
  const floats = a.dtype === 'float32' && b.dtype === 'float32';
  const vector = bias == null || bias.shape.length === 1;
  if (!plain || !matrices || !floats || !vector || preluActivationWeights != null) return undefined;
  return withOperations(backend as NativeBackend, (ops) => {
    const [left, right] = [a, b].map((x) => ops.input(x, x.shape.slice(-2))) as [Handle, Handle];
    let out = ops.matMul(left, right, transposeA as boolean, transposeB as boolean);
    if (bias != null) {
      // A bias of one number is broadcast, which BiasAdd does not do.
      const add = bias.shape[0] === out.shape[1] ? 'BiasAdd' : 'AddV2';
      out = ops.float(add, out, ops.input(bias));
    }
    const batches = a.shape.slice(0, -2);
    return ops.output(batches.length === 0 ? out : ops.reshape(out, [...batches, ...out.shape]));
  });
}

/** Whether it is a matrix, or a batch of one: `fused.matMul` of TensorFlow.js makes batches of one out of matrices. */
const isMatrix = ({ shape }: TensorInfo): boolean =>
  shape.length >= 2 && shape.slice(0, -2).every((length) => length === 1);
