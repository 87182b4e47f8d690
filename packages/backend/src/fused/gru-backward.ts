import {
  matMul,
  mul,
  reshape,
  square,
  sub,
  sum,
  tidy,
  transpose,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Rank,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { addTo, columnBlocks, join, product, rowBlocks, times } from './direct.ts';
import { gruGatePositions, type GruGatePositions } from './gates.ts';
import { splitRecurrent } from './gru-forward.ts';
import { inputGradients } from './input-product.ts';
import { flattenTimeMajor, shiftedByOne } from './time-major.ts';

/** Gradients through the recurrence: of what the gates got from their inputs, and of all that it read. */
interface Recurrence {
  /** Of the inputs' products plus biases, `[T*B, 3H]`. */
  readonly dz: Tensor2D;
  /** Of the recurrent weights, `[H, 3H]`. */
  readonly drecurrent: Tensor2D;
  /** Of the recurrent biases, `[3H]`. */
  readonly drecurrentBias: Tensor1D;
  /** Of the state before the first step, `[B, H]`. */
  readonly dh0: Tensor2D;
}

/**
 * `GruSequenceGrad` from ordinary operations. Everything that does not depend on later steps is computed for all steps at
 * once; going back in time remain the slopes' products with `dh`, and `dh = dh * z` plus what the products hand back.
 */
export function composedGruSequenceGrad(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [
  dx: Tensor3D,
  dkernel: Tensor2D,
  drecurrent: Tensor2D,
  dbias: Tensor1D,
  drecurrentBias: Tensor1D,
  dh0: Tensor2D,
] {
  const { kernel, recurrent, h0 } = inputs as Record<'kernel' | 'recurrent' | 'h0', Tensor2D>;
  const { x, y, dy } = inputs as Record<'x' | 'y' | 'dy', Tensor3D>;
  const [batch, time] = x.shape;
  const units = h0.shape[1];
  if (units === 0) {
    return [
      zeros(x.shape),
      zeros(kernel.shape),
      zeros(recurrent.shape),
      zeros([0]),
      zeros([0]),
      zeros(h0.shape),
    ];
  }
  const gates = gruGatePositions(attributes['gates'] as string);
  const activations = reshape<Rank.R2>(inputs['activations']!, [time * batch, 4 * units]);
  const local = localGradients(activations, shiftedByOne(h0, flattenTimeMajor(y)), gates);
  const dyRows = rowBlocks(flattenTimeMajor(dy), time);
  const through = (attributes['resetAfter'] as boolean) ? resetAfterProduct : resetBeforeProduct;
  const { dz, drecurrent, drecurrentBias, dh0 } = through(recurrent, local, dyRows, gates);
  const [dx, dkernel] = inputGradients(x, kernel, dz);
  return [dx, dkernel, drecurrent, sum(dz, 0), drecurrentBias, dh0];
}

/** What is known of all steps before going back through them, each `[T*B, H]`. */
interface LocalGradients {
  /** State before each step. */
  readonly before: Tensor2D;
  /** The update gate: what the state carries on. */
  readonly update: Tensor2D;
  /** The reset gate. */
  readonly reset: Tensor2D;
  /** The recurrent part of the candidate, or the state that it read. */
  readonly fourth: Tensor2D;
  /** What turns dh into the update gate's gradient before its sigmoid: `(h - n) * z * (1 - z)`. */
  readonly toUpdate: Tensor2D;
  /** What turns dh into the candidate's gradient before its tanh: `(1 - z) * (1 - n^2)`. */
  readonly toCandidate: Tensor2D;
  /** Slope of the reset gate's sigmoid: `r * (1 - r)`. */
  readonly resetSlope: Tensor2D;
}

function localGradients(
  activations: Tensor2D,
  before: Tensor2D,
  gates: GruGatePositions,
): LocalGradients {
  const blocks = columnBlocks(activations, 4);
  const [z, r, n] = [gates.z, gates.r, gates.n].map((block) => blocks[block]!) as [
    Tensor2D,
    Tensor2D,
    Tensor2D,
  ];
  return tidy(() => ({
    before,
    update: z,
    reset: r,
    fourth: blocks[3]!,
    toUpdate: mul<Tensor2D>(sub(before, n), sub(z, square(z))),
    toCandidate: mul<Tensor2D>(sub(1, z), sub(1, square(n))),
    resetSlope: sub<Tensor2D>(r, square(r)),
  }));
}

type ThroughTime = (
  recurrent: Tensor2D,
  local: LocalGradients,
  dyRows: readonly Tensor2D[],
  gates: GruGatePositions,
) => Recurrence;

/** The reset gate weighs the candidate's recurrent product: dh times slopes known beforehand is the whole gradient. */
const resetAfterProduct: ThroughTime = (recurrent, local, dyRows, gates) => {
  const time = dyRows.length;
  const slopes: Tensor2D[] = [];
  slopes[gates.z] = local.toUpdate;
  slopes[gates.r] = mul(mul<Tensor2D>(local.toCandidate, local.fourth), local.resetSlope);
  slopes[gates.n] = mul(local.toCandidate, local.reset);
  const slopeRows = rowBlocks(join(slopes, 1), time);
  const carryRows = rowBlocks(local.update, time);
  const recurrentT = transpose(recurrent);

  const dhs = new Array<Tensor2D>(time);
  const owns = new Array<Tensor2D>(time);
  let dh = dyRows[time - 1]!;
  for (let t = time - 1; t >= 0; t--) {
    dhs[t] = dh;
    [owns[t], dh] = tidy(() => {
      const own = times(join([dh, dh, dh], 1), slopeRows[t]!);
      const back = addTo(times(dh, carryRows[t]!), product(own, recurrentT));
      return [own, t > 0 ? addTo(dyRows[t - 1]!, back) : back];
    });
  }

  const own = join(owns, 0); // [T*B, 3H]
  // The inputs' part of the candidate is not weighed by the reset gate.
  const blocks = columnBlocks(own, 3);
  blocks[gates.n] = mul(join(dhs, 0), local.toCandidate);
  return {
    dz: join(blocks, 1),
    drecurrent: matMul(transpose(local.before), own),
    drecurrentBias: sum(own, 0),
    dh0: dh,
  };
};

/** The reset gate weighs the state that the candidate reads: its gradient waits for the candidate's product. */
const resetBeforeProduct: ThroughTime = (recurrent, local, dyRows, gates) => {
  const time = dyRows.length;
  const { sigmoids, candidate } = splitRecurrent(recurrent, gates);
  const [sigmoidsT, candidateT] = [transpose(sigmoids), transpose(candidate)];
  const updateRows = rowBlocks(local.toUpdate, time);
  const candidateRows = rowBlocks(local.toCandidate, time);
  const resetRows = rowBlocks(local.reset, time);
  const toResetRows = rowBlocks(mul<Tensor2D>(local.before, local.resetSlope), time);
  const carryRows = rowBlocks(local.update, time);

  const dzs = new Array<Tensor2D>(time);
  let dh = dyRows[time - 1]!;
  for (let t = time - 1; t >= 0; t--) {
    [dzs[t], dh] = tidy(() => {
      const blocks: Tensor2D[] = [];
      const dn = times(dh, candidateRows[t]!);
      const dkept = product(dn, candidateT);
      const dupdate = times(dh, updateRows[t]!);
      const dreset = times(dkept, toResetRows[t]!);
      blocks[gates.z] = dupdate;
      blocks[gates.r] = dreset;
      blocks[gates.n] = dn;
      const direct = addTo(times(dh, carryRows[t]!), times(dkept, resetRows[t]!));
      const back = addTo(direct, product(join([dupdate, dreset], 1), sigmoidsT));
      return [join(blocks, 1), t > 0 ? addTo(dyRows[t - 1]!, back) : back];
    });
  }

  const dz = join(dzs, 0); // [T*B, 3H]
  const weights = columnBlocks(dz, 3).map((block, position) =>
    matMul<Tensor2D>(transpose(position === gates.n ? local.fourth : local.before), block),
  );
  return { dz, drecurrent: join(weights, 1), drecurrentBias: sum(dz, 0), dh0: dh };
};
