import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { BatchMatMul, type KernelConfig, type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import { callable, stockConfig } from './stock-kernel.ts';

// TensorFlow.js's own kernel hands plain products of matrices to XNNPACK, but runs one with a transposed operand, as
// both gradients of a product are, in a scalar loop. Here the operand is transposed first.

/** Below this many multiply-adds the extra kernel calls cost more than they save. */
const worthwhile = 1 << 13;

/** Makes the `BatchMatMul` kernel that never asks the stock one for a transposed product of two matrices. */
export function batchMatMulKernel(): KernelConfig {
  const stock = stockConfig(BatchMatMul);
  const product = callable(stock);
  const transpose = callable(stockConfig(Transpose));

  return {
    ...stock,
    kernelFunc: ({ inputs, backend: given, attrs }) => {
      const backend = given as BackendWasm;
      const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
      if (!(transposeA || transposeB) || !bothMatrices(a, b) || isSmall(a, b, transposeA)) {
        return product(backend, { a, b }, { transposeA, transposeB });
      }
      const temporary: TensorInfo[] = [];
      const own = (info: TensorInfo): TensorInfo => {
        temporary.push(info);
        return info;
      };
      const turned = (info: TensorInfo): TensorInfo =>
        transpose(backend, { x: info }, { perm: [1, 0] });
      const times = (left: TensorInfo, right: TensorInfo): TensorInfo =>
        product(backend, { a: left, b: right }, { transposeA: false, transposeB: false });

      const left = asMatrix(a);
      const right = asMatrix(b);
      let out: TensorInfo;
      if (transposeA && transposeB) {
        out = turned(own(times(right, left))); // a'b' = (ba)'
      } else if (transposeA) {
        out = times(own(turned(left)), right);
      } else if (turnsLessOnTheLeft(left, right)) {
        out = turned(own(times(right, own(turned(left))))); // ab' = (ba')'
      } else {
        out = times(left, own(turned(right)));
      }
      temporary.forEach(({ dataId }) => backend.disposeData(dataId));
      out.shape = [...a.shape.slice(0, -2), ...out.shape];
      return out;
    },
  };
}

function bothMatrices(a: TensorInfo, b: TensorInfo): boolean {
  const single = ({ shape, dtype }: TensorInfo): boolean =>
    dtype === 'float32' && shape.slice(0, -2).every((size) => size === 1);
  return single(a) && single(b) && a.shape.length === b.shape.length;
}

function asMatrix({ dataId, shape, dtype }: TensorInfo): TensorInfo {
  return { dataId, shape: shape.slice(-2), dtype };
}

function isSmall(a: TensorInfo, b: TensorInfo, transposeA: boolean): boolean {
  const [rows = 0, columns = 0] = a.shape.slice(-2);
  const [rowsB = 0, columnsB = 0] = b.shape.slice(-2);
  const inner = transposeA ? rows : columns;
  return (rows * columns * rowsB * columnsB) / Math.max(1, inner) < worthwhile;
}

/**
 * For `a [m, n]` times the transpose of `b [k, n]`: turning `b` and packing it for XNNPACK touches `2kn` floats, turning
 * and packing `a` and then turning the result `2mn + mk`. With few rows (a step of an LSTM) the second is far less.
 */
function turnsLessOnTheLeft(a: TensorInfo, b: TensorInfo): boolean {
  const [m = 0, n = 0] = a.shape;
  const [k = 0] = b.shape;
  return m * (2 * n + k) < 2 * k * n;
}
