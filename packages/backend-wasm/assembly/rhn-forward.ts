// Recurrent Highway Networks over whole sequences (Zilly et al. 2017, equations 6 to 9, with the carry gate `1 - t`): one
// product for the inputs of all steps, then for each depth of each step one job of the threads, in which a range of units
// gets its recurrent product and, while that is in the first cache, its gates.
import { chunkStart, unitChunks } from './gemm';
import { inputProducts } from './input-products';
import { sigmoid4, tanh4 } from './math';
import { PANEL } from './pack';
import { gatesWidth, gemmPacked, packedSize, packGatesPart } from './packed';
import { argument, parallel, setArgument } from './pool';
import { RHN_FORWARD } from './tasks';
import { floats, loadSome, storeSome } from './vector';

/**
 * Bytes of scratch space that {@link rhnForward} needs, 16-aligned: as much as `recurrent` and `x`, and four states. At 830
 * units and inputs, depth 10, batch 20 and 35 steps that is 58 MB, beside 46 MB of activations.
 */
export function rhnForwardScratch(
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  depth: i32,
): f64 {
  const width = gatesWidth(units, 2);
  return (
    <f64>depth * packedSize(units, width) +
    floats(batch * width) +
    floats(2 * batch * units) +
    floats(batch * time * input)
  );
}

/**
 * Reads `x [batch, time, input]`, `kernel [input, 2 units]`, `recurrent [units, depth * 2 units]`, `bias [depth * 2 units]`,
 * the state before the first step, `s0 [batch, units]`, and what every product reads the state times, `mask [batch,
 * units]`; writes `y [batch, time, units]`, the candidates and transform gates of every depth, `activations [time, batch,
 * depth * 2 units]`, and the states after every depth, `states [time, batch, depth * units]`.
 */
export function rhnForward(
  x: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  s0: usize,
  mask: usize,
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  depth: i32,
  transformBias: f32,
  y: usize,
  activations: usize,
  states: usize,
  scratch: usize,
): void {
  const block = 2 * units;
  const width = depth * block;
  const packedWidth = gatesWidth(units, 2);
  const packedBlock = packedSize(units, packedWidth);
  const packed = scratch;
  const products = packed + depth * packedBlock;
  // Two in turn: a thread may still read what one job started from when another writes what the next one will.
  const masked = products + floats(batch * packedWidth);
  const maskedSize = floats(batch * units);
  const steps = masked + 2 * maskedSize;

  inputProducts(x, kernel, batch, time, input, block, steps, activations, width);
  multiply(s0, mask, batch * units, masked);

  const chunks = unitChunks(<i64>batch * units * block, units);
  setArgument(0, batch);
  setArgument(1, units);
  setArgument(2, width);
  setArgument(3, <i32>mask);
  setArgument(4, <i32>products);
  setArgument(5, reinterpret<i32>(transformBias));
  setArgument(6, time * units);
  let previous = s0;
  let ldPrevious = units;
  for (let at = 0; at < time * depth; at++) {
    const step = at / depth;
    const level = at % depth;
    const state = states + floats(step * batch * depth * units + level * units);
    setArgument(7, i32(level == 0));
    setArgument(8, <i32>(packed + level * packedBlock));
    setArgument(9, <i32>(bias + floats(level * block)));
    setArgument(10, <i32>(masked + (at & 1) * maskedSize));
    setArgument(11, <i32>(masked + (~at & 1) * maskedSize));
    setArgument(12, <i32>previous);
    setArgument(13, ldPrevious);
    setArgument(14, <i32>(activations + floats(step * batch * width + level * block)));
    setArgument(15, <i32>state);
    setArgument(16, level == depth - 1 ? <i32>(y + floats(step * units)) : 0);
    // At the first step each range of units packs its part of the weights, for itself and the steps that follow.
    setArgument(17, step == 0 ? <i32>(recurrent + floats(level * block)) : 0);
    parallel(RHN_FORWARD, chunks);
    previous = state;
    ldPrevious = depth * units;
  }
}

/** A range of units at one depth of one step: their recurrent products, then their gates. */
export function rhnForwardChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(1);
  const width = argument(2);
  const products = <usize>(<u32>argument(4));
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const packed = <usize>(<u32>argument(8));
  const matrix = <usize>(<u32>argument(17));
  if (matrix != 0) packGatesPart(matrix, width, units, units, units, 2, from, to, packed);
  const packedWidth = gatesWidth(units, 2);
  const end = gatesWidth(to, 2);
  const masked = <usize>(<u32>argument(10));
  // prettier-ignore
  gemmPacked(batch, packedWidth, units, 2 * from, end, masked, units, packed, products, packedWidth, false);
  const y = <usize>(<u32>argument(16));
  for (let b = 0; b < batch; b++) {
    highway(
      <usize>(<u32>argument(14)) + floats(b * width),
      products + floats(b * packedWidth),
      units,
      from,
      to,
      <usize>(<u32>argument(12)) + floats(b * argument(13)),
      <usize>(<u32>argument(15)) + floats(b * (width >> 1)),
      <usize>(<u32>argument(3)) + floats(b * units),
      <usize>(<u32>argument(11)) + floats(b * units),
      y == 0 ? 0 : y + floats(b * argument(6)),
    );
  }
}

/**
 * One sequence's gates at one depth, for a range of units: `state = (h - previous) * t + previous`. `z` becomes `h` and `t`,
 * and holds the input's products at the first depth; `products` holds the recurrent ones, gate by gate in whole panels.
 */
function highway(
  z: usize,
  products: usize,
  units: i32,
  from: i32,
  to: i32,
  previous: usize,
  state: usize,
  mask: usize,
  masked: usize,
  y: usize,
): void {
  const first = argument(7) != 0;
  const bias = <usize>(<u32>argument(9));
  const shift = f32x4.splat(reinterpret<f32>(argument(5)));
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const atT = floats(units + j);
    const panels = products + floats(2 * (j & -PANEL) + (j & (PANEL - 1)));
    let zh = f32x4.add(v128.load(panels), loadSome(bias + at, count));
    let zt = f32x4.add(v128.load(panels + floats(PANEL)), loadSome(bias + atT, count));
    if (first) {
      zh = f32x4.add(zh, loadSome(z + at, count));
      zt = f32x4.add(zt, loadSome(z + atT, count));
    }
    const h = tanh4(zh);
    const t = sigmoid4(f32x4.add(zt, shift));
    const s = loadSome(previous + at, count);
    const next = f32x4.add(f32x4.mul(f32x4.sub(h, s), t), s);
    storeSome(z + at, h, count);
    storeSome(z + atT, t, count);
    storeSome(state + at, next, count);
    storeSome(masked + at, f32x4.mul(next, loadSome(mask + at, count)), count);
    if (y != 0) storeSome(y + at, next, count);
  }
}

/** `out = a * b`, entry by entry. */
export function multiply(a: usize, b: usize, size: i32, out: usize): void {
  for (let j = 0; j < size; j += 4) {
    const count = size - j;
    const at = floats(j);
    storeSome(out + at, f32x4.mul(loadSome(a + at, count), loadSome(b + at, count)), count);
  }
}
