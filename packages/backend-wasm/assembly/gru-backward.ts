// The gradient of `gruForward` by back-propagation through time. Only `dh` goes from step to step, one job of the threads
// each, or two where the reset gate weighs the state; the gradients of the weights are products over the rows of all steps.
import { gemm, unitChunks } from './gemm';
import { inputGradients } from './input-products';
import { packedSize } from './packed';
import { parallel, setArgument } from './pool';
import { sums } from './sums';
import { GRU_RESET_BACK, GRU_STATE_BACK, GRU_STEP_BACK } from './tasks';
import { previousOutputs } from './time-major';
import { floats } from './vector';

/**
 * Bytes of scratch space that {@link gruBackward} needs, 16-aligned: as much as `recurrent`, `activations` and the larger
 * of `x` and `y`. At 1,500 units and inputs, batch 20 and 35 steps that is 48 MB.
 */
export function gruBackwardScratch(batch: i32, time: i32, input: i32, units: i32): f64 {
  const rows = batch * time;
  return (
    <f64>packedSize(3 * units, units) +
    floats(rows * 3 * units) +
    floats(rows * units) +
    floats(rows * max(input, units))
  );
}

/**
 * Reads the gradient of `y`, what `gruForward` read and what it wrote; writes the gradients `dx`, `dkernel`, `drecurrent`,
 * `dbias`, `drecurrentBias` and `dh`, that of `h0`, each of its value's shape.
 */
export function gruBackward(
  dy: usize,
  x: usize,
  kernel: usize,
  recurrent: usize,
  h0: usize,
  y: usize,
  activations: usize,
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  zBlock: i32,
  rBlock: i32,
  nBlock: i32,
  resetAfter: bool,
  dx: usize,
  dkernel: usize,
  drecurrent: usize,
  dbias: usize,
  drecurrentBias: usize,
  dh: usize,
  scratch: usize,
): void {
  const width = 3 * units;
  const rows = batch * time;
  const packed = scratch;
  // Gradients of the recurrent products, then of the inputs': they differ where the reset gate lies between the two.
  const dz = packed + packedSize(width, units);
  // The candidates' of the inputs when `resetAfter`; else what comes back to a step through the candidates' product.
  const aside = dz + floats(rows * width);
  const before = aside + floats(rows * units);

  previousOutputs(h0, y, batch, time, units, before);
  memory.fill(dh, 0, floats(batch * units));
  const work = <i64>batch * units * units;
  setArgument(0, batch);
  setArgument(1, time);
  setArgument(2, units);
  setArgument(3, zBlock);
  setArgument(4, rBlock);
  setArgument(5, nBlock);
  setArgument(6, <i32>packed);
  setArgument(7, <i32>dh);
  // Step -1 only carries the gradient on to the first state.
  for (let t = time - 1; t >= -1; t--) {
    const own = dz + floats(t * batch * width);
    setArgument(8, t < 0 ? 0 : <i32>own);
    setArgument(9, t == time - 1 ? 0 : <i32>(own + floats(batch * width)));
    setArgument(10, <i32>(dy + floats(t * units)));
    setArgument(11, <i32>(activations + floats(t * 4 * batch * units)));
    setArgument(12, <i32>(before + floats(t * batch * units)));
    setArgument(13, <i32>(resetAfter ? aside + floats(t * batch * units) : aside));
    // Where it is the first with these weights, each range of units packs its part of them.
    setArgument(14, t == time - 2 ? <i32>recurrent : 0);
    if (resetAfter) {
      parallel(GRU_STEP_BACK, unitChunks(3 * work, units));
      continue;
    }
    parallel(GRU_STATE_BACK, unitChunks(2 * work, units));
    setArgument(14, t == time - 1 ? <i32>recurrent : 0);
    if (t >= 0) parallel(GRU_RESET_BACK, unitChunks(work, units));
  }

  if (resetAfter) {
    gemm(units, width, rows, before, units, true, dz, width, false, drecurrent, width, false);
    sums(dz, 1, rows, width, drecurrentBias);
    replaceBlock(dz + floats(nBlock * units), width, aside, rows, units);
    sums(dz, 1, rows, width, dbias);
  } else {
    const kept = activations + floats(3 * units);
    for (let block = 0; block < 3; block++) {
      const read = block == nBlock ? kept : before;
      const ld = block == nBlock ? 4 * units : units;
      const to = floats(block * units);
      // prettier-ignore
      gemm(units, units, rows, read, ld, true, dz + to, width, false, drecurrent + to, width, false);
    }
    sums(dz, 1, rows, width, dbias);
    // Both biases are added to the same sums.
    memory.copy(drecurrentBias, dbias, floats(width));
  }
  inputGradients(x, kernel, dz, batch, time, input, width, before, dx, dkernel);
}

/** Copies `from [rows, units]` into columns of rows that lie `ld` floats apart. */
function replaceBlock(to: usize, ld: i32, from: usize, rows: i32, units: i32): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(to + floats(row * ld), from + floats(row * units), floats(units));
  }
}
