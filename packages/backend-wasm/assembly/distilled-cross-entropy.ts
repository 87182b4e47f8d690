// Softmax cross-entropy from integer labels and from a teacher's logits, with its slopes, row by row. Nothing is kept between
// the passes over a row but its largest logits and its sums, so that no memory is needed beside the output.
import { exponential, largest } from './cross-entropy';
import { log } from './math';
import { floats } from './vector';

/**
 * For the rows `from` to `to - 1` of `logits` and `teacher` (`[rows, classes]`) and `labels [rows]` (int32) writes the `loss`,
 * `(1 - share) * CE(label) + share * temperature^2 * CE(teacher)`, and its `slopes [rows, classes]` in the logits. A label
 * outside `0 .. classes - 1` gives a loss of NaN.
 */
export function distilledCrossEntropy(
  logits: usize,
  teacher: usize,
  labels: usize,
  classes: i32,
  from: i32,
  to: i32,
  share: f32,
  temperature: f32,
  loss: usize,
  slopes: usize,
): void {
  const rate = <f32>(1.0 / <f64>temperature);
  const own = <f64>share * <f64>temperature;
  const rest = 1.0 - <f64>share;
  for (let row = from; row < to; row++) {
    const at = floats(row) * classes;
    const x = logits + at;
    const t = teacher + at;
    const label = load<i32>(labels + floats(row));
    const known = <u32>label < <u32>classes;
    const top = largest(x, classes);
    const topTeacher = largest(t, classes);
    const total = sumOfPowers(x, top, 1, classes);
    const cooled = temperature == 1 ? total : sumOfPowers(x, top, rate, classes);
    const wanted = sumOfPowers(t, topTeacher, rate, classes);
    const fromTeacher = writeSlopes(
      x,
      t,
      classes,
      top,
      topTeacher,
      rate,
      <f32>(rest / total),
      <f32>(own / cooled),
      <f32>(own / wanted),
      slopes + at,
    );
    if (known) {
      const place = slopes + at + floats(label);
      store<f32>(place, load<f32>(place) - <f32>rest);
    }
    const chosen = known ? <f64>load<f32>(x + floats(label)) : NaN;
    // Zero times the infinite loss of a label that the student rules out would be NaN.
    const fromLabel = rest == 0 ? 0 : rest * (log(total) + (<f64>top - chosen));
    // `-sum_j q_j log p_j` is `log(sum) - sum_j q_j (x_j - top) / T`, as the q add up to 1.
    const soft = log(cooled) - (fromTeacher / wanted) * <f64>rate;
    store<f32>(loss + floats(row), <f32>(fromLabel + own * <f64>temperature * soft));
  }
}

/** The sum of `exp((x - top) * rate)`. */
function sumOfPowers(x: usize, top: f32, rate: f32, count: i32): f64 {
  const shift = f32x4.splat(top);
  const factor = f32x4.splat(rate);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const power = exponential(f32x4.mul(f32x4.sub(v128.load(x + floats(j)), shift), factor));
    low = f64x2.add(low, f64x2.promote_low_f32x4(power));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(power, power, 2, 3, 0, 1)));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; j < count; j++) {
    const power = exponential(f32x4.splat((load<f32>(x + floats(j)) - top) * rate));
    sum += <f64>f32x4.extract_lane(power, 0);
  }
  return sum;
}

/**
 * Writes `a exp(x - top) + b exp((x - top) rate) - c exp((t - topTeacher) rate)` and returns the sum of
 * `exp((t - topTeacher) rate) (x - top)`, without the classes that the teacher rules out.
 */
function writeSlopes(
  x: usize,
  t: usize,
  count: i32,
  top: f32,
  topTeacher: f32,
  rate: f32,
  a: f32,
  b: f32,
  c: f32,
  out: usize,
): f64 {
  const factor = f32x4.splat(rate);
  const same = rate == 1;
  let sum: f64 = 0;
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const value = f32x4.sub(v128.load(x + floats(j)), f32x4.splat(top));
    const power = exponential(value);
    const cooled = same ? power : exponential(f32x4.mul(value, factor));
    const other = f32x4.sub(v128.load(t + floats(j)), f32x4.splat(topTeacher));
    const wanted = exponential(f32x4.mul(other, factor));
    v128.store(
      out + floats(j),
      f32x4.sub(
        f32x4.add(f32x4.mul(power, f32x4.splat(a)), f32x4.mul(cooled, f32x4.splat(b))),
        f32x4.mul(wanted, f32x4.splat(c)),
      ),
    );
    const products = v128.andnot(
      f32x4.mul(wanted, value),
      f32x4.eq(wanted, f32x4.splat(0)),
    );
    sum +=
      <f64>f32x4.extract_lane(products, 0) +
      <f64>f32x4.extract_lane(products, 1) +
      <f64>f32x4.extract_lane(products, 2) +
      <f64>f32x4.extract_lane(products, 3);
  }
  for (; j < count; j++) {
    const value = load<f32>(x + floats(j)) - top;
    const power = f32x4.extract_lane(exponential(f32x4.splat(value)), 0);
    const cooled = same ? power : f32x4.extract_lane(exponential(f32x4.splat(value * rate)), 0);
    const other = (load<f32>(t + floats(j)) - topTeacher) * rate;
    const wanted = f32x4.extract_lane(exponential(f32x4.splat(other)), 0);
    store<f32>(out + floats(j), power * a + cooled * b - wanted * c);
    if (wanted != 0) sum += <f64>wanted * <f64>value;
  }
  return sum;
}
