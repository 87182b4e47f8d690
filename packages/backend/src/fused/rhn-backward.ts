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
  type NamedTensorMap,
  type Rank,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { addTo, columnBlocks, join, product, rowBlocks, times } from './direct.ts';
import { inputGradients } from './input-product.ts';
import { masked } from './rhn-forward.ts';
import { flattenTimeMajor, shiftedByOne } from './time-major.ts';

/**
 * `RhnSequenceGrad` from ordinary operations. What does not depend on later steps is computed for all steps at once;
 * going back through steps and depths remain `dz`, from `ds` and the slopes, and `ds = ds * (1 - t) + (dz R') * mask`.
 * The weights' gradients are then one product for each depth over all `time * batch` rows.
 */
export function composedRhnSequenceGrad(
  inputs: NamedTensorMap,
): [dx: Tensor3D, dkernel: Tensor2D, drecurrent: Tensor2D, dbias: Tensor1D, ds0: Tensor2D] {
  const { kernel, recurrent, s0, mask } = inputs as Record<
    'kernel' | 'recurrent' | 's0' | 'mask',
    Tensor2D
  >;
  const { x, y, dy } = inputs as Record<'x' | 'y' | 'dy', Tensor3D>;
  const [batch, time] = x.shape;
  const units = s0.shape[1];
  if (units === 0) {
    return [
      zeros(x.shape),
      zeros(kernel.shape),
      zeros(recurrent.shape),
      zeros([0]),
      zeros(s0.shape),
    ];
  }
  const depth = recurrent.shape[1] / (2 * units);
  const rows = time * batch;
  const gates = columnBlocks(
    reshape<Rank.R2>(inputs['activations']!, [rows, 2 * depth * units]),
    2 * depth,
  );
  const after = columnBlocks(reshape<Rank.R2>(inputs['states']!, [rows, depth * units]), depth);
  const before = [shiftedByOne(s0, flattenTimeMajor(y)), ...after.slice(0, -1)];
  const levels = columnBlocks(recurrent, depth).map((matrix, level) => {
    const local = localGradients(gates[2 * level]!, gates[2 * level + 1]!, before[level]!);
    return {
      transposed: transpose(matrix),
      slopes: rowBlocks(local.slopes, time),
      carry: rowBlocks(local.carry, time),
      dzs: new Array<Tensor2D>(time),
    };
  });

  const dyRows = rowBlocks(flattenTimeMajor(dy), time);
  let ds = dyRows[time - 1]!;
  for (let t = time - 1; t >= 0; t--) {
    for (let level = depth - 1; level >= 0; level--) {
      const { transposed, slopes, carry, dzs } = levels[level]!;
      [dzs[t], ds] = tidy(() => {
        const dz = times(join([ds, ds], 1), slopes[t]!);
        const back = times(product(dz, transposed), mask);
        const through = addTo(times(ds, carry[t]!), back);
        return [dz, level === 0 && t > 0 ? addTo(through, dyRows[t - 1]!) : through];
      });
    }
  }

  const dzs = levels.map((each) => join(each.dzs, 0)); // [T*B, 2H] each
  const drecurrent = dzs.map((dz, level) =>
    matMul<Tensor2D>(transpose(masked(before[level]!, mask)), dz),
  );
  const dbias = join(
    dzs.map((dz) => sum(dz, 0, true)),
    1,
  );
  return [
    ...inputGradients(x, kernel, dzs[0]!),
    join(drecurrent, 1),
    reshape<Rank.R1>(dbias, [dbias.size]),
    ds,
  ];
}

/** What each step at one depth multiplies gradients by, for all steps at once. */
interface LocalGradients {
  /** What turns ds, side by side with itself, into dz: `[t * (1 - h^2), (h - s) * t * (1 - t)]`, `[T*B, 2H]`. */
  readonly slopes: Tensor2D;
  /** What the state carries on: `1 - t`, `[T*B, H]`. */
  readonly carry: Tensor2D;
}

function localGradients(h: Tensor2D, t: Tensor2D, before: Tensor2D): LocalGradients {
  return tidy(() => {
    const candidate = mul<Tensor2D>(t, sub(1, square(h)));
    const transform = mul<Tensor2D>(sub(h, before), sub(t, square(t)));
    return { slopes: join([candidate, transform], 1), carry: sub<Tensor2D>(1, t) };
  });
}
