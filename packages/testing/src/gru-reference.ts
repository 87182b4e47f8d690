/** What {@link gruReference} reads; all arrays row-major. */
export interface GruReferenceInputs {
  /** `[batch, time, input]` */
  readonly x: ArrayLike<number>;
  /** `[input, 3 * units]` */
  readonly kernel: ArrayLike<number>;
  /** `[units, 3 * units]` */
  readonly recurrent: ArrayLike<number>;
  /** `[3 * units]` */
  readonly bias: ArrayLike<number>;
  /** `[3 * units]`, default zeros. */
  readonly recurrentBias?: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly h0?: ArrayLike<number>;
  /** Number of sequences. */
  readonly batch: number;
  /** Steps per sequence. */
  readonly time: number;
  /** Features per step. */
  readonly input: number;
  /** Hidden units. */
  readonly units: number;
  /** Order of the three blocks of columns: a permutation of `zrn` (the default). */
  readonly gates?: string;
  /** Whether the reset gate weighs the candidate's recurrent product (the default) or the output that it reads. */
  readonly resetAfter?: boolean;
}

/** Gradients of every input of a GRU, in float64, row-major. */
export interface GruGradients {
  /** `[batch, time, input]` */
  readonly x: Float64Array;
  /** `[input, 3 * units]` */
  readonly kernel: Float64Array;
  /** `[units, 3 * units]` */
  readonly recurrent: Float64Array;
  /** `[3 * units]` */
  readonly bias: Float64Array;
  /** `[3 * units]` */
  readonly recurrentBias: Float64Array;
  /** `[batch, units]` */
  readonly h0: Float64Array;
}

/** One step of one sequence as it was computed, `[units]` each. */
interface Step {
  /** Output of the step before. */
  readonly before: Float64Array;
  /** Update gates. */
  readonly z: Float64Array;
  /** Reset gates. */
  readonly r: Float64Array;
  /** Candidates. */
  readonly n: Float64Array;
  /** Recurrent parts of the candidates, with their bias, where the reset gate comes after the product. */
  readonly own: Float64Array;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Computes a GRU over whole sequences in plain float64 loops; returns the outputs, `[batch, time, units]`. */
export function gruReference(inputs: GruReferenceInputs): Float64Array {
  const { batch, time, units } = inputs;
  const y = new Float64Array(batch * time * units);
  for (let b = 0; b < batch; b++) run(inputs, b, y);
  return y;
}

/**
 * Back-propagates `dy` `[batch, time, units]` through a GRU in plain float64 loops, weight by weight. The derivatives are
 * those of `h = z * h + (1 - z) * n`; `finiteDifference` of {@link gruReference} checks them.
 */
export function gruGradientReference(
  inputs: GruReferenceInputs,
  dy: ArrayLike<number>,
): GruGradients {
  const { x, kernel, recurrent, batch, time, input, units, resetAfter = true } = inputs;
  const width = 3 * units;
  const first = blocksOf(inputs);
  const out: GruGradients = {
    x: new Float64Array(batch * time * input),
    kernel: new Float64Array(input * width),
    recurrent: new Float64Array(units * width),
    bias: new Float64Array(width),
    recurrentBias: new Float64Array(width),
    h0: new Float64Array(batch * units),
  };
  for (let b = 0; b < batch; b++) {
    const steps = run(inputs, b, new Float64Array(batch * time * units));
    let dh = new Float64Array(units);
    for (let t = time - 1; t >= 0; t--) {
      const { before, z, r, n, own } = steps[t]!;
      const dBefore = new Float64Array(units);
      const dReset = new Float64Array(units);
      // Gradients before the nonlinearities, of the inputs' parts and of the recurrent parts.
      const dz = new Float64Array(width);
      for (let j = 0; j < units; j++) {
        const d = dh[j]! + dy[(b * time + t) * units + j]!;
        dz[first.z + j] = d * (before[j]! - n[j]!) * z[j]! * (1 - z[j]!);
        dz[first.n + j] = d * (1 - z[j]!) * (1 - n[j]! ** 2);
        dBefore[j] = d * z[j]!;
      }
      const dOwn = dz.slice();
      for (let j = 0; j < units; j++) {
        if (resetAfter) {
          dReset[j] = dz[first.n + j]! * own[j]!;
          dOwn[first.n + j]! *= r[j]!;
          continue;
        }
        for (let k = 0; k < units; k++) {
          const through = recurrent[j * width + first.n + k]! * dz[first.n + k]!;
          dReset[j]! += before[j]! * through;
          dBefore[j]! += r[j]! * through;
        }
      }
      for (let j = 0; j < units; j++) {
        dz[first.r + j] = dReset[j]! * r[j]! * (1 - r[j]!);
        dOwn[first.r + j] = dz[first.r + j]!;
      }
      for (let k = 0; k < width; k++) {
        const isCandidate = k >= first.n && k < first.n + units;
        out.bias[k]! += dz[k]!;
        out.recurrentBias[k]! += dOwn[k]!;
        for (let i = 0; i < input; i++) {
          const at = (b * time + t) * input + i;
          out.kernel[i * width + k]! += x[at]! * dz[k]!;
          out.x[at]! += kernel[i * width + k]! * dz[k]!;
        }
        for (let j = 0; j < units; j++) {
          const kept = isCandidate && !resetAfter ? r[j]! : 1;
          out.recurrent[j * width + k]! += kept * before[j]! * dOwn[k]!;
          if (resetAfter || !isCandidate) dBefore[j]! += recurrent[j * width + k]! * dOwn[k]!;
        }
      }
      dh = dBefore;
    }
    out.h0.set(dh, b * units);
  }
  return out;
}

/** First column of each gate. */
function blocksOf({ gates = 'zrn', units }: GruReferenceInputs): Record<'z' | 'r' | 'n', number> {
  return {
    z: gates.indexOf('z') * units,
    r: gates.indexOf('r') * units,
    n: gates.indexOf('n') * units,
  };
}

/** Runs one sequence, writes its outputs to `y`, and returns all steps. */
function run(inputs: GruReferenceInputs, b: number, y: Float64Array): Step[] {
  const { x, kernel, recurrent, bias, recurrentBias, h0, time, input, units } = inputs;
  const { resetAfter = true } = inputs;
  const width = 3 * units;
  const first = blocksOf(inputs);
  const steps: Step[] = [];
  let h = Float64Array.from({ length: units }, (_, j) => h0?.[b * units + j] ?? 0);
  for (let t = 0; t < time; t++) {
    const fromInput = (block: number): Float64Array =>
      Float64Array.from({ length: units }, (_, j) => {
        let sum = bias[block + j]!;
        for (let i = 0; i < input; i++)
          sum += x[(b * time + t) * input + i]! * kernel[i * width + block + j]!;
        return sum;
      });
    const fromState = (state: Float64Array, block: number): Float64Array =>
      Float64Array.from({ length: units }, (_, j) => {
        let sum = recurrentBias?.[block + j] ?? 0;
        for (let i = 0; i < units; i++) sum += state[i]! * recurrent[i * width + block + j]!;
        return sum;
      });
    const gate = (block: number): Float64Array => {
      const own = fromState(h, block);
      return fromInput(block).map((value, j) => sigmoid(value + own[j]!));
    };
    const before = h;
    const [z, r] = [gate(first.z), gate(first.r)];
    const own = fromState(resetAfter ? before : before.map((value, j) => value * r[j]!), first.n);
    const n = fromInput(first.n).map((value, j) =>
      Math.tanh(value + (resetAfter ? r[j]! : 1) * own[j]!),
    );
    steps.push({ before, z, r, n, own });
    h = before.map((value, j) => z[j]! * value + (1 - z[j]!) * n[j]!);
    y.set(h, (b * time + t) * units);
  }
  return steps;
}
