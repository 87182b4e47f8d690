import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { GROUP, makeOutput, type Program, run } from '../program.ts';

/** WGSL: the output that a step starts from, out of `h0` and `y`. */
export const outputBefore = `
  fn outputBefore(t : u32, b : u32, unit : u32) -> f32 {
    if (t == 0u) { return h0[b * uniforms.units + unit]; }
    return y[(b * uniforms.time + t - 1u) * uniforms.units + unit];
  }`;

const shift: Program = {
  name: 'outputsBefore',
  declarations: outputBefore,
  main: `
    let i = group * ${GROUP}u + lane;
    if (i >= uniforms.size) { return; }
    let row = i / uniforms.units;
    out[i] = outputBefore(row % uniforms.time, row / uniforms.time, i % uniforms.units);`,
};

/** The output that each step started from, `[batch * time, units]`: `h0`, then `y` of all steps but the last. */
export function outputsBefore(backend: GpuBackend, h0: TensorInfo, y: TensorInfo): TensorInfo {
  const [batch, time, units] = y.shape as [number, number, number];
  const out = makeOutput(backend, [batch * time, units]);
  const size = sizeOf(out);
  run(
    backend,
    shift,
    { inputs: { h0, y }, outputs: { out } },
    { size: ['u32', size], units: ['u32', units], time: ['u32', time] },
    Math.ceil(size / GROUP),
  );
  return out;
}
