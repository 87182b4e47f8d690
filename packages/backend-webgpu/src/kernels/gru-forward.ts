import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gruGatePositions } from '@secateur/backend';
import { as } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import type { GpuKernel } from './fused-kernel.ts';
import { gateUniforms } from './gate-uniforms.ts';
import { outputBefore } from './outputs-before.ts';
import { product } from './products.ts';
import { stepGrid } from './recurrent/step-sums.ts';
import { blocks, stepDeclarations, stepMain } from './step-program.ts';

/**
 * `GruSequence`: one product for the inputs of all steps, then for each step one program, which multiplies the output
 * before with the recurrent weights, computes the gates and writes output and activations where they belong. Where the
 * reset gate comes before the product there are two, since the candidate's product waits for that gate.
 */
export const gruSequence: GpuKernel = (backend, inputs, attrs) => {
  const { x, kernel, recurrent, bias, recurrentBias, h0 } = inputs as Record<
    'x' | 'kernel' | 'recurrent' | 'bias' | 'recurrentBias' | 'h0',
    TensorInfo
  >;
  const [batch, time, width] = x.shape as [number, number, number];
  const units = recurrent.shape[0]!;
  const y = makeOutput(backend, [batch, time, units]);
  const activations = makeOutput(backend, [time, batch, 4 * units]);
  if (units === 0) return [y, activations];

  const projected = product(backend, as(x, batch * time, width), kernel);
  const { rows, groups } = stepGrid(batch, units);
  const gates = gateUniforms(gruGatePositions(attrs['gates'] as string));
  const read = { projected, recurrent, bias, recurrentBias, h0 };
  const calls = (attrs['resetAfter'] as boolean)
    ? [{ program: wholeStep(rows), inputs: read, outputs: { y, activations } }]
    : [
        { program: gatesOfStep(rows), inputs: { ...read, y }, outputs: { activations } },
        { program: restOfStep(rows), inputs: read, outputs: { y, activations } },
      ];
  for (let t = 0; t < time; t++) {
    for (const { program, ...tensors } of calls) {
      run(
        backend,
        program,
        tensors,
        {
          batch: ['u32', batch],
          time: ['u32', time],
          units: ['u32', units],
          ...gates,
          t: ['u32', t],
        },
        groups,
      );
    }
  }
  backend.disposeData(projected.dataId);
  return [y, activations];
};

/** WGSL: where the row of a step begins in `projected`, and where its blocks do in `activations`. */
const places = `
  let row = b * uniforms.time + uniforms.t;
  let before = outputBefore(uniforms.t, b, unit);
  let first = row * 3u * uniforms.units + unit;
  let gates = (uniforms.t * uniforms.batch + b) * 4u * uniforms.units + unit;`;

/** WGSL: the candidate and the output between it and the output before. */
const writeOutput = `
  activations[gates + uniforms.gateN * uniforms.units] = candidate;
  y[row * uniforms.units + unit] = candidate + update * (before - candidate);`;

/** The reset gate weighs the candidate's product. */
function wholeStep(rows: number): Program {
  const type = 'vec3<f32>';
  return {
    name: `gruForward ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${outputBefore}`,
    main: stepMain({
      rows,
      type,
      inner: 'uniforms.units',
      factor: blocks(type, 'recurrent', 'k * 3u * uniforms.units + unit'),
      value: (b) => `outputBefore(uniforms.t, ${b}, k)`,
      body: `
        ${places}
        let own = sum + ${blocks(type, 'recurrentBias', 'unit')};
        let z = ${blocks(type, 'projected', 'first')} + ${blocks(type, 'bias', 'unit')};
        let update = sigmoidOf(z[uniforms.gateZ] + own[uniforms.gateZ]);
        let reset = sigmoidOf(z[uniforms.gateR] + own[uniforms.gateR]);
        let ownCandidate = own[uniforms.gateN];
        let candidate = tanhOf(z[uniforms.gateN] + reset * ownCandidate);
        activations[gates + uniforms.gateZ * uniforms.units] = update;
        activations[gates + uniforms.gateR * uniforms.units] = reset;
        activations[gates + 3u * uniforms.units] = ownCandidate;
        ${writeOutput}`,
    }),
  };
}

/** Update and reset gate, and the output before as the reset gate weighs it. */
function gatesOfStep(rows: number): Program {
  const type = 'vec2<f32>';
  const both = (array: string, first: string): string =>
    `${type}(${array}[${first} + uniforms.gateZ * uniforms.units], ${array}[${first} + uniforms.gateR * uniforms.units])`;
  return {
    name: `gruGates ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${outputBefore}`,
    main: stepMain({
      rows,
      type,
      inner: 'uniforms.units',
      factor: both('recurrent', 'k * 3u * uniforms.units + unit'),
      value: (b) => `outputBefore(uniforms.t, ${b}, k)`,
      body: `
        ${places}
        let z = sum + ${both('projected', 'first')} + ${both('bias', 'unit')}
          + ${both('recurrentBias', 'unit')};
        let reset = sigmoidOf(z.y);
        activations[gates + uniforms.gateZ * uniforms.units] = sigmoidOf(z.x);
        activations[gates + uniforms.gateR * uniforms.units] = reset;
        activations[gates + 3u * uniforms.units] = reset * before;`,
    }),
  };
}

/** The candidate, whose product reads what {@link gatesOfStep} left, and the output. */
function restOfStep(rows: number): Program {
  const type = 'f32';
  const block = 'uniforms.gateN * uniforms.units + unit';
  return {
    name: `gruCandidate ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${outputBefore}`,
    main: stepMain({
      rows,
      type,
      inner: 'uniforms.units',
      factor: `recurrent[k * 3u * uniforms.units + ${block}]`,
      value: (b) =>
        `activations[((uniforms.t * uniforms.batch + ${b}) * 4u + 3u) * uniforms.units + k]`,
      body: `
        ${places}
        let z = sum + projected[first + uniforms.gateN * uniforms.units] + bias[${block}]
          + recurrentBias[${block}];
        let update = activations[gates + uniforms.gateZ * uniforms.units];
        let candidate = tanhOf(z);
        ${writeOutput}`,
    }),
  };
}
