// Maxima and means over windows of images and volumes with the channels last. A maximum over NaN is NaN.
import { floats, storeSome } from './vector';

/**
 * Maxima (`mean` 0) or means (1) of each window of `x [batch, inD, inH, inW, channels]` into
 * `out [batch, outD, outH, outW, channels]`. Windows of `sizeD, sizeH, sizeW` start every `stride..` entries, the first of
 * them `before..` entries before the input; means are over what lies inside it.
 */
export function pool(
  mean: i32,
  x: usize,
  batch: i32,
  channels: i32,
  inD: i32,
  inH: i32,
  inW: i32,
  outD: i32,
  outH: i32,
  outW: i32,
  sizeD: i32,
  sizeH: i32,
  sizeW: i32,
  strideD: i32,
  strideH: i32,
  strideW: i32,
  beforeD: i32,
  beforeH: i32,
  beforeW: i32,
  out: usize,
): void {
  const position = floats(channels);
  for (let image = 0; image < batch; image++) {
    for (let d = 0; d < outD; d++) {
      const front = d * strideD - beforeD;
      const fromD = max(0, front);
      const depth = min(inD, front + sizeD) - fromD;
      for (let h = 0; h < outH; h++) {
        const top = h * strideH - beforeH;
        const fromH = max(0, top);
        const height = min(inH, top + sizeH) - fromH;
        for (let w = 0; w < outW; w++) {
          const left = w * strideW - beforeW;
          const fromW = max(0, left);
          const width = min(inW, left + sizeW) - fromW;
          const first = ((image * inD + fromD) * inH + fromH) * inW + fromW;
          const at = x + position * first;
          const row = position * inW;
          const plane = row * inH;
          if (mean) means(at, depth, height, width, row, plane, channels, out);
          else maxima(at, depth, height, width, row, plane, channels, out);
          out += position;
        }
      }
    }
  }
}

/** The maximum of each channel over a window whose first entry is at `x`; `row` and `plane` are bytes between those. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function maxima(
  x: usize,
  depth: i32,
  height: i32,
  width: i32,
  row: usize,
  plane: usize,
  channels: i32,
  out: usize,
): void {
  const none = f32x4.splat(-Infinity);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    let most = none;
    let most4 = none;
    // Ones in the lanes that met a NaN, which are a NaN: a maximum that keeps NaN itself is slow on x86.
    let lost = f32x4.splat(0);
    let lost4 = lost;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        let at = x + plane * d + row * h + floats(c);
        for (let w = 0; w < width; w++) {
          const value = v128.load(at);
          const value4 = v128.load(at, 16);
          most = f32x4.pmax(most, value);
          most4 = f32x4.pmax(most4, value4);
          lost = v128.or(lost, f32x4.ne(value, value));
          lost4 = v128.or(lost4, f32x4.ne(value4, value4));
          at += floats(channels);
        }
      }
    }
    v128.store(out + floats(c), v128.or(most, lost));
    v128.store(out + floats(c), v128.or(most4, lost4), 16);
  }
  for (; c < channels; c += 4) {
    const count = channels - c;
    let most = none;
    let lost = f32x4.splat(0);
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        let at = x + plane * d + row * h + floats(c);
        for (let w = 0; w < width; w++) {
          const value = count < 4 ? few(at, count) : v128.load(at);
          most = f32x4.pmax(most, value);
          lost = v128.or(lost, f32x4.ne(value, value));
          at += floats(channels);
        }
      }
    }
    storeSome(out + floats(c), v128.or(most, lost), count);
  }
}

/** The mean of each channel over a window, as {@link maxima}. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function means(
  x: usize,
  depth: i32,
  height: i32,
  width: i32,
  row: usize,
  plane: usize,
  channels: i32,
  out: usize,
): void {
  const entries = f32x4.splat(<f32>(depth * height * width));
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    let sum = f32x4.splat(0);
    let sum4 = sum;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        let at = x + plane * d + row * h + floats(c);
        for (let w = 0; w < width; w++) {
          sum = f32x4.add(sum, v128.load(at));
          sum4 = f32x4.add(sum4, v128.load(at, 16));
          at += floats(channels);
        }
      }
    }
    v128.store(out + floats(c), f32x4.div(sum, entries));
    v128.store(out + floats(c), f32x4.div(sum4, entries), 16);
  }
  for (; c < channels; c += 4) {
    const count = channels - c;
    let sum = f32x4.splat(0);
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        let at = x + plane * d + row * h + floats(c);
        for (let w = 0; w < width; w++) {
          sum = f32x4.add(sum, count < 4 ? few(at, count) : v128.load(at));
          at += floats(channels);
        }
      }
    }
    storeSome(out + floats(c), f32x4.div(sum, entries), count);
  }
}

/** One to three floats. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function few(from: usize, count: i32): v128 {
  let value = v128.load32_zero(from);
  if (count > 1) value = v128.load_lane<f32>(from, value, 1, 4);
  if (count > 2) value = v128.load_lane<f32>(from, value, 2, 8);
  return value;
}
