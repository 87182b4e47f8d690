// LSTM over whole sequences: one product for the inputs of all steps, then for each step the recurrent product, added in
// place, and one pass over its result for the gates (Wen et al. 2018, equation 1).
import { gemm, gemmPacked, gemmScratch, pack, packedSize } from './gemm';
import { sigmoid4, tanh4 } from './math';
import { toTimeMajor } from './time-major';
import { floats, loadSome, storeSome } from './vector';

/** Bytes of scratch space that {@link lstmForward} needs, 16-aligned. */
export function lstmForwardScratch(batch: i32, time: i32, input: i32, units: i32): usize {
  return gemmScratch() + packedSize(units, 4 * units) + floats(batch * time * input);
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
  const packed = scratch + gemmScratch();
  const steps = packed + packedSize(units, width);
  toTimeMajor(x, batch, time, input, steps);
  gemm(
    time * batch,
    width,
    input,
    steps,
    input,
    false,
    kernel,
    width,
    false,
    activations,
    width,
    false,
    scratch,
  );
  pack(recurrent, width, false, units, width, packed);
  let h = h0;
  let ldh = units;
  let c = c0;
  for (let t = 0; t < time; t++) {
    gemmPacked(batch, width, units, h, ldh, packed, activations, width, true, scratch);
    const out = y + floats(t * units);
    for (let b = 0; b < batch; b++) {
      gates(
        activations + floats(b * width),
        bias,
        units,
        floats(iBlock * units),
        floats(fBlock * units),
        floats(gBlock * units),
        floats(oBlock * units),
        forgetBias,
        c + floats(b * units),
        states + floats(b * units),
        out + floats(b * time * units),
      );
    }
    h = out;
    ldh = time * units;
    c = states;
    states += floats(batch * units);
    activations += floats(batch * width);
  }
  memory.copy(cLast, c, floats(batch * units));
}

/** One sequence's gates at one step, in place: `c = f * cPrevious + i * g`, `h = o * tanh(c)`. */
function gates(
  z: usize,
  bias: usize,
  units: i32,
  i: usize,
  f: usize,
  g: usize,
  o: usize,
  forgetBias: f32,
  cPrevious: usize,
  c: usize,
  h: usize,
): void {
  const shift = f32x4.splat(forgetBias);
  for (let j = 0; j < units; j += 4) {
    const count = units - j;
    const at = floats(j);
    const input = sigmoid4(sum(z + i + at, bias + i + at, count));
    const forget = sigmoid4(f32x4.add(sum(z + f + at, bias + f + at, count), shift));
    const candidate = tanh4(sum(z + g + at, bias + g + at, count));
    const output = sigmoid4(sum(z + o + at, bias + o + at, count));
    const state = f32x4.add(
      f32x4.mul(forget, loadSome(cPrevious + at, count)),
      f32x4.mul(input, candidate),
    );
    storeSome(z + i + at, input, count);
    storeSome(z + f + at, forget, count);
    storeSome(z + g + at, candidate, count);
    storeSome(z + o + at, output, count);
    storeSome(c + at, state, count);
    storeSome(h + at, f32x4.mul(output, tanh4(state)), count);
  }
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function sum(a: usize, b: usize, count: i32): v128 {
  return f32x4.add(loadSome(a, count), loadSome(b, count));
}
