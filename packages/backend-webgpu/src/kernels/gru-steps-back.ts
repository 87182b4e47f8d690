// The programs of a GRU's steps back in time. `dh` keeps what a step hands on to the step before beside its products.
import type { Program } from '../program.ts';
import { outputBefore } from './outputs-before.ts';
import { sigmoidSlope, stepDeclarations, stepMain } from './step-program.ts';

/** WGSL: the gradient of the output of step `next - 1` as `dOut`, or at last that of `h0`. */
const outputGradient = (sum: string): string => `
  let at = b * uniforms.units + unit;
  var dOut = 0.0;
  if (uniforms.next < uniforms.time) { dOut = dh[at] + ${sum}; }
  if (uniforms.next == 0u) { dh[at] = dOut; return; }
  let t = uniforms.next - 1u;
  let row = b * uniforms.time + t;
  dOut += dy[row * uniforms.units + unit];`;

/** WGSL: the gates of step `t`, and the gradients of update gate and candidate before their nonlinearities. */
const updateAndCandidate = `
  let gates = (t * uniforms.batch + b) * 4u * uniforms.units + unit;
  let update = activations[gates + uniforms.gateZ * uniforms.units];
  let candidate = activations[gates + uniforms.gateN * uniforms.units];
  let before = outputBefore(t, b, unit);
  let dUpdate = dOut * (before - candidate) * ${sigmoidSlope('update')};
  let dCandidate = dOut * (1.0 - update) * (1.0 - candidate * candidate);
  let slopes = row * 3u * uniforms.units + unit;
  dz[slopes + uniforms.gateZ * uniforms.units] = dUpdate;
  dz[slopes + uniforms.gateN * uniforms.units] = dCandidate;`;

/** Where the reset gate weighs the candidate's product: all of a step. `own` is the gradient of its products. */
export function wholeStepBack(rows: number): Program {
  const type = 'f32';
  return {
    name: `gruBackward ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${outputBefore}`,
    main: stepMain({
      rows,
      type,
      // Nothing comes back to the last step.
      inner: 'select(0u, 3u * uniforms.units, uniforms.next < uniforms.time)',
      factor: 'transpose[k * uniforms.units + unit]',
      value: (b) => `own[(${b} * uniforms.time + uniforms.next) * 3u * uniforms.units + k]`,
      body: `
        ${outputGradient('sum')}
        ${updateAndCandidate}
        let reset = activations[gates + uniforms.gateR * uniforms.units];
        let ownCandidate = activations[gates + 3u * uniforms.units];
        let dReset = dCandidate * ownCandidate * ${sigmoidSlope('reset')};
        dz[slopes + uniforms.gateR * uniforms.units] = dReset;
        own[slopes + uniforms.gateZ * uniforms.units] = dUpdate;
        own[slopes + uniforms.gateR * uniforms.units] = dReset;
        own[slopes + uniforms.gateN * uniforms.units] = dCandidate * reset;
        dh[at] = dOut * update;`,
    }),
  };
}

/** Where the reset gate weighs the output before: a step but for its reset gate. */
export function stepBack(rows: number): Program {
  const type = 'vec2<f32>';
  const both = (entry: (gate: string) => string): string =>
    `${type}(${entry('uniforms.gateZ')}, ${entry('uniforms.gateR')})`;
  return {
    name: `gruStepBack ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${outputBefore}`,
    main: stepMain({
      rows,
      type,
      inner: 'select(0u, uniforms.units, uniforms.next < uniforms.time)',
      factor: both((gate) => `transpose[(${gate} * uniforms.units + k) * uniforms.units + unit]`),
      value: (b) =>
        both(
          (gate) =>
            `dz[((${b} * uniforms.time + uniforms.next) * 3u + ${gate}) * uniforms.units + k]`,
        ),
      body: `
        ${outputGradient('sum.x + sum.y')}
        ${updateAndCandidate}
        dh[at] = dOut * update;`,
    }),
  };
}

/** After {@link stepBack}: the reset gate, from what comes back through the candidate's product. */
export function resetBack(rows: number): Program {
  const type = 'f32';
  return {
    name: `gruResetBack ${rows}`,
    declarations: `${stepDeclarations({ rows, type })}\n${outputBefore}`,
    main: `
      let t = uniforms.next - 1u;
      ${stepMain({
        rows,
        type,
        inner: 'uniforms.units',
        factor: 'transpose[(uniforms.gateN * uniforms.units + k) * uniforms.units + unit]',
        value: (b) => `dz[((${b} * uniforms.time + t) * 3u + uniforms.gateN) * uniforms.units + k]`,
        body: `
          let gates = (t * uniforms.batch + b) * 4u * uniforms.units + unit;
          let reset = activations[gates + uniforms.gateR * uniforms.units];
          let slopes = (b * uniforms.time + t) * 3u * uniforms.units + unit;
          dz[slopes + uniforms.gateR * uniforms.units] =
            sum * outputBefore(t, b, unit) * ${sigmoidSlope('reset')};
          let at = b * uniforms.units + unit;
          dh[at] = dh[at] + sum * reset;`,
      })}`,
  };
}
