// LSTM over whole sequences: one product for the inputs of all steps, then for each step one job of the threads, in
// which a range of units gets its recurrent product and, while that is in the first cache, its gates (Wen et al. 2018,
// equation 1).
import { chunkStart, unitChunks } from './gemm';
import { inputProducts } from './input-products';
import { sigmoid4, tanh4 } from './math';
import { PANEL } from './pack';
import { gatesWidth, gemmPacked, packedSize, packGates } from './packed';
import { argument, parallel, setArgument } from './pool';
import { LSTM_FORWARD } from './tasks';
import { floats, loadSome, storeSome } from './vector';

/** Bytes of scratch space that {@link lstmForward} needs, 16-aligned; in float64, as they may exceed an address. */
export function lstmForwardScratch(batch: i32, time: i32, input: i32, units: i32): f64 {
  return (
    <f64>packedSize(units, gatesWidth(units, 4)) +
    floats(batch * gatesWidth(units, 4)) +
    floats(batch * time * input)
  );
}

/**
 * Reads `x [batch, time, input]`, `kernel [input, 4 units]`, `recurrent [units, 4 units]`, `bias [4 units]` and the state
 * before the first step, `h0` and `c0 [batch, units]`; writes `y [batch, time, units]`, `cLast [batch, units]`, the
 * gates after their sigmoid or tanh, `activations [time, batch, 4 units]`, and `states [time, batch, units]`.
 * `iBlock` to `oBlock` say which block of columns each gate has.
 */
export function lstmForward(
  x: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
  h0: usize,
  c0: usize,
  batch: i32,
  time: i32,
  input: i32,
  units: i32,
  iBlock: i32,
  fBlock: i32,
  gBlock: i32,
  oBlock: i32,
  forgetBias: f32,
  y: usize,
  cLast: usize,
  activations: usize,
  states: usize,
  scratch: usize,
): void {
  const width = 4 * units;
  const packed = scratch;
  const products = packed + packedSize(units, gatesWidth(units, 4));
  const steps = products + floats(batch * gatesWidth(units, 4));
  inputProducts(x, kernel, batch, time, input, width, steps, activations, width);
  packGates(recurrent, width, units, units, 4, packed);

  const chunks = unitChunks(<i64>batch * units * width, units);
  let h = h0;
  let ldh = units;
  let c = c0;
  for (let t = 0; t < time; t++) {
    const out = y + floats(t * units);
    setArgument(0, batch);
    setArgument(1, time);
    setArgument(2, units);
    setArgument(3, <i32>h);
    setArgument(4, ldh);
    setArgument(5, <i32>c);
    setArgument(6, <i32>packed);
    setArgument(7, <i32>products);
    setArgument(8, <i32>activations);
    setArgument(9, <i32>bias);
    setArgument(10, <i32>out);
    setArgument(11, <i32>states);
    setArgument(12, iBlock);
    setArgument(13, fBlock);
    setArgument(14, gBlock);
    setArgument(15, oBlock);
    setArgument(16, reinterpret<i32>(forgetBias));
    parallel(LSTM_FORWARD, chunks);
    h = out;
    ldh = time * units;
    c = states;
    states += floats(batch * units);
    activations += floats(batch * width);
  }
  memory.copy(cLast, c, floats(batch * units));
}

/** A range of units at one step: their recurrent products, then their gates. */
export function forwardChunk(chunk: i32, chunks: i32): void {
  const batch = argument(0);
  const time = argument(1);
  const units = argument(2);
  const h = <usize>(<u32>argument(3));
  const c = <usize>(<u32>argument(5));
  const products = <usize>(<u32>argument(7));
  const activations = <usize>(<u32>argument(8));
  const out = <usize>(<u32>argument(10));
  const states = <usize>(<u32>argument(11));
  const width = gatesWidth(units, 4);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const end = gatesWidth(to, 4);
  const packed = <usize>(<u32>argument(6));
  gemmPacked(batch, width, units, 4 * from, end, h, argument(4), packed, products, width, false);
  for (let b = 0; b < batch; b++) {
    gates(
      activations + floats(b * 4 * units),
      products + floats(b * width),
      <usize>(<u32>argument(9)),
      units,
      from,
      to,
      c + floats(b * units),
      states + floats(b * units),
      out + floats(b * time * units),
    );
  }
}

/**
 * One sequence's gates at one step, for a range of units: `c = f * cPrevious + i * g`, `h = o * tanh(c)`. `z` holds the
 * input's products and becomes the activations; `products` holds the recurrent ones, gate by gate in whole panels.
 */
function gates(
  z: usize,
  products: usize,
  bias: usize,
  units: i32,
  from: i32,
  to: i32,
  cPrevious: usize,
  c: usize,
  h: usize,
): void {
  const i = argument(12);
  const f = argument(13);
  const g = argument(14);
  const o = argument(15);
  const shift = f32x4.splat(reinterpret<f32>(argument(16)));
  for (let j = from; j < to; j += 4) {
    const count = to - j;
    const at = floats(j);
    const panels = products + floats(4 * (j & -PANEL) + (j & (PANEL - 1)));
    const input = sigmoid4(sum(z, panels, bias, i, units, j, count));
    const forget = sigmoid4(f32x4.add(sum(z, panels, bias, f, units, j, count), shift));
    const candidate = tanh4(sum(z, panels, bias, g, units, j, count));
    const output = sigmoid4(sum(z, panels, bias, o, units, j, count));
    const state = f32x4.add(
      f32x4.mul(forget, loadSome(cPrevious + at, count)),
      f32x4.mul(input, candidate),
    );
    storeSome(z + floats(i * units + j), input, count);
    storeSome(z + floats(f * units + j), forget, count);
    storeSome(z + floats(g * units + j), candidate, count);
    storeSome(z + floats(o * units + j), output, count);
    storeSome(c + at, state, count);
    storeSome(h + at, f32x4.mul(output, tanh4(state)), count);
  }
}

/** What goes into four units of a gate: the input's products, the recurrent ones and the bias. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function sum(z: usize, panels: usize, bias: usize, gate: i32, units: i32, j: i32, count: i32): v128 {
  const at = floats(gate * units + j);
  const products = f32x4.add(loadSome(z + at, count), v128.load(panels + floats(gate * PANEL)));
  return f32x4.add(products, loadSome(bias + at, count));
}
