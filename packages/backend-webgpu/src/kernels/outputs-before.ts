import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { GROUP, makeOutput, type Program, run } from '../program.ts';

const shift: Program = {
  name: 'outputsBefore',
  main: `
    let i = group * ${GROUP}u + lane;
    if (i >= uniforms.size) { return; }
    let unit = i % uniforms.units;
    let row = i / uniforms.units;
    let b = row / uniforms.time;
    if (row % uniforms.time == 0u) { out[i] = h0[b * uniforms.units + unit]; }
    else { out[i] = y[i - uniforms.units]; }`,
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
