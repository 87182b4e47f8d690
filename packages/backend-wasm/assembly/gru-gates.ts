// The gates of a GRU for a range of one sequence's units at one step. The arguments of the current job are those that
// gru-forward.ts sets; `z` holds the inputs' products and becomes the activations; `products` holds the recurrent ones,
// gate by gate in whole panels.
import { sigmoid4, tanh4 } from './math';
import { PANEL } from './pack';
import { argument } from './pool';
import { floats, loadSome, storeSome } from './vector';

/** All of a step where the reset gate weighs the candidate's recurrent product; that goes into the fourth block of `z`. */
export function gruResetAfter(
  z: usize,
  products: usize,
  from: i32,
  to: i32,
  before: usize,
  h: usize,
): void {
  const units = argument(2);
  const zBlock = argument(3);
  const rBlock = argument(4);
  const nBlock = argument(5);
  const atZ = floats(zBlock * units);
  const atR = floats(rBlock * units);
  const atN = floats(nBlock * units);
  const bias = <usize>(<u32>argument(8));
  const recurrentBias = <usize>(<u32>argument(9));
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const panels = products + floats(3 * (j & -PANEL) + (j & (PANEL - 1)));
    const ownZ = recurrentPart(panels, zBlock, recurrentBias + atZ + at, count);
    const ownR = recurrentPart(panels, rBlock, recurrentBias + atR + at, count);
    const ownN = recurrentPart(panels, nBlock, recurrentBias + atN + at, count);
    const update = sigmoid4(f32x4.add(inputPart(z + atZ + at, bias + atZ + at, count), ownZ));
    const reset = sigmoid4(f32x4.add(inputPart(z + atR + at, bias + atR + at, count), ownR));
    const candidate = tanh4(
      f32x4.add(inputPart(z + atN + at, bias + atN + at, count), f32x4.mul(reset, ownN)),
    );
    storeSome(z + atZ + at, update, count);
    storeSome(z + atR + at, reset, count);
    storeSome(z + atN + at, candidate, count);
    storeSome(z + floats(3 * units) + at, ownN, count);
    storeSome(h + at, between(candidate, update, loadSome(before + at, count)), count);
  }
}

/**
 * The first part of a step where the reset gate weighs the state: both gates, and the state as the reset gate leaves it,
 * which goes into the fourth block of `z`.
 */
export function gruGates(z: usize, products: usize, from: i32, to: i32, before: usize): void {
  const units = argument(2);
  const atZ = floats(argument(3) * units);
  const atR = floats(argument(4) * units);
  // Whichever block comes first has the first of the two panels.
  const slotZ = i32(atZ > atR);
  const slotR = 1 - slotZ;
  const bias = <usize>(<u32>argument(8));
  const recurrentBias = <usize>(<u32>argument(9));
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const panels = products + floats(2 * (j & -PANEL) + (j & (PANEL - 1)));
    const ownZ = recurrentPart(panels, slotZ, recurrentBias + atZ + at, count);
    const ownR = recurrentPart(panels, slotR, recurrentBias + atR + at, count);
    const update = sigmoid4(f32x4.add(inputPart(z + atZ + at, bias + atZ + at, count), ownZ));
    const reset = sigmoid4(f32x4.add(inputPart(z + atR + at, bias + atR + at, count), ownR));
    storeSome(z + atZ + at, update, count);
    storeSome(z + atR + at, reset, count);
    storeSome(
      z + floats(3 * units) + at,
      f32x4.mul(reset, loadSome(before + at, count)),
      count,
    );
  }
}

/** After {@link gruGates}: the candidate and the output. */
export function gruRest(
  z: usize,
  products: usize,
  from: i32,
  to: i32,
  before: usize,
  h: usize,
): void {
  const units = argument(2);
  const atZ = floats(argument(3) * units);
  const atN = floats(argument(5) * units);
  const bias = <usize>(<u32>argument(8)) + atN;
  const recurrentBias = <usize>(<u32>argument(9)) + atN;
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const own = recurrentPart(products + at, 0, recurrentBias + at, count);
    const candidate = tanh4(f32x4.add(inputPart(z + atN + at, bias + at, count), own));
    const update = loadSome(z + atZ + at, count);
    storeSome(z + atN + at, candidate, count);
    storeSome(h + at, between(candidate, update, loadSome(before + at, count)), count);
  }
}

/** What comes into four units of a gate from the inputs. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function inputPart(z: usize, bias: usize, count: i32): v128 {
  return f32x4.add(loadSome(z, count), loadSome(bias, count));
}

/** What comes into four units of a gate from the state, whose product is in panel `slot`. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function recurrentPart(panels: usize, slot: i32, bias: usize, count: i32): v128 {
  return f32x4.add(v128.load(panels + floats(slot * PANEL)), loadSome(bias, count));
}

/** `z * h + (1 - z) * n`, with one product less. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function between(n: v128, z: v128, h: v128): v128 {
  return f32x4.add(n, f32x4.mul(z, f32x4.sub(h, n)));
}
