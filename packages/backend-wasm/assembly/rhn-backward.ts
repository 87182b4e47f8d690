// The gradient of `rhnForward` by back-propagation through steps and depths. Only `ds` goes from depth to depth, one job of
// the threads each; the gradients of the weights are one product for each depth over the rows of all steps.
import { chunkStart, gemm, unitChunks } from './gemm';
import { inputGradients } from './input-products';
import { gemmPacked, packPart, packedSize } from './packed';
import { argument, parallel, setArgument } from './pool';
import { multiply } from './rhn-forward';
import { sigmoidSlope, tanhSlope } from './slopes';
import { sums } from './sums';
import { RHN_BACKWARD } from './tasks';
import { floats, loadSome, storeSome } from './vector';

/**
 * Bytes of scratch space that {@link rhnBackward} needs, 16-aligned: as much as `recurrent`, `activations` and the larger of
 * `x` and `y`, and a state. At 830 units and inputs, depth 10, batch 20 and 35 steps that is 104 MB.
 */
export function rhnBackwardScratch(
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  depth: i32,
): f64 {
  const rows = batch * time;
  return (
    <f64>depth * packedSize(2 * units, units) +
    floats(rows * depth * 2 * units) +
    floats(rows * max(input, units)) +
    floats(batch * units)
  );
}

/**
 * Reads the gradient of `y`, what `rhnForward` read and what it wrote; writes the gradients `dx`, `dkernel`, `drecurrent`,
 * `dbias` and `ds`, that of `s0`, each of its value's shape.
 */
export function rhnBackward(
  dy: usize,
  x: usize,
  kernel: usize,
  recurrent: usize,
  s0: usize,
  mask: usize,
  activations: usize,
  states: usize,
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  depth: i32,
  dx: usize,
  dkernel: usize,
  drecurrent: usize,
  dbias: usize,
  ds: usize,
  scratch: usize,
): void {
  const block = 2 * units;
  const width = depth * block;
  const rows = batch * time;
  const packedBlock = packedSize(block, units);
  const packed = scratch;
  // [depth, rows, 2 units]: each depth's gradients lie as close together as the products over them can read.
  const dz = packed + depth * packedBlock;
  const dzLevel = floats(rows * block);
  const dzStep = floats(batch * block);
  const steps = dz + depth * dzLevel;
  const products = steps + floats(rows * max(input, units));

  memory.fill(ds, 0, floats(batch * units));
  const chunks = unitChunks(<i64>batch * units * block, units);
  setArgument(0, batch);
  setArgument(1, units);
  setArgument(2, width);
  setArgument(3, <i32>mask);
  setArgument(4, <i32>products);
  setArgument(5, <i32>ds);
  setArgument(6, time * units);
  setArgument(7, 0);
  for (let at = time * depth - 1; at >= 0; at--) {
    const step = at / depth;
    const level = at % depth;
    const own = dz + level * dzLevel + step * dzStep;
    setArgument(9, <i32>own);
    setArgument(10, level == depth - 1 ? <i32>(dy + floats(step * units)) : 0);
    setArgument(11, <i32>(activations + floats(step * batch * width + level * block)));
    setArgument(12, <i32>stateBefore(at, s0, states, batch, units, depth));
    setArgument(13, at == 0 ? units : depth * units);
    parallel(RHN_BACKWARD, chunks);
    // What the next job starts with.
    setArgument(7, <i32>own);
    setArgument(8, <i32>(packed + level * packedBlock));
    // Where it is the first with this depth's weights, each range of units packs its part of them.
    setArgument(14, step == time - 1 ? <i32>(recurrent + floats(level * block)) : 0);
  }
  // A last job only carries the gradient on to the first state.
  setArgument(9, 0);
  parallel(RHN_BACKWARD, chunks);

  for (let level = 0; level < depth; level++) {
    const own = dz + level * dzLevel;
    const to = floats(level * block);
    maskedStates(level, s0, states, mask, batch, time, units, depth, steps);
    // prettier-ignore
    gemm(units, block, rows, steps, units, true, own, block, false, drecurrent + to, width, false);
    sums(own, 1, rows, block, dbias + to);
  }
  inputGradients(x, kernel, dz, batch, time, input, block, steps, dx, dkernel);
}

/** The state that a depth of a step, the `at`-th of all, started from: `[batch, units]` with rows of `states`, or `s0`. */
function stateBefore(
  at: i32,
  s0: usize,
  states: usize,
  batch: i32,
  units: i32,
  depth: i32,
): usize {
  if (at == 0) return s0;
  const step = (at - 1) / depth;
  const level = (at - 1) % depth;
  return states + floats((step * batch * depth + level) * units);
}

/** What the products of a depth read at all steps, `[time, batch, units]`: the states before it times the mask. */
function maskedStates(
  level: i32,
  s0: usize,
  states: usize,
  mask: usize,
  batch: i32,
  time: i32,
  units: i32,
  depth: i32,
  to: usize,
): void {
  const row = floats(units);
  for (let t = 0; t < time; t++) {
    const at = t * depth + level;
    let from = stateBefore(at, s0, states, batch, units, depth);
    for (let b = 0; b < batch; b++) {
      multiply(from, mask + b * row, units, to);
      from += at == 0 ? row : depth * row;
      to += row;
    }
  }
}

/** A range of units at one depth of one step: what the depth after hands back to them, then the slopes of their gates. */
export function rhnBackwardChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(1);
  const width = argument(2);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const ds = <usize>(<u32>argument(5));
  const after = <usize>(<u32>argument(7));
  if (after != 0) {
    const mask = <usize>(<u32>argument(3));
    const products = <usize>(<u32>argument(4));
    const packed = <usize>(<u32>argument(8));
    const matrix = <usize>(<u32>argument(14));
    if (matrix != 0) packPart(matrix, width, true, 2 * units, units, from, to, packed);
    gemmPacked(batch, units, 2 * units, from, to, after, 2 * units, packed, products, units, false);
    for (let b = 0; b < batch; b++) {
      const row = floats(b * units);
      addProducts(ds + row, products + row, mask + row, from, to);
    }
  }
  const dz = <usize>(<u32>argument(9));
  if (dz == 0) return;
  const dy = <usize>(<u32>argument(10));
  for (let b = 0; b < batch; b++) {
    highwaySlopes(
      <usize>(<u32>argument(11)) + floats(b * width),
      dy == 0 ? 0 : dy + floats(b * argument(6)),
      units,
      from,
      to,
      <usize>(<u32>argument(12)) + floats(b * argument(13)),
      ds + floats(b * units),
      dz + floats(b * 2 * units),
    );
  }
}

/** Adds what came back through the products, which read the state times the mask, for a range of one sequence's units. */
function addProducts(ds: usize, products: usize, mask: usize, from: i32, to: i32): void {
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const back = f32x4.mul(loadSome(products + at, count), loadSome(mask + at, count));
    storeSome(ds + at, f32x4.add(loadSome(ds + at, count), back), count);
  }
}

/**
 * One sequence's depth backwards, a range of units: adds the step's `dy` to `ds` at its last depth, writes `dz`, the
 * candidate's `ds * t * (1 - h^2)` and the transform gate's `ds * (h - s) * t * (1 - t)`, and leaves `ds * (1 - t)`.
 */
function highwaySlopes(
  gates: usize,
  dy: usize,
  units: i32,
  from: i32,
  to: i32,
  previous: usize,
  ds: usize,
  dz: usize,
): void {
  const one = f32x4.splat(1);
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const atT = floats(units + j);
    const h = loadSome(gates + at, count);
    const t = loadSome(gates + atT, count);
    let slope = loadSome(ds + at, count);
    if (dy != 0) slope = f32x4.add(slope, loadSome(dy + at, count));
    const change = f32x4.sub(h, loadSome(previous + at, count));
    storeSome(dz + at, f32x4.mul(f32x4.mul(slope, t), tanhSlope(h)), count);
    storeSome(dz + atT, f32x4.mul(f32x4.mul(slope, change), sigmoidSlope(t)), count);
    storeSome(ds + at, f32x4.mul(slope, f32x4.sub(one, t)), count);
  }
}
