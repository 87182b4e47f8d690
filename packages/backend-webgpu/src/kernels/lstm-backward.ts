import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gatePositions } from '@secateur/backend';
import { as } from '../gpu-backend.ts';
import { copy, makeOutput, type Program, run } from '../program.ts';
import type { GpuKernel } from './fused-kernel.ts';
import { gateUniforms } from './gate-uniforms.ts';
import { outputsBefore } from './outputs-before.ts';
import { product } from './products.ts';
import { stepGrid } from './recurrent/step-sums.ts';
import { sigmoidSlope as slope, stepDeclarations, stepMain } from './step-program.ts';
import { sumsDownColumns, zeros } from './sums.ts';
import { transposed } from './transpose.ts';

/**
 * `LstmSequenceGrad`: back through time one program a step, which multiplies the `dz` of the step after with the recurrent
 * weights and computes its own; the gradients of the weights and inputs are then one product each over all steps.
 */
export const lstmSequenceGrad: GpuKernel = (backend, inputs, attrs) => {
  const { dy, dcLast, x, kernel, recurrent, h0, c0, y, activations, states } = inputs as Record<
    'dy' | 'dcLast' | 'x' | 'kernel' | 'recurrent' | 'h0' | 'c0' | 'y' | 'activations' | 'states',
    TensorInfo
  >;
  const [batch, time, width] = x.shape as [number, number, number];
  const units = h0.shape[1]!;
  if (units === 0) {
    return [x.shape, [width, 0], [0, 0], [0], [batch, 0], [batch, 0]].map((shape) =>
      zeros(backend, shape),
    );
  }
  const rows = batch * time;
  const dz = makeOutput(backend, [rows, 4 * units]); // sequence by sequence, as x
  const dh0 = makeOutput(backend, [batch, units]);
  const dc = makeOutput(backend, [batch, units]); // that of the step after, in the end dc0
  copy(backend, dcLast, dc);
  const transpose = transposed(backend, recurrent, [1, 0]);
  const grid = stepGrid(batch, units);
  const gates = gateUniforms(gatePositions(attrs['gates'] as string));
  const program = stepProgram(grid.rows);
  // Step -1 is what is left to do for h0.
  for (let t = time - 1; t >= -1; t--) {
    run(
      backend,
      program,
      { inputs: { dy, activations, states, c0, transpose }, outputs: { dz, dc, dh0 } },
      {
        batch: ['u32', batch],
        time: ['u32', time],
        units: ['u32', units],
        ...gates,
        next: ['u32', t + 1],
      },
      grid.groups,
    );
  }
  const before = outputsBefore(backend, h0, y);
  const gradients = [
    as(product(backend, dz, kernel, { transposeB: true }), batch, time, width),
    product(backend, as(x, rows, width), dz, { transposeA: true }),
    product(backend, before, dz, { transposeA: true }),
    sumsDownColumns(backend, dz, 4 * units, false),
    dh0,
    dc,
  ];
  for (const { dataId } of [dz, transpose, before]) backend.disposeData(dataId);
  return gradients;
};

function stepProgram(rows: number): Program {
  const type = 'f32';
  return {
    name: `lstmBackward ${rows}`,
    declarations: `
      ${stepDeclarations({ rows, type })}
      fn stateBefore(t : u32, b : u32, unit : u32) -> f32 {
        if (t == 0u) { return c0[b * uniforms.units + unit]; }
        return states[((t - 1u) * uniforms.batch + b) * uniforms.units + unit];
      }`,
    main: stepMain({
      rows,
      type,
      // Nothing comes back to the last step.
      inner: 'select(0u, 4u * uniforms.units, uniforms.next < uniforms.time)',
      factor: 'transpose[k * uniforms.units + unit]',
      value: (b) => `dz[(${b} * uniforms.time + uniforms.next) * 4u * uniforms.units + k]`,
      body: `
        let at = b * uniforms.units + unit;
        if (uniforms.next == 0u) { dh0[at] = sum; return; }
        let t = uniforms.next - 1u;
        let step = t * uniforms.batch + b;
        let gates = step * 4u * uniforms.units + unit;
        let input = activations[gates + uniforms.gateI * uniforms.units];
        let forget = activations[gates + uniforms.gateF * uniforms.units];
        let candidate = activations[gates + uniforms.gateG * uniforms.units];
        let output = activations[gates + uniforms.gateO * uniforms.units];
        let squashed = tanhOf(states[step * uniforms.units + unit]);
        let row = b * uniforms.time + t;
        let dOut = dy[row * uniforms.units + unit] + sum;
        let dState = dc[at] + dOut * output * (1.0 - squashed * squashed);
        dc[at] = dState * forget;
        let slopes = row * 4u * uniforms.units + unit;
        dz[slopes + uniforms.gateI * uniforms.units] = dState * candidate * ${slope('input')};
        dz[slopes + uniforms.gateF * uniforms.units] =
          dState * stateBefore(t, b, unit) * ${slope('forget')};
        dz[slopes + uniforms.gateG * uniforms.units] = dState * input * (1.0 - candidate * candidate);
        dz[slopes + uniforms.gateO * uniforms.units] = dOut * squashed * ${slope('output')};`,
    }),
  };
}
