import { type KernelConfig, type TensorInfo, UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import { zeros } from './sums.ts';

/**
 * Makes the `UnsortedSegmentSum` kernel, the gradient of an embedding, that adds rows in their order. The stock one adds
 * them with atomics in whatever order they come, so that one seed gives another training every time; it adds rows whose
 * id is no segment's to others, and returns the bits of floats for int32.
 */
export function segmentSumKernel(): KernelConfig {
  const stock = stockConfig(UnsortedSegmentSum, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x, segmentIds } = call.inputs as { x: TensorInfo; segmentIds: TensorInfo };
      if (x.dtype !== 'float32' && x.dtype !== 'int32') return stock.kernelFunc(call);
      const { numSegments } = call.attrs as { numSegments: number };
      const backend = call.backend as unknown as GpuBackend;
      return segmentSum(backend, x, segmentIds, numSegments);
    },
  };
}

/** For each segment the first row with its id, then for each row the next one with the same id; -1 for none. */
const chain: Program = {
  name: 'segmentRows',
  main: `
    let i = group * LANES + lane;
    if (i >= uniforms.segments + uniforms.rows) { return; }
    var id = i32(i);
    var row = 0u;
    if (i >= uniforms.segments) {
      row = i - uniforms.segments;
      id = ids[row];
      row++;
    }
    while (row < uniforms.rows && ids[row] != id) { row++; }
    next[i] = select(i32(row), -1, row >= uniforms.rows);`,
};

const sumOfChain = (dtype: 'float32' | 'int32'): Program => ({
  name: `segmentSum ${dtype}`,
  main: `
    let i = group * LANES + lane;
    if (i >= uniforms.segments * uniforms.width) { return; }
    let j = i % uniforms.width;
    var sum = ${dtype === 'int32' ? 'i32' : 'f32'}(0);
    var row = next[i / uniforms.width];
    while (row >= 0) {
      sum += x[u32(row) * uniforms.width + j];
      row = next[uniforms.segments + u32(row)];
    }
    out[i] = sum;`,
});

function segmentSum(
  backend: GpuBackend,
  x: TensorInfo,
  ids: TensorInfo,
  segments: number,
): TensorInfo {
  const inner = x.shape.slice(ids.shape.length);
  const width = sizeOf({ shape: inner });
  const shape = [segments, ...inner];
  const dtype = x.dtype as 'float32' | 'int32';
  if (sizeOf({ shape }) === 0 || sizeOf(x) === 0) return zeros(backend, shape, dtype);
  const rows = sizeOf(ids);
  const next = makeOutput(backend, [segments + rows], 'int32');
  run(
    backend,
    chain,
    { inputs: { ids }, outputs: { next } },
    { segments: ['u32', segments], rows: ['u32', rows] },
    { entries: segments + rows },
  );
  const out = makeOutput(backend, shape, dtype);
  run(
    backend,
    sumOfChain(dtype),
    { inputs: { x, next }, outputs: { out } },
    { segments: ['u32', segments], width: ['u32', width] },
    { entries: segments * width },
  );
  backend.disposeData(next.dataId);
  return as(out, ...shape);
}
