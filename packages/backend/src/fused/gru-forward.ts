import {
  add,
  reshape,
  tidy,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  addTo,
  columnBlocks,
  columns,
  join,
  minus,
  product,
  rowBlocks,
  sigmoidOf,
  tanhOf,
  times,
} from './direct.ts';
import { gruGatePositions, type GruGatePositions } from './gates.ts';
import { inputProduct } from './input-product.ts';
import { unflattenTimeMajor } from './time-major.ts';

/** One step: the state after it, and `[gates, in their order; what its gradient needs of the recurrence]`. */
type GruStep = (
  input: Tensor2D,
  h: Tensor2D,
) => readonly [h: Tensor2D, blocks: readonly Tensor2D[]];

/**
 * `GruSequence` from ordinary operations: one product for the inputs of all steps, then for each step the products of
 * the state, `z, r = sigmoid`, `n = tanh` and `h = n + z * (h - n)`.
 */
export function composedGruSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [y: Tensor3D, activations: Tensor3D] {
  const { kernel, recurrent } = inputs as Record<'kernel' | 'recurrent', Tensor2D>;
  const x = inputs['x'] as Tensor3D;
  const [batch, time] = x.shape;
  const units = recurrent.shape[0];
  // Without units there is nothing to compute, and some stock kernels fail on nothing.
  if (units === 0) return [zeros([batch, time, 0]), zeros([time, batch, 0])];
  const gates = gruGatePositions(attributes['gates'] as string);
  const bias = inputs['bias'] as Tensor1D;
  const recurrentBias = inputs['recurrentBias'] as Tensor1D;
  const resetAfter = attributes['resetAfter'] as boolean;
  const step = resetAfter
    ? resetAfterProduct(recurrent, recurrentBias, gates)
    : resetBeforeProduct(recurrent, gates);
  const shift: Tensor = resetAfter ? bias : add(bias, recurrentBias);
  const projected = addTo(inputProduct(x, kernel), shift); // [T*B, 3H]

  let h = inputs['h0'] as Tensor2D;
  const outputs: Tensor2D[] = [];
  const activations: Tensor2D[] = [];
  for (const input of rowBlocks(projected, time)) {
    // A tidy for each step returns its memory while it is still in the cache.
    const after = tidy(() => {
      const [next, blocks] = step(input, h);
      return [next, join(blocks, 1)] as const;
    });
    h = after[0];
    outputs.push(h);
    activations.push(after[1]);
  }
  return [
    unflattenTimeMajor(join(outputs, 0), batch, time),
    reshape(join(activations, 0), [time, batch, 4 * units]),
  ];
}

/** The reset gate weighs the recurrent product of the candidate: one product makes all of them. */
function resetAfterProduct(
  recurrent: Tensor2D,
  recurrentBias: Tensor1D,
  gates: GruGatePositions,
): GruStep {
  const units = recurrent.shape[0];
  return (input, h) => {
    const own = addTo(product(h, recurrent), recurrentBias);
    // One sigmoid over all three blocks is cheaper than two over copies of the blocks.
    const blocks = columnBlocks(sigmoidOf(addTo(input, own)), 3);
    const ownCandidate = columns(own, gates.n * units, units);
    const inputCandidate = columns(input, gates.n * units, units);
    const n = tanhOf(addTo(inputCandidate, times(blocks[gates.r]!, ownCandidate)));
    blocks[gates.n] = n;
    return [between(n, blocks[gates.z]!, h), [...blocks, ownCandidate]];
  };
}

/** The reset gate weighs the state that the candidate reads: its product waits for that of the gates. */
function resetBeforeProduct(recurrent: Tensor2D, gates: GruGatePositions): GruStep {
  const { sigmoids, candidate } = splitRecurrent(recurrent, gates);
  return (input, h) => {
    const parts = columnBlocks(input, 3);
    const own = product(h, sigmoids);
    const [z, r] = columnBlocks(
      sigmoidOf(addTo(join([parts[gates.z]!, parts[gates.r]!], 1), own)),
      2,
    ) as [Tensor2D, Tensor2D];
    const kept = times(r, h);
    const n = tanhOf(addTo(parts[gates.n]!, product(kept, candidate)));
    const blocks: Tensor2D[] = [];
    blocks[gates.z] = z;
    blocks[gates.r] = r;
    blocks[gates.n] = n;
    return [between(n, z, h), [...blocks, kept]];
  };
}

/** `z * h + (1 - z) * n`, with one product less. */
function between(n: Tensor2D, z: Tensor2D, h: Tensor2D): Tensor2D {
  return addTo(n, times(z, minus(h, n)));
}

/** The columns of update and reset gate side by side, `[H, 2H]`, and those of the candidate, `[H, H]`. */
export function splitRecurrent(
  recurrent: Tensor2D,
  gates: GruGatePositions,
): { readonly sigmoids: Tensor2D; readonly candidate: Tensor2D } {
  const blocks = columnBlocks(recurrent, 3);
  return {
    sigmoids: join([blocks[gates.z]!, blocks[gates.r]!], 1),
    candidate: blocks[gates.n]!,
  };
}
