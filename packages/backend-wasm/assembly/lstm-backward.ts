// The gradient of `lstmForward` by back-propagation through time. Only `dh` and `dc` go from step to step, one job of the
// threads each; the gradients of both weights are one product each over the rows of all steps.
import { chunkStart, gemm, unitChunks } from './gemm';
import { inputGradients } from './input-products';
import { tanh4 } from './math';
import { gemmPacked, pack, packedSize } from './packed';
import { argument, parallel, setArgument } from './pool';
import { sigmoidSlope, tanhSlope } from './slopes';
import { LSTM_BACKWARD } from './tasks';
import { previousOutputs } from './time-major';
import { floats, loadSome, storeSome } from './vector';

/** Bytes of scratch space that {@link lstmBackward} needs, 16-aligned; in float64, as they may exceed an address. */
export function lstmBackwardScratch(batch: i32, time: i32, input: i32, units: i32): f64 {
  const rows = batch * time;
  return (
    <f64>packedSize(4 * units, units) + floats(rows * 4 * units) + floats(rows * max(input, units))
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
  const packed = scratch;
  const dz = packed + packedSize(width, units);
  const steps = dz + floats(rows * width);

  pack(recurrent, width, true, width, units, packed);
  memory.copy(dc, dcLast, floats(batch * units));
  memory.fill(dh, 0, floats(batch * units));
  const chunks = unitChunks(<i64>batch * units * width, units);
  // Step -1 only carries the gradient on to the first state.
  for (let t = time - 1; t >= -1; t--) {
    setArgument(0, batch);
    setArgument(1, time);
    setArgument(2, units);
    setArgument(3, t);
    setArgument(4, <i32>packed);
    setArgument(5, <i32>dz);
    setArgument(6, <i32>activations);
    setArgument(7, <i32>dy);
    setArgument(8, <i32>(t == 0 ? c0 : states + floats((t - 1) * batch * units)));
    setArgument(9, <i32>states);
    setArgument(10, <i32>dh);
    setArgument(11, <i32>dc);
    setArgument(12, iBlock);
    setArgument(13, fBlock);
    setArgument(14, gBlock);
    setArgument(15, oBlock);
    parallel(LSTM_BACKWARD, chunks);
  }

  previousOutputs(h0, y, batch, time, units, steps);
  gemm(units, width, rows, steps, units, true, dz, width, false, drecurrent, width, false);
  inputGradients(x, kernel, dz, batch, time, input, width, steps, dx, dkernel);
  columnSums(dz, rows, width, dbias);
}

/** A range of units at one step: what the step after hands back to them, then the slopes of their gates. */
export function backwardChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const time = argument(1);
  const units = argument(2);
  const t = argument(3);
  const dz = <usize>(<u32>argument(5));
  const dh = <usize>(<u32>argument(10));
  const width = 4 * units;
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  if (t < time - 1) {
    const after = dz + floats((t + 1) * batch * width);
    const packed = <usize>(<u32>argument(4));
    gemmPacked(batch, units, width, from, to, after, width, packed, dh, units, false);
  }
  if (t < 0) return;
  const activations = <usize>(<u32>argument(6));
  const dy = <usize>(<u32>argument(7));
  const previous = <usize>(<u32>argument(8));
  const states = <usize>(<u32>argument(9));
  const dc = <usize>(<u32>argument(11));
  for (let b = 0; b < batch; b++) {
    const row = floats(b * units);
    gateSlopes(
      activations + floats((t * batch + b) * width),
      dy + floats((b * time + t) * units),
      from,
      to,
      floats(argument(12) * units),
      floats(argument(13) * units),
      floats(argument(14) * units),
      floats(argument(15) * units),
      previous + row,
      states + floats((t * batch + b) * units),
      dh + row,
      dc + row,
      dz + floats((t * batch + b) * width),
    );
  }
}

/** One sequence's step backwards, a range of units: adds the step's `dy` to `dh`, replaces `dc`, writes `dz`. */
function gateSlopes(
  gates: usize,
  dy: usize,
  from: i32,
  to: i32,
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
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const input = loadSome(gates + i + at, count);
    const forget = loadSome(gates + f + at, count);
    const candidate = loadSome(gates + g + at, count);
    const output = loadSome(gates + o + at, count);
    const squashed = tanh4(loadSome(c + at, count));
    const dOut = f32x4.add(loadSome(dy + at, count), loadSome(dh + at, count));
    const through = f32x4.mul(output, tanhSlope(squashed));
    const dState = f32x4.add(loadSome(dc + at, count), f32x4.mul(dOut, through));
    storeSome(dc + at, f32x4.mul(dState, forget), count);
    const dInput = f32x4.mul(f32x4.mul(dState, candidate), sigmoidSlope(input));
    const dForget = f32x4.mul(
      f32x4.mul(dState, loadSome(cPrevious + at, count)),
      sigmoidSlope(forget),
    );
    const dCandidate = f32x4.mul(f32x4.mul(dState, input), tanhSlope(candidate));
    const dOutput = f32x4.mul(f32x4.mul(dOut, squashed), sigmoidSlope(output));
    storeSome(dz + i + at, dInput, count);
    storeSome(dz + f + at, dForget, count);
    storeSome(dz + g + at, dCandidate, count);
    storeSome(dz + o + at, dOutput, count);
  }
}

/** Sums `x [rows, width]` over its rows, in their order. */
function columnSums(x: usize, rows: i32, width: i32, out: usize): void {
  memory.fill(out, 0, floats(width));
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j += 4) {
      const count = width - j;
      const total = f32x4.add(loadSome(out + floats(j), count), loadSome(x + floats(j), count));
      storeSome(out + floats(j), total, count);
    }
    x += floats(width);
  }
}
