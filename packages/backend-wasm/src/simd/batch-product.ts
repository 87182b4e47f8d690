import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdModule } from './module.ts';

/** Which operands of a product are stored transposed. */
export interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** `a [..., m, k]` times `b [..., k, n]`, float32, with the axes before the last two broadcast against each other. */
export function batchProduct(
  { kernels, address }: SimdModule,
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: Transposes,
): TensorInfo {
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const out = backend.makeOutput([...batch, m, n], 'float32');
  if (m * n === 0) return out;

  const placeA = matrixPlaces(batchA, batch);
  const placeB = matrixPlaces(batchB, batch);
  const [atA, atB, atOut] = [address(a), address(b), address(out)];
  for (let i = 0; i < util.sizeFromShape(batch); i++) {
    kernels.gemm(
      m,
      n,
      k,
      atA + 4 * m * k * placeA(i),
      columnsA,
      Number(transposeA),
      atB + 4 * k * n * placeB(i),
      columnsB,
      Number(transposeB),
      atOut + 4 * m * n * i,
      n,
      0,
    );
  }
  return out;
}

/** For the i-th matrix of the result: which matrix of an operand with the batch axes `own` it is made from. */
function matrixPlaces(shape: readonly number[], batch: readonly number[]): (i: number) => number {
  const offset = batch.length - shape.length;
  return (i) => {
    let place = 0;
    let stride = 1;
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const at = i % batch[axis]!;
      i = Math.floor(i / batch[axis]!);
      const size = axis < offset ? 1 : shape[axis - offset]!;
      if (size > 1) place += at * stride;
      stride *= size;
    }
    return place;
  };
}
