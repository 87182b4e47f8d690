import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS, type DistillationAttributes } from '@secateur/backend/kernels';
import { makeOutput, type Program, run } from '../program.ts';
import { fusedKernel, type GpuKernel } from './fused-kernel.ts';
import { groupMax, groupSum } from './sums.ts';

/** Makes the kernel `DistilledCrossEntropy`. */
export function distilledCrossEntropyKernel(): KernelConfig {
  return fusedKernel(KERNELS.distilledCrossEntropy, distilledCrossEntropy);
}

/**
 * A workgroup for each row. A row in which a logit of either network is NaN or +Infinity, or whose label is no class, has the
 * loss NaN: WGSL lets comparisons assume that there is no NaN, so the bits are looked at.
 */
const rowLosses: Program = {
  name: 'distilledCrossEntropy',
  declarations: `
    ${groupSum()}
    ${groupMax()}
    fn isBad(x : f32) -> bool {
      let bits = bitcast<u32>(x);
      return (bits & 0x7fffffffu) > 0x7f800000u || bits == 0x7f800000u;
    }
    // A barrier after each sum: the next one writes where this one is still read.
    fn summed(lane : u32, value : f32) -> f32 {
      let sum = sumOverLanes(lane, value);
      workgroupBarrier();
      return sum;
    }`,
  main: `
    let start = group * uniforms.classes;
    let rate = 1.0 / uniforms.temperature;
    var top = logits[start];
    var topTeacher = teacher[start];
    var bad = 0.0;
    for (var j = lane; j < uniforms.classes; j += LANES) {
      let x = logits[start + j];
      let t = teacher[start + j];
      if (isBad(x) || isBad(t)) { bad = 1.0; }
      else { top = max(top, x); topTeacher = max(topTeacher, t); }
    }
    top = maxOverLanes(lane, top);
    topTeacher = maxOverLanes(lane, topTeacher);
    let anyBad = summed(lane, bad);
    var power = 0.0;
    var cooled = 0.0;
    var wanted = 0.0;
    var product = 0.0;
    for (var j = lane; j < uniforms.classes; j += LANES) {
      let x = logits[start + j] - top;
      let w = exp((teacher[start + j] - topTeacher) * rate);
      power += exp(x);
      cooled += exp(x * rate);
      wanted += w;
      // A class that the teacher rules out costs nothing, also where the student rules it out.
      if (w > 0.0) { product += w * x; }
    }
    power = summed(lane, power);
    cooled = summed(lane, cooled);
    wanted = summed(lane, wanted);
    product = summed(lane, product);
    let nan = bitcast<f32>(uniforms.nan);
    let rest = 1.0 - uniforms.share;
    let own = uniforms.share * uniforms.temperature;
    let label = labels[group];
    for (var j = lane; j < uniforms.classes; j += LANES) {
      let x = logits[start + j] - top;
      let q = exp((teacher[start + j] - topTeacher) * rate) / wanted;
      let fromLabel = exp(x) / power - select(0.0, 1.0, i32(j) == label);
      let slope = rest * fromLabel + own * (exp(x * rate) / cooled - q);
      slopes[start + j] = select(slope, nan, anyBad > 0.0);
    }
    if (lane == 0u) {
      let known = label >= 0 && u32(label) < uniforms.classes;
      let fromLabel = log(power) + (top - logits[start + select(0u, u32(label), known)]);
      let fromTeacher = log(cooled) - product / wanted * rate;
      // Zero times the infinite loss of a label that the student rules out would be NaN.
      let labelPart = select(rest * fromLabel, 0.0, rest == 0.0);
      let loss = labelPart + own * uniforms.temperature * fromTeacher;
      losses[group] = select(nan, loss, known && anyBad == 0.0);
    }`,
};

const distilledCrossEntropy: GpuKernel = (backend, inputs, attrs) => {
  const { logits, teacher, labels } = inputs as Record<'logits' | 'teacher' | 'labels', TensorInfo>;
  const { share, temperature } = attrs as unknown as DistillationAttributes;
  const [rows, classes] = logits.shape as [number, number];
  const losses = makeOutput(backend, [rows]);
  const slopes = makeOutput(backend, [rows, classes]);
  run(
    backend,
    rowLosses,
    { inputs: { logits, teacher, labels }, outputs: { losses, slopes } },
    {
      classes: ['u32', classes],
      nan: ['u32', 0x7fc00000],
      share: ['f32', share],
      temperature: ['f32', temperature],
    },
    rows,
  );
  return [losses, slopes];
};
