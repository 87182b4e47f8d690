import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  broadcast_util,
  type KernelConfig,
  Maximum,
  Minimum,
  Prelu,
  type TensorInfo,
  Tile,
} from '@tensorflow/tfjs-core';
import {
  callable,
  repeated,
  repeatsAsWhole,
  type StockKernel,
  stockConfig,
} from '@secateur/backend/kernels';
import { wasmArrays } from '../wasm-arrays.ts';
import { sizeOf } from './fused-kernel.ts';
import { simdOf, type SimdModule } from './module.ts';

/** A function of two numbers. */
interface Pair {
  readonly kernelName: string;
  /** Names of the inputs. */
  readonly names: readonly [string, string];
  /** Its number in `assembly/elementwise.ts`. */
  readonly kind: number;
  readonly f: (a: number, b: number) => number;
}

const pairs: readonly Pair[] = [
  { kernelName: Maximum, names: ['a', 'b'], kind: 0, f: Math.max },
  { kernelName: Minimum, names: ['a', 'b'], kind: 1, f: Math.min },
  { kernelName: Prelu, names: ['x', 'alpha'], kind: 2, f: (x, alpha) => (x < 0 ? alpha * x : x) },
];

/**
 * Makes the kernels `Maximum`, `Minimum` and `Prelu`. The stock ones lose a NaN on one side; that of `Prelu` takes slopes
 * of every shape for slopes of channels, and multiplies what it does not need, so that an infinite slope makes NaN of
 * positive numbers.
 */
export function pairKernels(): KernelConfig[] {
  const tile = callable(stockConfig(Tile, 'wasm'));
  return pairs.map((pair) => {
    const stock = stockConfig(pair.kernelName, 'wasm');
    return {
      ...stock,
      kernelFunc: (call) => {
        const inputs = call.inputs as Record<string, TensorInfo>;
        const [a, b] = pair.names.map((name) => inputs[name]!) as [TensorInfo, TensorInfo];
        if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock.kernelFunc(call);
        return compute(pair, call.backend as BackendWasm, tile, a, b);
      },
    };
  });
}

function compute(
  pair: Pair,
  backend: BackendWasm,
  tile: StockKernel,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo {
  const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = backend.makeOutput(shape, 'float32');
  if (sizeOf(out) === 0) return out;
  const module = simdOf(backend);
  const [left, right] = [a, b].map((each) => {
    const asItIs = module !== undefined && repeatsAsWhole(each.shape, shape);
    return asItIs || sizeOf(each) === sizeOf(out) ? each : repeated(backend, tile, each, shape);
  }) as [TensorInfo, TensorInfo];
  if (module === undefined) {
    const [x, y] = [wasmArrays.view(backend, left), wasmArrays.view(backend, right)];
    const values = wasmArrays.view(backend, out);
    for (let i = 0; i < values.length; i++) values[i] = pair.f(x[i]!, y[i]!);
  } else inBlocks(pair.kind, module, left, right, out);
  if (left !== a) backend.disposeData(left.dataId);
  if (right !== b) backend.disposeData(right.dataId);
  return out;
}

/** Goes over the output in blocks as large as the smaller operand, which is read again for each; one number repeats. */
function inBlocks(
  kind: number,
  { kernels, address }: SimdModule,
  a: TensorInfo,
  b: TensorInfo,
  out: TensorInfo,
): void {
  const [size, sizeA, sizeB] = [out, a, b].map(sizeOf) as [number, number, number];
  const count = Math.min(sizeA > 1 ? sizeA : size, sizeB > 1 ? sizeB : size);
  for (let start = 0; start < size; start += count) {
    kernels.pairs(
      kind,
      address(a) + 4 * (start % sizeA),
      Number(sizeA > 1),
      address(b) + 4 * (start % sizeB),
      Number(sizeB > 1),
      count,
      address(out) + 4 * start,
    );
  }
}
