import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { GROUP, makeOutput, type Program, run } from '../program.ts';

/** WGSL: the state that a depth of a step of an RHN starts from, out of `s0` and `states`. */
export const stateBefore = `
  fn stateBefore(t : u32, level : u32, b : u32, unit : u32) -> f32 {
    if (t == 0u && level == 0u) { return s0[b * uniforms.units + unit]; }
    var place = (t * uniforms.batch + b) * uniforms.depth + level - 1u;
    if (level == 0u) { place = ((t - 1u) * uniforms.batch + b) * uniforms.depth + uniforms.depth - 1u; }
    return states[place * uniforms.units + unit];
  }`;

const maskedBefore: Program = {
  name: 'rhnMaskedBefore',
  declarations: stateBefore,
  main: `
    let i = group * ${GROUP}u + lane;
    if (i >= uniforms.size) { return; }
    let unit = i % uniforms.units;
    let row = i / uniforms.units;
    let t = row % uniforms.time;
    let b = row / uniforms.time % uniforms.batch;
    let level = row / uniforms.time / uniforms.batch;
    out[i] = stateBefore(t, level, b, unit) * mask[b * uniforms.units + unit];`,
};

/** What the products of each depth read: the masked states before it, `[depth, batch * time, units]`. */
export function statesBefore(
  backend: GpuBackend,
  inputs: Record<'s0' | 'states' | 'mask', TensorInfo>,
  depth: number,
): TensorInfo {
  const [time, batch] = inputs.states.shape as [number, number];
  const units = inputs.s0.shape[1]!;
  const out = makeOutput(backend, [depth, batch * time, units]);
  const size = sizeOf(out);
  run(
    backend,
    maskedBefore,
    { inputs, outputs: { out } },
    {
      size: ['u32', size],
      batch: ['u32', batch],
      time: ['u32', time],
      units: ['u32', units],
      depth: ['u32', depth],
    },
    Math.ceil(size / GROUP),
  );
  return out;
}
