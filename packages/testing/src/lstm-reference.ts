/** What {@link lstmReference} reads; all arrays row-major. */
export interface LstmReferenceInputs {
  /** `[batch, time, input]` */
  readonly x: ArrayLike<number>;
  /** `[input, 4 * units]` */
  readonly kernel: ArrayLike<number>;
  /** `[units, 4 * units]` */
  readonly recurrent: ArrayLike<number>;
  /** `[4 * units]` */
  readonly bias: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly h0?: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly c0?: ArrayLike<number>;
  /** Number of sequences. */
  readonly batch: number;
  /** Steps per sequence. */
  readonly time: number;
  /** Features per step. */
  readonly input: number;
  /** Hidden units. */
  readonly units: number;
  /** Order of the four blocks of columns: a permutation of `ifgo` (the default). */
  readonly gates?: string;
  /** Added to the forget gate before its sigmoid, default 0. */
  readonly forgetBias?: number;
}

/** What {@link lstmReference} computes, in float64. */
export interface LstmReference {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Float64Array;
  /** Last output, `[batch, units]`. */
  readonly h: Float64Array;
  /** Last cell state, `[batch, units]`. */
  readonly c: Float64Array;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Computes an LSTM over whole sequences in plain float64 loops: `c = f*c + i*g`, `h = o*tanh(c)`. */
export function lstmReference(inputs: LstmReferenceInputs): LstmReference {
  const { x, kernel, recurrent, bias, batch, time, input, units } = inputs;
  const { gates = 'ifgo', forgetBias = 0 } = inputs;
  const h = Float64Array.from(inputs.h0 ?? new Float64Array(batch * units));
  const c = Float64Array.from(inputs.c0 ?? new Float64Array(batch * units));
  const y = new Float64Array(batch * time * units);
  const width = 4 * units;

  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < time; t++) {
      const z = Float64Array.from(bias);
      for (let k = 0; k < width; k++) {
        for (let i = 0; i < input; i++)
          z[k]! += x[(b * time + t) * input + i]! * kernel[i * width + k]!;
        for (let j = 0; j < units; j++) z[k]! += h[b * units + j]! * recurrent[j * width + k]!;
      }
      for (let j = 0; j < units; j++) {
        const gate = (letter: string): number => z[gates.indexOf(letter) * units + j]!;
        const at = b * units + j;
        c[at] =
          sigmoid(gate('f') + forgetBias) * c[at]! + sigmoid(gate('i')) * Math.tanh(gate('g'));
        h[at] = sigmoid(gate('o')) * Math.tanh(c[at]);
        y[(b * time + t) * units + j] = h[at];
      }
    }
  }
  return { y, h, c };
}
