/** What {@link rhnReference} reads; all arrays row-major. */
export interface RhnReferenceInputs {
  /** `[batch, time, input]` */
  readonly x: ArrayLike<number>;
  /** `[input, 2 * units]` */
  readonly kernel: ArrayLike<number>;
  /** `[units, depth * 2 * units]` */
  readonly recurrent: ArrayLike<number>;
  /** `[depth * 2 * units]` */
  readonly bias: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly s0?: ArrayLike<number>;
  /** `[batch, units]`, default ones. */
  readonly mask?: ArrayLike<number>;
  /** Number of sequences. */
  readonly batch: number;
  /** Steps per sequence. */
  readonly time: number;
  /** Features per step. */
  readonly input: number;
  /** Width of the state. */
  readonly units: number;
  /** Recurrence depth. */
  readonly depth: number;
  /** Added to the transform gates before their sigmoid, default 0. */
  readonly transformBias?: number;
}

/** Gradients of an RHN's inputs, in float64, row-major; the mask is a constant. */
export interface RhnGradients {
  /** `[batch, time, input]` */
  readonly x: Float64Array;
  /** `[input, 2 * units]` */
  readonly kernel: Float64Array;
  /** `[units, depth * 2 * units]` */
  readonly recurrent: Float64Array;
  /** `[depth * 2 * units]` */
  readonly bias: Float64Array;
  /** `[batch, units]` */
  readonly s0: Float64Array;
}

/** One depth of one step of one sequence, as it was computed. */
interface Level {
  /** State before it, `[units]`. */
  readonly before: Float64Array;
  /** Candidates, `[units]`. */
  readonly h: Float64Array;
  /** Transform gates, `[units]`. */
  readonly t: Float64Array;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Computes an RHN over whole sequences in plain float64 loops; returns the outputs, `[batch, time, units]`. */
export function rhnReference(inputs: RhnReferenceInputs): Float64Array {
  const { batch, time, units } = inputs;
  const y = new Float64Array(batch * time * units);
  for (let b = 0; b < batch; b++) run(inputs, b, y);
  return y;
}

/**
 * Back-propagates `dy` `[batch, time, units]` through an RHN in plain float64 loops. The derivatives are those of
 * `s = (h - s) * t + s`; `finiteDifference` of {@link rhnReference} checks them.
 */
export function rhnGradientReference(
  inputs: RhnReferenceInputs,
  dy: ArrayLike<number>,
): RhnGradients {
  const { x, kernel, recurrent, mask, batch, time, input, units, depth } = inputs;
  const width = depth * 2 * units;
  const out: RhnGradients = {
    x: new Float64Array(batch * time * input),
    kernel: new Float64Array(input * 2 * units),
    recurrent: new Float64Array(units * width),
    bias: new Float64Array(width),
    s0: new Float64Array(batch * units),
  };
  for (let b = 0; b < batch; b++) {
    const levels = run(inputs, b, new Float64Array(batch * time * units));
    const ds = new Float64Array(units);
    for (let at = time * depth - 1; at >= 0; at--) {
      const step = Math.floor(at / depth);
      const level = at % depth;
      const { before, h, t } = levels[at]!;
      const dz = new Float64Array(2 * units);
      for (let j = 0; j < units; j++) {
        if (level === depth - 1) ds[j]! += dy[(b * time + step) * units + j]!;
        dz[j] = ds[j]! * t[j]! * (1 - h[j]! ** 2);
        dz[units + j] = ds[j]! * (h[j]! - before[j]!) * t[j]! * (1 - t[j]!);
        ds[j]! *= 1 - t[j]!;
      }
      const first = level * 2 * units;
      for (let k = 0; k < 2 * units; k++) {
        out.bias[first + k]! += dz[k]!;
        for (let j = 0; j < units; j++) {
          const m = mask?.[b * units + j] ?? 1;
          out.recurrent[j * width + first + k]! += before[j]! * m * dz[k]!;
          ds[j]! += recurrent[j * width + first + k]! * m * dz[k]!;
        }
        if (level > 0) continue;
        for (let i = 0; i < input; i++) {
          const from = (b * time + step) * input + i;
          out.kernel[i * 2 * units + k]! += x[from]! * dz[k]!;
          out.x[from]! += kernel[i * 2 * units + k]! * dz[k]!;
        }
      }
    }
    out.s0.set(ds, b * units);
  }
  return out;
}

/** Runs one sequence, writes its outputs to `y`, and returns all depths of all steps. */
function run(inputs: RhnReferenceInputs, b: number, y: Float64Array): Level[] {
  const { x, kernel, recurrent, bias, s0, mask, time, input, units, depth } = inputs;
  const { transformBias = 0 } = inputs;
  const width = depth * 2 * units;
  const levels: Level[] = [];
  let s = Float64Array.from({ length: units }, (_, j) => s0?.[b * units + j] ?? 0);
  for (let step = 0; step < time; step++) {
    for (let level = 0; level < depth; level++) {
      const first = level * 2 * units;
      const z = Float64Array.from({ length: 2 * units }, (_, k) => {
        let sum = bias[first + k]!;
        for (let j = 0; j < units; j++)
          sum += s[j]! * (mask?.[b * units + j] ?? 1) * recurrent[j * width + first + k]!;
        if (level > 0) return sum;
        for (let i = 0; i < input; i++)
          sum += x[(b * time + step) * input + i]! * kernel[i * 2 * units + k]!;
        return sum;
      });
      const h = z.slice(0, units).map(Math.tanh);
      const t = z.slice(units).map((value) => sigmoid(value + transformBias));
      levels.push({ before: s, h, t });
      s = s.map((value, j) => (h[j]! - value) * t[j]! + value);
    }
    y.set(s, (b * time + step) * units);
  }
  return levels;
}
