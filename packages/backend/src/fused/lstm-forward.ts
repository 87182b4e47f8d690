import {
  add,
  concat,
  fill,
  reshape,
  tidy,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Rank,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  addTo,
  columnBlocks,
  columns,
  join,
  product,
  rowBlocks,
  sigmoidOf,
  tanhOf,
  times,
} from './direct.ts';
import { gatePositions, type GatePositions } from './gates.ts';
import { inputProduct } from './input-product.ts';
import { unflattenTimeMajor } from './time-major.ts';

/**
 * `LstmSequence` from ordinary operations: one product for the inputs of all steps, then for each step
 * `z = x_t K + h R + b`, `c = f*c + i*g`, `h = o*tanh(c)`, with sigmoids for i, f, o and tanh for g.
 */
export function composedLstmSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [y: Tensor3D, cLast: Tensor2D, activations: Tensor3D, states: Tensor3D] {
  const { kernel, recurrent } = inputs as Record<string, Tensor2D>;
  const [batch, time] = (inputs['x'] as Tensor3D).shape;
  const units = recurrent!.shape[0];
  // Without units there is nothing to compute, and some stock kernels fail on nothing.
  if (units === 0) {
    return [
      zeros([batch, time, 0]),
      zeros([batch, 0]),
      zeros([time, batch, 0]),
      zeros([time, batch, 0]),
    ];
  }
  const gates = gatePositions(attributes['gates'] as string);
  const bias = shiftForgetGate(
    inputs['bias'] as Tensor1D,
    gates,
    attributes['forgetBias'] as number,
  );
  const projected = add<Tensor2D>(inputProduct(inputs['x'] as Tensor3D, kernel!), bias); // [T*B, 4H]

  let h = inputs['h0'] as Tensor2D;
  let c = inputs['c0'] as Tensor2D;
  const outputs: Tensor2D[] = [];
  const states: Tensor2D[] = [];
  const activations: Tensor2D[] = [];
  for (const input of rowBlocks(projected, time)) {
    // A tidy for each step returns its memory while it is still in the cache.
    const step = tidy(() => lstmStep(addTo(input, product(h, recurrent!)), c, gates));
    [h, c] = step;
    outputs.push(h);
    states.push(c);
    activations.push(step[2]);
  }
  return [
    unflattenTimeMajor(join(outputs, 0), batch, time),
    c,
    reshape(join(activations, 0), [time, batch, 4 * units]),
    reshape(join(states, 0), [time, batch, units]),
  ];
}

type LstmStep = [h: Tensor2D, c: Tensor2D, activations: Tensor2D];

function lstmStep(z: Tensor2D, c: Tensor2D, gates: GatePositions): LstmStep {
  // One sigmoid over all four blocks is cheaper than three over copies of the blocks.
  const blocks = columnBlocks(sigmoidOf(z), 4);
  blocks[gates.g] = tanhOf(columns(z, gates.g * c.shape[1], c.shape[1]));
  const next = addTo(times(blocks[gates.f]!, c), times(blocks[gates.i]!, blocks[gates.g]!));
  return [times(blocks[gates.o]!, tanhOf(next)), next, join(blocks, 1)];
}

function shiftForgetGate(bias: Tensor1D, gates: GatePositions, forgetBias: number): Tensor1D {
  if (forgetBias === 0) return bias;
  const units = bias.shape[0] / 4;
  const shifts = Array.from({ length: 4 }, (_, block) =>
    fill<Rank.R1>([units], block === gates.f ? forgetBias : 0),
  );
  return add(bias, concat(shifts));
}
