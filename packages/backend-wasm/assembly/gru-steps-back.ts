// The jobs of a GRU's steps back in time, whose arguments gru-backward.ts sets: a range of units each. What has come back
// through products to step `t` is added to `dh` before that step, and what the step hands on past its products stays there.
import { chunkStart } from './gemm';
import { gemmPacked, packedSize, packPart } from './packed';
import { argument } from './pool';
import { sigmoidSlope, tanhSlope } from './slopes';
import { floats, loadSome, storeSome } from './vector';

/** Where the reset gate weighs the candidate's product: all of a step. */
export function gruStepBackChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(2);
  const width = 3 * units;
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const dh = <usize>(<u32>argument(7));
  const after = <usize>(<u32>argument(9));
  if (after != 0) {
    const packed = <usize>(<u32>argument(6));
    const matrix = <usize>(<u32>argument(14));
    if (matrix != 0) packPart(matrix, width, true, width, units, from, to, packed);
    gemmPacked(batch, units, width, from, to, after, width, packed, dh, units, true);
  }
  if (argument(8) == 0) return;
  for (let b = 0; b < batch; b++) {
    outputSlopes(b, from, to);
    resetSlopes(b, from, to);
  }
}

/** Where the reset gate weighs the state: a step but for the reset gate. */
export function gruStateBackChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(2);
  const width = 3 * units;
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const dh = <usize>(<u32>argument(7));
  const after = <usize>(<u32>argument(9));
  if (after != 0) {
    const matrix = <usize>(<u32>argument(14));
    for (let gate = 3; gate < 5; gate++) {
      const block = argument(gate);
      const packed = packedBlock(block);
      const columns = floats(block * units);
      if (matrix != 0) packPart(matrix + columns, width, true, units, units, from, to, packed);
      // prettier-ignore
      gemmPacked(batch, units, units, from, to, after + columns, width, packed, dh, units, true);
    }
  }
  if (argument(8) == 0) return;
  for (let b = 0; b < batch; b++) outputSlopes(b, from, to);
}

/** After {@link gruStateBackChunk} of all units: what comes back through the candidate's product, and the reset gate. */
export function gruResetBackChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(2);
  const width = 3 * units;
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const block = argument(5);
  const packed = packedBlock(block);
  const columns = floats(block * units);
  const matrix = <usize>(<u32>argument(14));
  if (matrix != 0) packPart(matrix + columns, width, true, units, units, from, to, packed);
  const dz = <usize>(<u32>argument(8)) + columns;
  const products = <usize>(<u32>argument(13));
  gemmPacked(batch, units, units, from, to, dz, width, packed, products, units, false);
  for (let b = 0; b < batch; b++) keptSlopes(b, from, to);
}

/** Where a block of the recurrent weights lies packed, transposed, when each has a product of its own. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function packedBlock(block: i32): usize {
  const units = argument(2);
  return <usize>(<u32>argument(6)) + block * packedSize(units, units);
}

/**
 * Sequence `b`, a range of units: with `d`, which is `dh` and the step's `dy`, writes the update gate's gradient
 * `d * (h - n) * z * (1 - z)` and the candidate's `d * (1 - z) * (1 - n^2)`, and leaves `d * z` in `dh`.
 */
function outputSlopes(b: i32, from: i32, to: i32): void {
  const units = argument(2);
  const atZ = floats(argument(3) * units);
  const atN = floats(argument(5) * units);
  const dh = <usize>(<u32>argument(7)) + floats(b * units);
  const dz = <usize>(<u32>argument(8)) + floats(b * 3 * units);
  const dy = <usize>(<u32>argument(10)) + floats(b * argument(1) * units);
  const gates = <usize>(<u32>argument(11)) + floats(b * 4 * units);
  const before = <usize>(<u32>argument(12)) + floats(b * units);
  const one = f32x4.splat(1);
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const update = loadSome(gates + atZ + at, count);
    const candidate = loadSome(gates + atN + at, count);
    const slope = f32x4.add(loadSome(dh + at, count), loadSome(dy + at, count));
    const change = f32x4.sub(loadSome(before + at, count), candidate);
    const toCandidate = f32x4.mul(f32x4.sub(one, update), tanhSlope(candidate));
    storeSome(dz + atZ + at, f32x4.mul(f32x4.mul(slope, change), sigmoidSlope(update)), count);
    storeSome(dz + atN + at, f32x4.mul(slope, toCandidate), count);
    storeSome(dh + at, f32x4.mul(slope, update), count);
  }
}

/**
 * After {@link outputSlopes}, where the reset gate weighs the candidate's product: moves the candidate's gradient `dn`
 * aside, leaves `dn * r` for the product, and writes the reset gate's, `dn * own * r * (1 - r)`.
 */
function resetSlopes(b: i32, from: i32, to: i32): void {
  const units = argument(2);
  const atR = floats(argument(4) * units);
  const atN = floats(argument(5) * units);
  const dz = <usize>(<u32>argument(8)) + floats(b * 3 * units);
  const gates = <usize>(<u32>argument(11)) + floats(b * 4 * units);
  const aside = <usize>(<u32>argument(13)) + floats(b * units);
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const reset = loadSome(gates + atR + at, count);
    const own = loadSome(gates + floats(3 * units) + at, count);
    const slope = loadSome(dz + atN + at, count);
    storeSome(aside + at, slope, count);
    storeSome(dz + atR + at, f32x4.mul(f32x4.mul(slope, own), sigmoidSlope(reset)), count);
    storeSome(dz + atN + at, f32x4.mul(slope, reset), count);
  }
}

/**
 * With `dk`, the gradient of the state as the reset gate left it: writes the reset gate's gradient `dk * h * r * (1 - r)`
 * and adds `dk * r` to `dh`.
 */
function keptSlopes(b: i32, from: i32, to: i32): void {
  const units = argument(2);
  const atR = floats(argument(4) * units);
  const dh = <usize>(<u32>argument(7)) + floats(b * units);
  const dz = <usize>(<u32>argument(8)) + floats(b * 3 * units);
  const gates = <usize>(<u32>argument(11)) + floats(b * 4 * units);
  const before = <usize>(<u32>argument(12)) + floats(b * units);
  const products = <usize>(<u32>argument(13)) + floats(b * units);
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const reset = loadSome(gates + atR + at, count);
    const slope = loadSome(products + at, count);
    const state = loadSome(before + at, count);
    storeSome(dz + atR + at, f32x4.mul(f32x4.mul(slope, state), sigmoidSlope(reset)), count);
    storeSome(dh + at, f32x4.add(loadSome(dh + at, count), f32x4.mul(slope, reset)), count);
  }
}
