import type { TensorInfo } from '@tensorflow/tfjs-core';
import { as } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import type { GpuKernel } from './fused-kernel.ts';
import { product } from './products.ts';
import { stateBefore } from './rhn-states.ts';
import { stepGrid } from './recurrent/step-sums.ts';
import { blocks, stepDeclarations, stepMain } from './step-program.ts';

/**
 * `RhnSequence`: one product for the inputs of all steps, then one program for each depth of each step, which multiplies
 * the masked state with that depth's weights, computes the gates and writes state, activations and output where they
 * belong.
 */
export const rhnSequence: GpuKernel = (backend, inputs, attrs) => {
  const { x, kernel, recurrent, bias, s0, mask } = inputs as Record<
    'x' | 'kernel' | 'recurrent' | 'bias' | 's0' | 'mask',
    TensorInfo
  >;
  const [batch, time, width] = x.shape as [number, number, number];
  const [units, columns] = recurrent.shape as [number, number];
  const y = makeOutput(backend, [batch, time, units]);
  const activations = makeOutput(backend, [time, batch, columns]);
  const states = makeOutput(backend, [time, batch, columns / 2]);
  if (units === 0) return [y, activations, states];

  const depth = columns / (2 * units);
  const projected = product(backend, as(x, batch * time, width), kernel);
  const { rows, groups } = stepGrid(batch, units);
  const program = stepProgram(rows);
  for (let position = 0; position < time * depth; position++) {
    run(
      backend,
      program,
      {
        inputs: { projected, recurrent, bias, s0, mask },
        outputs: { y, activations, states },
      },
      {
        batch: ['u32', batch],
        time: ['u32', time],
        units: ['u32', units],
        depth: ['u32', depth],
        t: ['u32', Math.floor(position / depth)],
        level: ['u32', position % depth],
        transformBias: ['f32', attrs['transformBias'] as number],
      },
      groups,
    );
  }
  backend.disposeData(projected.dataId);
  return [y, activations, states];
};

function stepProgram(rows: number): Program {
  const type = 'vec2<f32>';
  const before = (b: string, unit: string): string =>
    `stateBefore(uniforms.t, uniforms.level, ${b}, ${unit})`;
  return {
    name: `rhnForward ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${stateBefore}`,
    main: stepMain({
      rows,
      type,
      inner: 'uniforms.units',
      factor: blocks(
        type,
        'recurrent',
        '(k * uniforms.depth + uniforms.level) * 2u * uniforms.units + unit',
      ),
      value: (b) => `${before(b, 'k')} * mask[${b} * uniforms.units + k]`,
      body: `
        let row = b * uniforms.time + uniforms.t;
        var z = sum + ${blocks(type, 'bias', 'uniforms.level * 2u * uniforms.units + unit')};
        if (uniforms.level == 0u) {
          z += ${blocks(type, 'projected', 'row * 2u * uniforms.units + unit')};
        }
        let candidate = tanhOf(z.x);
        let transform = sigmoidOf(z.y + uniforms.transformBias);
        let before = ${before('b', 'unit')};
        let state = (candidate - before) * transform + before;
        let place = (uniforms.t * uniforms.batch + b) * uniforms.depth + uniforms.level;
        activations[place * 2u * uniforms.units + unit] = candidate;
        activations[(place * 2u + 1u) * uniforms.units + unit] = transform;
        states[place * uniforms.units + unit] = state;
        if (uniforms.level == uniforms.depth - 1u) { y[row * uniforms.units + unit] = state; }`,
    }),
  };
}
