import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  _FusedMatMul,
  BatchMatMul,
  type KernelConfig,
  type TensorInfo,
  Tile,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig, withWholeBatches } from '@secateur/backend/kernels';
import { activations } from '../activate.ts';
import { batchProduct, type Transposes } from './batch-product.ts';
import { simdOf } from './module.ts';
import { zerosOf } from '../wasm-arrays.ts';

/**
 * A stock kernel leaves a product over no columns as it finds the memory; over one column of zeros it is zero, and what
 * follows it is right.
 */
function stockProduct(
  stock: KernelConfig,
  call: Parameters<KernelConfig['kernelFunc']>[0],
): TensorInfo | TensorInfo[] {
  const backend = call.backend as BackendWasm;
  const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
  const { transposeA, transposeB } = call.attrs as unknown as Transposes;
  if (a.shape.at(transposeA ? -2 : -1) !== 0) return stock.kernelFunc(call);
  const one = ({ shape, dtype }: TensorInfo, axis: number): TensorInfo =>
    zerosOf(backend, shape.with(axis, 1), dtype);
  const padded = { a: one(a, transposeA ? -2 : -1), b: one(b, transposeB ? -1 : -2) };
  const out = stock.kernelFunc({ ...call, inputs: { ...call.inputs, ...padded } });
  for (const { dataId } of Object.values(padded)) backend.disposeData(dataId);
  return out;
}

/** Makes the `BatchMatMul` kernel: ours in SIMD, TensorFlow.js's where the engine has none. */
export function batchMatMulKernel(): KernelConfig {
  const tile = callable(stockConfig(Tile, 'wasm'));
  const stock = withWholeBatches(stockConfig(BatchMatMul, 'wasm'), tile);
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const module = simdOf(backend);
      if (module === undefined || a.dtype !== 'float32' || b.dtype !== 'float32') {
        return stockProduct(stock, call);
      }
      return batchProduct(module, backend, a, b, call.attrs as unknown as Transposes);
    },
  };
}

/** Makes the `_FusedMatMul` kernel of `tf.layers.dense`: a product, then the bias and the activation in one pass. */
export function fusedMatMulKernel(): KernelConfig {
  const stock = stockConfig(_FusedMatMul, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { a, b, bias } = call.inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
      const attrs = call.attrs as unknown as Transposes & {
        activation: string;
        leakyreluAlpha?: number;
      };
      const module = simdOf(backend);
      const activation = activations[attrs.activation]?.kind;
      const columns = b.shape.at(attrs.transposeB ? -2 : -1)!;
      const wholeBias =
        bias === undefined || (bias.shape.length === 1 && bias.shape[0] === columns);
      const floats = a.dtype === 'float32' && b.dtype === 'float32';
      if (module === undefined || activation === undefined || !wholeBias || !floats) {
        return stockProduct(stock, call);
      }
      const out = batchProduct(module, backend, a, b, attrs);
      const size = out.shape.reduce((product, length) => product * length, 1);
      if (size > 0 && (bias !== undefined || activation !== 0)) {
        module.kernels.biasActivate(
          module.address(out),
          size / columns,
          columns,
          bias === undefined ? 0 : module.address(bias),
          activation,
          attrs.leakyreluAlpha ?? 0,
        );
      }
      return out;
    },
  };
}
