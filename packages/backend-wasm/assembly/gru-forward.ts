// GRU over whole sequences (Cho et al. 2014): one product for the inputs of all steps, then for each step one job of the
// threads where the reset gate weighs the candidate's recurrent product. Where it weighs the state that the product reads,
// there are two, as that product waits for the reset gates of all units.
import { chunkStart, unitChunks } from './gemm';
import { gruGates, gruResetAfter, gruRest } from './gru-gates';
import { inputProducts } from './input-products';
import { gatesWidth, gemmPacked, packedSize, packGatesPart } from './packed';
import { argument, parallel, setArgument } from './pool';
import { GRU_CANDIDATE, GRU_GATES, GRU_STEP } from './tasks';
import { floats } from './vector';

/**
 * Bytes of scratch space that {@link gruForward} needs, 16-aligned: as much as `recurrent` and `x`, and three states. At
 * 1,500 units and inputs, batch 20 and 35 steps that is 32 MB.
 */
export function gruForwardScratch(batch: i32, time: i32, input: i32, units: i32): f64 {
  const width = gatesWidth(units, 3);
  return <f64>packedSize(units, width) + floats(batch * width) + floats(batch * time * input);
}

/**
 * Reads `x [batch, time, input]`, `kernel [input, 3 units]`, `recurrent [units, 3 units]`, `bias` and `recurrentBias
 * [3 units]` and the output before the first step, `h0 [batch, units]`; writes `y [batch, time, units]` and `activations
 * [time, batch, 4 units]`: the gates after their nonlinearity, then the candidate's recurrent part with its bias when
 * `resetAfter`, else what the candidate's product read. `zBlock` to `nBlock` say which block of columns each gate has.
 */
export function gruForward(
  x: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  recurrentBias: usize,
  h0: usize,
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  zBlock: i32,
  rBlock: i32,
  nBlock: i32,
  resetAfter: bool,
  y: usize,
  activations: usize,
  scratch: usize,
): void {
  const packed = scratch;
  const products = packed + packedSize(units, gatesWidth(units, 3));
  const steps = products + floats(batch * gatesWidth(units, 3));
  inputProducts(x, kernel, batch, time, input, 3 * units, steps, activations, 4 * units);

  const work = <i64>batch * units * units;
  setArgument(0, batch);
  setArgument(1, time);
  setArgument(2, units);
  setArgument(3, zBlock);
  setArgument(4, rBlock);
  setArgument(5, nBlock);
  setArgument(6, <i32>packed);
  setArgument(7, <i32>products);
  setArgument(8, <i32>bias);
  setArgument(9, <i32>recurrentBias);
  let h = h0;
  let ldh = units;
  for (let t = 0; t < time; t++) {
    const out = y + floats(t * units);
    setArgument(10, <i32>h);
    setArgument(11, ldh);
    setArgument(12, <i32>activations);
    setArgument(13, <i32>out);
    // At the first step each range of units packs its part of the weights, for itself and the steps that follow.
    setArgument(14, t == 0 ? <i32>recurrent : 0);
    if (resetAfter) {
      parallel(GRU_STEP, unitChunks(3 * work, units));
    } else {
      parallel(GRU_GATES, unitChunks(2 * work, units));
      parallel(GRU_CANDIDATE, unitChunks(work, units));
    }
    h = out;
    ldh = time * units;
    activations += floats(4 * batch * units);
  }
}

/** A range of units at one step, where the reset gate weighs the product: all three products, then the gates. */
export function gruStepChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(2);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const packed = <usize>(<u32>argument(6));
  const products = <usize>(<u32>argument(7));
  const h = <usize>(<u32>argument(10));
  const ldh = argument(11);
  const matrix = <usize>(<u32>argument(14));
  const width = gatesWidth(units, 3);
  const end = gatesWidth(to, 3);
  if (matrix != 0) packGatesPart(matrix, 3 * units, units, units, units, 3, from, to, packed);
  gemmPacked(batch, width, units, 3 * from, end, h, ldh, packed, products, width, false);
  for (let b = 0; b < batch; b++) {
    gruResetAfter(
      <usize>(<u32>argument(12)) + floats(b * 4 * units),
      products + floats(b * width),
      from,
      to,
      h + floats(b * ldh),
      <usize>(<u32>argument(13)) + floats(b * argument(1) * units),
    );
  }
}

/** A range of units at one step, where the reset gate weighs the state: update and reset gate, and what it leaves. */
export function gruGatesChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(2);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const packed = <usize>(<u32>argument(6));
  const products = <usize>(<u32>argument(7));
  const h = <usize>(<u32>argument(10));
  const ldh = argument(11);
  const width = gatesWidth(units, 2);
  const end = gatesWidth(to, 2);
  if (argument(14) != 0) {
    const first = min(argument(3), argument(4));
    const apart = (max(argument(3), argument(4)) - first) * units;
    const matrix = <usize>(<u32>argument(14)) + floats(first * units);
    packGatesPart(matrix, 3 * units, apart, units, units, 2, from, to, packed);
  }
  gemmPacked(batch, width, units, 2 * from, end, h, ldh, packed, products, width, false);
  for (let b = 0; b < batch; b++) {
    gruGates(
      <usize>(<u32>argument(12)) + floats(b * 4 * units),
      products + floats(b * width),
      from,
      to,
      h + floats(b * ldh),
    );
  }
}

/** After {@link gruGatesChunk} of all units: the candidate's product of what the reset gates left, and the output. */
export function gruCandidateChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const units = argument(2);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const packed = <usize>(<u32>argument(6)) + packedSize(units, gatesWidth(units, 2));
  const products = <usize>(<u32>argument(7));
  const activations = <usize>(<u32>argument(12));
  const width = gatesWidth(units, 1);
  const end = gatesWidth(to, 1);
  if (argument(14) != 0) {
    const matrix = <usize>(<u32>argument(14)) + floats(argument(5) * units);
    packGatesPart(matrix, 3 * units, units, units, units, 1, from, to, packed);
  }
  const kept = activations + floats(3 * units);
  gemmPacked(batch, width, units, from, end, kept, 4 * units, packed, products, width, false);
  for (let b = 0; b < batch; b++) {
    gruRest(
      activations + floats(b * 4 * units),
      products + floats(b * width),
      from,
      to,
      <usize>(<u32>argument(10)) + floats(b * argument(11)),
      <usize>(<u32>argument(13)) + floats(b * argument(1) * units),
    );
  }
}
