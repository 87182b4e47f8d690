// The gradient of `lstmForward` by back-propagation through time. Only `dh` and `dc` go from step to step; the gradients
// of both weights are one product each over the rows of all steps.
import { gemm, gemmPacked, gemmScratch, pack, packedSize } from './gemm';
import { tanh4 } from './math';
import { toBatchMajor, toTimeMajor } from './time-major';
import { floats, loadSome, storeSome } from './vector';

/** Bytes of scratch space that {@link lstmBackward} needs, 16-aligned. */
export function lstmBackwardScratch(batch: i32, time: i32, input: i32, units: i32): usize {
  const rows = batch * time;
  return (
    gemmScratch() +
    packedSize(4 * units, units) +
    floats(rows * 4 * units) +
    floats(rows * max(input, units))
  );
}

/**
 * Reads the gradients of `y` and of the last state, what `lstmForward` read and what it wrote; writes the gradients
 * `dx`, `dkernel`, `drecurrent`, `dbias`, `dh0` and `dc0`, each of its value's shape.
 */
export function lstmBackward(
  dy: usize,
  dcLast: usize,
  x: usize,
  kernel: usize,
  recurrent: usize,
  h0: usize,
  c0: usize,
  y: usize,
  activations: usize,
  states: usize,
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  iBlock: i32,
  fBlock: i32,
  gBlock: i32,
  oBlock: i32,
  dx: usize,
  dkernel: usize,
  drecurrent: usize,
  dbias: usize,
  dh: usize,
  dc: usize,
  scratch: usize,
): void {
  const width = 4 * units;
  const rows = batch * time;
  const packed = scratch + gemmScratch();
  const dz = packed + packedSize(width, units);
  const steps = dz + floats(rows * width);

  pack(recurrent, width, true, width, units, packed);
  memory.copy(dc, dcLast, floats(batch * units));
  memory.fill(dh, 0, floats(batch * units));
  for (let t = time - 1; t >= 0; t--) {
    const slopes = dz + floats(t * batch * width);
    const previous = t == 0 ? c0 : states + floats((t - 1) * batch * units);
    for (let b = 0; b < batch; b++) {
      const row = floats(b * units);
      gateSlopes(
        activations + floats((t * batch + b) * width),
        dy + floats((b * time + t) * units),
        units,
        floats(iBlock * units),
        floats(fBlock * units),
        floats(gBlock * units),
        floats(oBlock * units),
        previous + row,
        states + floats((t * batch + b) * units),
        dh + row,
        dc + row,
        slopes + floats(b * width),
      );
    }
    gemmPacked(batch, units, width, slopes, width, packed, dh, units, false, scratch);
  }

  // prettier-ignore
  {
    toTimeMajor(x, batch, time, input, steps);
    gemm(input, width, rows, steps, input, true, dz, width, false, dkernel, width, false, scratch);
    previousOutputs(h0, y, batch, time, units, steps);
    gemm(units, width, rows, steps, units, true, dz, width, false, drecurrent, width, false, scratch);
    gemm(rows, input, width, dz, width, false, kernel, width, true, steps, input, false, scratch);
    toBatchMajor(steps, batch, time, input, dx);
  }
  columnSums(dz, rows, width, dbias);
}

/** One sequence's step backwards: reads `dh` and adds to it the step's `dy`, replaces `dc`, writes `dz`. */
function gateSlopes(
  gates: usize,
  dy: usize,
  units: i32,
  i: usize,
  f: usize,
  g: usize,
  o: usize,
  cPrevious: usize,
  c: usize,
  dh: usize,
  dc: usize,
  dz: usize,
): void {
  const one = f32x4.splat(1);
  for (let j = 0; j < units; j += 4) {
    const count = units - j;
    const at = floats(j);
    const input = loadSome(gates + i + at, count);
    const forget = loadSome(gates + f + at, count);
    const candidate = loadSome(gates + g + at, count);
    const output = loadSome(gates + o + at, count);
    const squashed = tanh4(loadSome(c + at, count));
    const dOut = f32x4.add(loadSome(dy + at, count), loadSome(dh + at, count));
    const through = f32x4.mul(output, f32x4.sub(one, f32x4.mul(squashed, squashed)));
    const dState = f32x4.add(loadSome(dc + at, count), f32x4.mul(dOut, through));
    storeSome(dc + at, f32x4.mul(dState, forget), count);
    const dInput = f32x4.mul(f32x4.mul(dState, candidate), sigmoidSlope(input));
    const dForget = f32x4.mul(
      f32x4.mul(dState, loadSome(cPrevious + at, count)),
      sigmoidSlope(forget),
    );
    const dCandidate = f32x4.mul(
      f32x4.mul(dState, input),
      f32x4.sub(one, f32x4.mul(candidate, candidate)),
    );
    const dOutput = f32x4.mul(f32x4.mul(dOut, squashed), sigmoidSlope(output));
    storeSome(dz + i + at, dInput, count);
    storeSome(dz + f + at, dForget, count);
    storeSome(dz + g + at, dCandidate, count);
    storeSome(dz + o + at, dOutput, count);
  }
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function sigmoidSlope(value: v128): v128 {
  return f32x4.mul(value, f32x4.sub(f32x4.splat(1), value));
}

/** The output that each step started from, `[time, batch, units]`: `h0`, then `y` of all steps but the last. */
function previousOutputs(
  h0: usize,
  y: usize,
  batch: i32,
  time: i32,
  units: i32,
  to: usize,
): void {
  const bytes = floats(units);
  memory.copy(to, h0, bytes * batch);
  for (let t = 1; t < time; t++) {
    for (let b = 0; b < batch; b++) {
      memory.copy(to + bytes * (t * batch + b), y + bytes * (b * time + t - 1), bytes);
    }
  }
}

/** Sums `x [rows, width]` over its rows. */
function columnSums(x: usize, rows: i32, width: i32, out: usize): void {
  for (let j = 0; j < width; j += 4) {
    const count = width - j;
    let total = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      total = f32x4.add(total, loadSome(x + floats(row * width + j), count));
    }
    storeSome(out + floats(j), total, count);
  }
}
