// Sums of a matrix along its rows and down its columns, the parts that other kernels are made of. Every sum has one order.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import { tuningOf } from '../tuning.ts';

/** WGSL of `sumOverLanes`, which adds what every lane of a workgroup holds; to be called by all of them. */
export function groupSum(): string {
  return `
    var<workgroup> total : array<f32, LANES>;
    fn sumOverLanes(lane : u32, value : f32) -> f32 {
      total[lane] = value;
      workgroupBarrier();
      for (var half = LANES / 2u; half > 0u; half = half / 2u) {
        if (lane < half) { total[lane] = total[lane] + total[lane + half]; }
        workgroupBarrier();
      }
      return total[0];
    }`;
}

/** WGSL of `maxOverLanes`, the largest of what the lanes of a workgroup hold; to be called by all of them. */
export function groupMax(): string {
  return `
    var<workgroup> tops : array<f32, LANES>;
    fn maxOverLanes(lane : u32, value : f32) -> f32 {
      tops[lane] = value;
      workgroupBarrier();
      for (var half = LANES / 2u; half > 0u; half = half / 2u) {
        if (lane < half) { tops[lane] = max(tops[lane], tops[lane + half]); }
        workgroupBarrier();
      }
      let top = tops[0];
      workgroupBarrier();
      return top;
    }`;
}

const alongRows: Program = {
  name: 'sumsAlongRows',
  declarations: groupSum(),
  main: `
    var sum = 0.0;
    for (var j = lane; j < uniforms.width; j += LANES) {
      let value = x[group * uniforms.width + j];
      sum += select(value, value * value, uniforms.squares == 1u);
    }
    let all = sumOverLanes(lane, sum);
    if (lane == 0u) { out[group] = all; }`,
};

/** A lane adds up a stretch of rows; their sums are added again until one row is left. */
const downColumns: Program = {
  name: 'sumsDownColumns',
  main: `
    let index = group * LANES + lane;
    if (index >= uniforms.size) { return; }
    let stretch = index / uniforms.width % uniforms.stretches;
    let plane = index / uniforms.width / uniforms.stretches;
    let j = index % uniforms.width;
    var sum = 0.0;
    let end = min(uniforms.rows, (stretch + 1u) * STRETCH);
    for (var row = stretch * STRETCH; row < end; row++) {
      let value = x[(plane * uniforms.rows + row) * uniforms.width + j];
      sum += select(value, value * value, uniforms.squares == 1u);
    }
    out[index] = sum;`,
};

/** Sums each row of `x`, read as `[rows, size / rows]`, or the squares of its entries: `[rows]`. */
export function sumsAlongRows(
  backend: GpuBackend,
  x: TensorInfo,
  rows: number,
  squares: boolean,
): TensorInfo {
  if (rows === 0 || sizeOf(x) === 0) return zeros(backend, [rows]);
  const out = makeOutput(backend, [rows]);
  const width = sizeOf(x) / rows;
  run(
    backend,
    alongRows,
    { inputs: { x }, outputs: { out } },
    { width: ['u32', width], squares: ['u32', Number(squares)] },
    rows,
  );
  return out;
}

/** Sums each column of `x`, read as `[planes, rows, width]`, or the squares of its entries: `[planes * width]`. */
export function sumsDownColumns(
  backend: GpuBackend,
  x: TensorInfo,
  width: number,
  squares: boolean,
  planes = 1,
): TensorInfo {
  if (width === 0 || sizeOf(x) === 0) return zeros(backend, [planes * width]);
  const rows = sizeOf(x) / width / planes;
  const chunks = Math.ceil(rows / tuningOf(backend).stretch);
  const size = planes * chunks * width;
  const out = makeOutput(backend, [size]);
  run(
    backend,
    downColumns,
    { inputs: { x }, outputs: { out } },
    {
      size: ['u32', size],
      rows: ['u32', rows],
      width: ['u32', width],
      stretches: ['u32', chunks],
      squares: ['u32', Number(squares)],
    },
    { entries: size },
  );
  if (chunks === 1) return out;
  const sums = sumsDownColumns(backend, out, width, false, planes);
  backend.disposeData(out.dataId);
  return sums;
}

/** Makes a tensor of zeros. */
export function zeros(
  backend: GpuBackend,
  shape: number[],
  dtype: 'float32' | 'int32' = 'float32',
): TensorInfo {
  const size = sizeOf({ shape });
  const values = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  return backend.makeTensorInfo(shape, dtype, values);
}
