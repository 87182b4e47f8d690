import {
  type KernelConfig,
  Softmax,
  type SoftmaxAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import { bits, special } from './numbers.ts';
import { groupSum } from './sums.ts';

/** A workgroup for each row. A row with NaN or the infinity of which there is no difference is NaN. */
const program: Program = {
  name: 'softmax',
  declarations: `
    ${bits}
    ${groupSum()}
    var<workgroup> most : array<f32, LANES>;
    fn maximumOverLanes(lane : u32, value : f32) -> f32 {
      most[lane] = value;
      workgroupBarrier();
      for (var half = LANES / 2u; half > 0u; half = half / 2u) {
        if (lane < half) { most[lane] = max(most[lane], most[lane + half]); }
        workgroupBarrier();
      }
      return most[0];
    }`,
  main: `
    let first = group * uniforms.width;
    var own = -uniforms.infinity;
    var bad = 0.0;
    for (var j = lane; j < uniforms.width; j += LANES) {
      let value = x[first + j];
      let wrong = isNan(value) || (isInfinite(value) && value > 0.0);
      bad += select(0.0, 1.0, wrong);
      own = max(own, select(value, 0.0, wrong));
    }
    let largest = maximumOverLanes(lane, own);
    bad += select(0.0, 1.0, isInfinite(largest));
    var sum = 0.0;
    for (var j = lane; j < uniforms.width; j += LANES) {
      sum += exp(x[first + j] - largest);
    }
    let allBad = sumOverLanes(lane, bad);
    workgroupBarrier();
    let all = sumOverLanes(lane, sum);
    for (var j = lane; j < uniforms.width; j += LANES) {
      out[first + j] = select(exp(x[first + j] - largest) / all, uniforms.nan, allBad > 0.0);
    }`,
};

/** Makes the `Softmax` kernel that keeps NaN, which the stock one may turn into zeros. */
export function softmaxKernel(): KernelConfig {
  return {
    kernelName: Softmax,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const backend = call.backend as unknown as GpuBackend;
      const { logits } = call.inputs as { logits: TensorInfo };
      const { dim } = call.attrs as unknown as SoftmaxAttrs;
      const out = makeOutput(backend, logits.shape);
      const size = sizeOf(out);
      if (size === 0) return out;
      const width = logits.shape[dim]!;
      const rows = size / width;
      const uniforms = { width: ['u32', width] as const, ...special };
      run(backend, program, { inputs: { x: logits }, outputs: { out } }, uniforms as never, rows);
      return out;
    },
  };
}
