import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gatePositions } from '@secateur/backend';
import { as, sizeOf } from '../gpu-backend.ts';
import { copy, makeOutput, type Program, run } from '../program.ts';
import type { GpuKernel } from './fused-kernel.ts';
import { gateUniforms } from './gate-uniforms.ts';
import { outputBefore } from './outputs-before.ts';
import { product } from './products.ts';
import { stepGrid } from './recurrent/step-sums.ts';
import { blocks, stepDeclarations, stepMain } from './step-program.ts';

/**
 * `LstmSequence`: one product for the inputs of all steps, then one program a step, which multiplies the output before
 * with the recurrent weights, computes the gates and writes output, state and activations where they belong.
 */
export const lstmSequence: GpuKernel = (backend, inputs, attrs) => {
  const { x, kernel, recurrent, bias, h0, c0 } = inputs as Record<
    'x' | 'kernel' | 'recurrent' | 'bias' | 'h0' | 'c0',
    TensorInfo
  >;
  const [batch, time, width] = x.shape as [number, number, number];
  const units = recurrent.shape[0]!;
  const y = makeOutput(backend, [batch, time, units]);
  const cLast = makeOutput(backend, [batch, units]);
  const activations = makeOutput(backend, [time, batch, 4 * units]);
  const states = makeOutput(backend, [time, batch, units]);
  if (units === 0) return [y, cLast, activations, states];

  const projected = product(backend, as(x, batch * time, width), kernel);
  const { rows, groups } = stepGrid(batch, units);
  const gates = gateUniforms(gatePositions(attrs['gates'] as string));
  const program = stepProgram(rows);
  for (let t = 0; t < time; t++) {
    run(
      backend,
      program,
      {
        inputs: { projected, recurrent, bias, h0, c0 },
        outputs: { y, activations, states },
      },
      {
        batch: ['u32', batch],
        time: ['u32', time],
        units: ['u32', units],
        ...gates,
        t: ['u32', t],
        forgetBias: ['f32', attrs['forgetBias'] as number],
      },
      groups,
    );
  }
  backend.disposeData(projected.dataId);
  const count = sizeOf(cLast);
  copy(backend, states, cLast, { source: (time - 1) * count, count });
  return [y, cLast, activations, states];
};

function stepProgram(rows: number): Program {
  const type = 'vec4<f32>';
  return {
    name: `lstmForward ${rows}`,
    declarations: `
      ${stepDeclarations({ rows, type })}
      ${outputBefore}
      fn stateBefore(b : u32, unit : u32) -> f32 {
        if (uniforms.t == 0u) { return c0[b * uniforms.units + unit]; }
        return states[((uniforms.t - 1u) * uniforms.batch + b) * uniforms.units + unit];
      }`,
    main: stepMain({
      rows,
      type,
      inner: 'uniforms.units',
      factor: blocks(type, 'recurrent', 'k * 4u * uniforms.units + unit'),
      value: (b) => `outputBefore(uniforms.t, ${b}, k)`,
      body: `
        let row = b * uniforms.time + uniforms.t;
        let z = sum + ${blocks(type, 'projected', 'row * 4u * uniforms.units + unit')}
          + ${blocks(type, 'bias', 'unit')};
        let input = sigmoidOf(z[uniforms.gateI]);
        let forget = sigmoidOf(z[uniforms.gateF] + uniforms.forgetBias);
        let candidate = tanhOf(z[uniforms.gateG]);
        let output = sigmoidOf(z[uniforms.gateO]);
        let state = forget * stateBefore(b, unit) + input * candidate;
        let step = uniforms.t * uniforms.batch + b;
        let gates = step * 4u * uniforms.units + unit;
        activations[gates + uniforms.gateI * uniforms.units] = input;
        activations[gates + uniforms.gateF * uniforms.units] = forget;
        activations[gates + uniforms.gateG * uniforms.units] = candidate;
        activations[gates + uniforms.gateO * uniforms.units] = output;
        states[step * uniforms.units + unit] = state;
        y[row * uniforms.units + unit] = output * tanhOf(state);`,
    }),
  };
}
