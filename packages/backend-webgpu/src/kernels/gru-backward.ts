import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gruGatePositions } from '@secateur/backend';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { GROUP, makeOutput, type Program, run, type Uniforms } from '../program.ts';
import type { GpuKernel } from './fused-kernel.ts';
import { gateUniforms } from './gate-uniforms.ts';
import { resetBack, stepBack, wholeStepBack } from './gru-steps-back.ts';
import { outputBefore, outputsBefore } from './outputs-before.ts';
import { product, productsSideBySide } from './products.ts';
import { stepGrid } from './recurrent/step-sums.ts';
import { sumsDownColumns, zeros } from './sums.ts';
import { transposed } from './transpose.ts';

/** What the way back reads, and the sizes and gates as uniforms. */
interface Call {
  readonly inputs: Record<'dy' | 'activations' | 'h0' | 'y', TensorInfo>;
  /** Recurrent weights, `[3 * units, units]`. */
  readonly transpose: TensorInfo;
  readonly uniforms: Uniforms;
}

/** What the way back finds. */
interface Recurrence {
  /** Gradient of the inputs' products plus biases, `[batch * time, 3 * units]`, sequence by sequence, as x. */
  readonly dz: TensorInfo;
  readonly drecurrent: TensorInfo;
  readonly drecurrentBias: TensorInfo;
  readonly dh0: TensorInfo;
}

/**
 * `GruSequenceGrad`: back through time one program a step, two where the reset gate comes before the product, which
 * multiply the gradients of the step after with the recurrent weights and compute their own; the gradients of the weights
 * and inputs are then products over all steps.
 */
export const gruSequenceGrad: GpuKernel = (backend, infos, attrs) => {
  const { dy, x, kernel, recurrent, h0, y, activations } = infos as Record<
    'dy' | 'x' | 'kernel' | 'recurrent' | 'h0' | 'y' | 'activations',
    TensorInfo
  >;
  const [batch, time, width] = x.shape as [number, number, number];
  const units = h0.shape[1]!;
  if (units === 0) {
    return [x.shape, [width, 0], [0, 0], [0], [0], [batch, 0]].map((shape) =>
      zeros(backend, shape),
    );
  }
  const transpose = transposed(backend, recurrent, [1, 0]);
  const uniforms: Uniforms = {
    batch: ['u32', batch],
    time: ['u32', time],
    units: ['u32', units],
    ...gateUniforms(gruGatePositions(attrs['gates'] as string)),
  };
  const through = (attrs['resetAfter'] as boolean) ? resetAfterProduct : resetBeforeProduct;
  const { dz, drecurrent, drecurrentBias, dh0 } = through(backend, {
    inputs: { dy, activations, h0, y },
    transpose,
    uniforms,
  });
  const gradients = [
    as(product(backend, dz, kernel, { transposeB: true }), batch, time, width),
    product(backend, as(x, batch * time, width), dz, { transposeA: true }),
    drecurrent,
    sumsDownColumns(backend, dz, 3 * units, false),
    drecurrentBias,
    dh0,
  ];
  for (const { dataId } of [transpose, dz]) backend.disposeData(dataId);
  return gradients;
};

function resetAfterProduct(backend: GpuBackend, { inputs, transpose, uniforms }: Call): Recurrence {
  const [batch, time, units] = inputs.y.shape as [number, number, number];
  const dz = makeOutput(backend, [batch * time, 3 * units]);
  const own = makeOutput(backend, [batch * time, 3 * units]); // of the recurrent products
  const dh = makeOutput(backend, [batch, units]);
  const { rows, groups } = stepGrid(batch, units);
  const program = wholeStepBack(rows);
  // Before the first step comes what is left to do for h0.
  for (let next = time; next >= 0; next--) {
    run(
      backend,
      program,
      { inputs: { ...inputs, transpose }, outputs: { dz, own, dh } },
      { ...uniforms, next: ['u32', next] },
      groups,
    );
  }
  const before = outputsBefore(backend, inputs.h0, inputs.y);
  const drecurrent = product(backend, before, own, { transposeA: true });
  const drecurrentBias = sumsDownColumns(backend, own, 3 * units, false);
  for (const { dataId } of [own, before]) backend.disposeData(dataId);
  return { dz, drecurrent, drecurrentBias, dh0: dh };
}

function resetBeforeProduct(
  backend: GpuBackend,
  { inputs, transpose, uniforms }: Call,
): Recurrence {
  const { activations, h0, y, dy } = inputs;
  const [batch, time, units] = y.shape as [number, number, number];
  const dz = makeOutput(backend, [batch * time, 3 * units]);
  const dh = makeOutput(backend, [batch, units]);
  const { rows, groups } = stepGrid(batch, units);
  const [output, reset] = [stepBack(rows), resetBack(rows)];
  const read = { activations, h0, y, transpose };
  const outputs = { dz, dh };
  for (let next = time; next >= 0; next--) {
    const at: Uniforms = { ...uniforms, next: ['u32', next] };
    run(backend, output, { inputs: { ...read, dy }, outputs }, at, groups);
    if (next > 0) run(backend, reset, { inputs: read, outputs }, at, groups);
  }
  const operands = makeOutput(backend, [3, batch * time, units]);
  const size = sizeOf(operands);
  run(
    backend,
    readByProducts,
    { inputs: { activations, h0, y }, outputs: { out: operands } },
    { ...uniforms, size: ['u32', size] },
    Math.ceil(size / GROUP),
  );
  const slopes = transposed(backend, as(dz, batch * time, 3, units), [1, 0, 2]);
  const drecurrent = productsSideBySide(backend, operands, slopes);
  for (const { dataId } of [operands, slopes]) backend.disposeData(dataId);
  // Both biases are added to the same sums.
  const drecurrentBias = sumsDownColumns(backend, dz, 3 * units, false);
  return { dz, drecurrent, drecurrentBias, dh0: dh };
}

/** What the product of each block reads of the output before: all of it, or what the reset gate leaves of it. */
const readByProducts: Program = {
  name: 'gruReadByProducts',
  declarations: outputBefore,
  main: `
    let i = group * ${GROUP}u + lane;
    if (i >= uniforms.size) { return; }
    let unit = i % uniforms.units;
    let row = i / uniforms.units;
    let t = row % uniforms.time;
    let b = row / uniforms.time % uniforms.batch;
    if (row / uniforms.time / uniforms.batch == uniforms.gateN) {
      out[i] = activations[((t * uniforms.batch + b) * 4u + 3u) * uniforms.units + unit];
    } else {
      out[i] = outputBefore(t, b, unit);
    }`,
};
