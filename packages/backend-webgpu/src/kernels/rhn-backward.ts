import type { TensorInfo } from '@tensorflow/tfjs-core';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { copy, makeOutput, type Program, run } from '../program.ts';
import type { GpuKernel } from './fused-kernel.ts';
import { product, productsSideBySide } from './products.ts';
import { stateBefore, statesBefore } from './rhn-states.ts';
import { stepGrid } from './recurrent/step-sums.ts';
import { sigmoidSlope, stepDeclarations, stepMain } from './step-program.ts';
import { sumsDownColumns, zeros } from './sums.ts';
import { transposed } from './transpose.ts';

/**
 * `RhnSequenceGrad`: back through time and depth one program for each depth of each step, which multiplies the `dz` of the
 * depth after with its weights and computes its own; the gradients of the recurrent weights are then one product for each
 * depth over all steps, those of inputs and kernel come from the first depth.
 */
export const rhnSequenceGrad: GpuKernel = (backend, inputs) => {
  const { dy, x, kernel, recurrent, s0, mask, activations, states } = inputs as Record<
    'dy' | 'x' | 'kernel' | 'recurrent' | 's0' | 'mask' | 'activations' | 'states',
    TensorInfo
  >;
  const [batch, time, width] = x.shape as [number, number, number];
  const [units, columns] = recurrent.shape as [number, number];
  if (units === 0) {
    return [x.shape, [width, 0], [0, 0], [0], [batch, 0]].map((shape) => zeros(backend, shape));
  }
  const depth = columns / (2 * units);
  const rows = batch * time;
  const dz = makeOutput(backend, [depth, rows, 2 * units]); // in each depth sequence by sequence, as x
  const ds = makeOutput(backend, [batch, units]); // what a depth hands on beside its products, in the end ds0
  const transpose = transposed(backend, recurrent, [1, 0]);
  const grid = stepGrid(batch, units);
  const program = stepProgram(grid.rows);
  // After the first depth of the first step comes what is left to do for s0.
  for (let next = time * depth; next >= 0; next--) {
    run(
      backend,
      program,
      { inputs: { dy, activations, states, s0, mask, transpose }, outputs: { dz, ds } },
      {
        batch: ['u32', batch],
        time: ['u32', time],
        units: ['u32', units],
        depth: ['u32', depth],
        next: ['u32', next],
      },
      grid.groups,
    );
  }
  const first = firstOf(backend, dz);
  const before = statesBefore(backend, { s0, states, mask }, depth);
  const gradients = [
    as(product(backend, first, kernel, { transposeB: true }), batch, time, width),
    product(backend, as(x, rows, width), first, { transposeA: true }),
    productsSideBySide(backend, before, dz),
    sumsDownColumns(backend, dz, 2 * units, false, depth),
    ds,
  ];
  for (const { dataId } of [transpose, dz, first, before]) backend.disposeData(dataId);
  return gradients;
};

/** A copy of the first of some matrices. */
function firstOf(backend: GpuBackend, matrices: TensorInfo): TensorInfo {
  const first = makeOutput(backend, matrices.shape.slice(1));
  copy(backend, matrices, first, { count: sizeOf(first) });
  return first;
}

function stepProgram(rows: number): Program {
  const type = 'f32';
  return {
    name: `rhnBackward ${rows}`,
    declarations: `
      ${stepDeclarations({ rows, type })}
      ${stateBefore}
      fn isLast() -> bool { return uniforms.next == uniforms.time * uniforms.depth; }
      fn slope(t : u32, level : u32, b : u32, k : u32) -> f32 {
        return dz[((level * uniforms.batch + b) * uniforms.time + t) * 2u * uniforms.units + k];
      }`,
    main: `
      let nextT = uniforms.next / uniforms.depth;
      let nextLevel = uniforms.next % uniforms.depth;
      ${stepMain({
        rows,
        type,
        // Nothing comes back to the last depth of the last step.
        inner: 'select(2u * uniforms.units, 0u, isLast())',
        factor: 'transpose[(nextLevel * 2u * uniforms.units + k) * uniforms.units + unit]',
        value: (b) => `slope(nextT, nextLevel, ${b}, k)`,
        body: `
          let at = b * uniforms.units + unit;
          var dState = 0.0;
          if (!isLast()) { dState = ds[at] + sum * mask[at]; }
          if (uniforms.next == 0u) { ds[at] = dState; return; }
          let t = (uniforms.next - 1u) / uniforms.depth;
          let level = (uniforms.next - 1u) % uniforms.depth;
          if (level == uniforms.depth - 1u) {
            dState += dy[(b * uniforms.time + t) * uniforms.units + unit];
          }
          let place = (t * uniforms.batch + b) * uniforms.depth + level;
          let candidate = activations[place * 2u * uniforms.units + unit];
          let transform = activations[(place * 2u + 1u) * uniforms.units + unit];
          let before = stateBefore(t, level, b, unit);
          let row = (level * uniforms.batch + b) * uniforms.time + t;
          dz[row * 2u * uniforms.units + unit] =
            dState * transform * (1.0 - candidate * candidate);
          dz[(row * 2u + 1u) * uniforms.units + unit] =
            dState * (candidate - before) * ${sigmoidSlope('transform')};
          ds[at] = dState * (1.0 - transform);`,
      })}`,
  };
}
