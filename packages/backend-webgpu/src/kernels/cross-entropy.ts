import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend/kernels';
import { sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import { fusedKernel, type GpuKernel } from './fused-kernel.ts';
import { groupSum } from './sums.ts';

/** Makes the kernels `SparseSoftmaxCrossEntropy` and `SparseSoftmaxCrossEntropyGrad`. */
export function crossEntropyKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.sparseSoftmaxCrossEntropy, crossEntropy),
    fusedKernel(KERNELS.sparseSoftmaxCrossEntropyGrad, crossEntropyGrad),
  ];
}

/**
 * A workgroup for each row. A row with NaN or +Infinity, or with a label that is no class, has the loss NaN: WGSL lets
 * comparisons assume that there is no NaN, so the bits are looked at, and the NaN to write comes from outside.
 */
const rowLosses: Program = {
  name: 'crossEntropy',
  declarations: `
    ${groupSum()}
    var<workgroup> tops : array<f32, LANES>;
    fn isBad(x : f32) -> bool {
      let bits = bitcast<u32>(x);
      return (bits & 0x7fffffffu) > 0x7f800000u || bits == 0x7f800000u;
    }`,
  main: `
    let start = group * uniforms.classes;
    var top = logits[start];
    var bad = 0.0;
    for (var j = lane; j < uniforms.classes; j += LANES) {
      let value = logits[start + j];
      if (isBad(value)) { bad = 1.0; }
      else { top = max(top, value); }
    }
    tops[lane] = top;
    workgroupBarrier();
    for (var half = LANES / 2u; half > 0u; half = half / 2u) {
      if (lane < half) { tops[lane] = max(tops[lane], tops[lane + half]); }
      workgroupBarrier();
    }
    top = tops[0];
    let anyBad = sumOverLanes(lane, bad);
    workgroupBarrier();
    var part = 0.0;
    for (var j = lane; j < uniforms.classes; j += LANES) {
      let power = exp(logits[start + j] - top);
      probabilities[start + j] = power;
      part += power;
    }
    let sum = sumOverLanes(lane, part);
    let nan = bitcast<f32>(uniforms.nan);
    for (var j = lane; j < uniforms.classes; j += LANES) {
      let share = probabilities[start + j] / sum;
      probabilities[start + j] = select(share, nan, anyBad > 0.0);
    }
    if (lane == 0u) {
      let label = labels[group];
      let known = label >= 0 && u32(label) < uniforms.classes;
      let loss = log(sum) + (top - logits[start + select(0u, u32(label), known)]);
      losses[group] = select(nan, loss, known && anyBad == 0.0);
    }`,
};

const crossEntropy: GpuKernel = (backend, inputs) => {
  const { logits, labels } = inputs as Record<'logits' | 'labels', TensorInfo>;
  const [rows, classes] = logits.shape as [number, number];
  const losses = makeOutput(backend, [rows]);
  const probabilities = makeOutput(backend, [rows, classes]);
  run(
    backend,
    rowLosses,
    { inputs: { logits, labels }, outputs: { losses, probabilities } },
    { classes: ['u32', classes], nan: ['u32', 0x7fc00000] },
    rows,
  );
  return [losses, probabilities];
};

const slopes: Program = {
  name: 'crossEntropyGrad',
  main: `
    let i = group * LANES + lane;
    if (i >= uniforms.size) { return; }
    let row = i / uniforms.classes;
    let isLabel = i32(i % uniforms.classes) == labels[row];
    out[i] = (probabilities[i] - select(0.0, 1.0, isLabel)) * dy[row];`,
};

const crossEntropyGrad: GpuKernel = (backend, inputs) => {
  const { dy, probabilities, labels } = inputs as Record<
    'dy' | 'probabilities' | 'labels',
    TensorInfo
  >;
  const out = makeOutput(backend, probabilities.shape);
  const size = sizeOf(out);
  if (size === 0) return out;
  run(
    backend,
    slopes,
    { inputs: { dy, probabilities, labels }, outputs: { out } },
    { size: ['u32', size], classes: ['u32', probabilities.shape[1]!] },
    { entries: size },
  );
  return out;
};
