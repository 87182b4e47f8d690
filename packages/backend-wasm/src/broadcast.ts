import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmArrays } from './wasm-arrays.ts';

/** Makes a tensor of the shape `whole` in which `x` is repeated as broadcasting says. */
export function broadcastTo(
  backend: BackendWasm,
  x: TensorInfo,
  whole: readonly number[],
): TensorInfo {
  const out = backend.makeOutput([...whole], x.dtype);
  const [from, to] = [wasmArrays.view(backend, x), wasmArrays.view(backend, out)];
  const own = [...new Array<number>(whole.length - x.shape.length).fill(1), ...x.shape];
  let next = 0;
  const copy = (axis: number, place: number): void => {
    if (axis === whole.length) {
      to[next++] = from[place]!;
      return;
    }
    for (let i = 0; i < whole[axis]!; i++) {
      copy(axis + 1, place * own[axis]! + (own[axis] === 1 ? 0 : i));
    }
  };
  copy(0, 0);
  return out;
}
