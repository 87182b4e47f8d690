import type { LstmReferenceInputs } from './lstm-reference.ts';

/** Gradients of every input of an LSTM, in float64, row-major. */
export interface LstmGradients {
  /** `[batch, time, input]` */
  readonly x: Float64Array;
  /** `[input, 4 * units]` */
  readonly kernel: Float64Array;
  /** `[units, 4 * units]` */
  readonly recurrent: Float64Array;
  /** `[4 * units]` */
  readonly bias: Float64Array;
  /** `[batch, units]` */
  readonly h0: Float64Array;
  /** `[batch, units]` */
  readonly c0: Float64Array;
}

/** What the loss makes of an LSTM's outputs: its gradient in each of them, zeros when left out. */
export interface LstmUpstream {
  /** In the outputs of every step, `[batch, time, units]`. */
  readonly y?: ArrayLike<number>;
  /** In the last output, `[batch, units]`. */
  readonly h?: ArrayLike<number>;
  /** In the last cell state, `[batch, units]`. */
  readonly c?: ArrayLike<number>;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/**
 * Back-propagates through an LSTM over whole sequences in plain float64 loops, one sequence after the other. The
 * derivatives are those of `c = f*c + i*g`, `h = o*tanh(c)`; `finiteDifference` of `lstmReference` checks them.
 */
export function lstmGradientReference(
  inputs: LstmReferenceInputs,
  upstream: LstmUpstream,
): LstmGradients {
  const { x, kernel, recurrent, bias, batch, time, input, units } = inputs;
  const { gates = 'ifgo', forgetBias = 0 } = inputs;
  const [i, f, g, o] = [...'ifgo'].map((gate) => gates.indexOf(gate) * units) as [
    number,
    number,
    number,
    number,
  ];
  const width = 4 * units;
  const out: LstmGradients = {
    x: new Float64Array(batch * time * input),
    kernel: new Float64Array(input * width),
    recurrent: new Float64Array(units * width),
    bias: new Float64Array(width),
    h0: new Float64Array(batch * units),
    c0: new Float64Array(batch * units),
  };

  for (let b = 0; b < batch; b++) {
    // Entry t of both is the state before step t.
    const hs = [Float64Array.from({ length: units }, (_, j) => inputs.h0?.[b * units + j] ?? 0)];
    const cs = [Float64Array.from({ length: units }, (_, j) => inputs.c0?.[b * units + j] ?? 0)];
    const acts: Float64Array[] = [];
    for (let t = 0; t < time; t++) {
      const z = Float64Array.from(bias);
      for (let n = 0; n < input; n++)
        for (let k = 0; k < width; k++)
          z[k]! += x[(b * time + t) * input + n]! * kernel[n * width + k]!;
      for (let n = 0; n < units; n++)
        for (let k = 0; k < width; k++) z[k]! += hs[t]![n]! * recurrent[n * width + k]!;
      const act = z.map((value, k) => {
        if (k >= g && k < g + units) return Math.tanh(value);
        return sigmoid(k >= f && k < f + units ? value + forgetBias : value);
      });
      acts.push(act);
      const c = cs[t]!.map((before, j) => act[f + j]! * before + act[i + j]! * act[g + j]!);
      cs.push(c);
      hs.push(c.map((value, j) => act[o + j]! * Math.tanh(value)));
    }

    const dh = Float64Array.from({ length: units }, (_, j) => upstream.h?.[b * units + j] ?? 0);
    const dc = Float64Array.from({ length: units }, (_, j) => upstream.c?.[b * units + j] ?? 0);
    for (let t = time - 1; t >= 0; t--) {
      const act = acts[t]!;
      const dz = new Float64Array(width);
      for (let j = 0; j < units; j++) {
        dh[j]! += upstream.y?.[(b * time + t) * units + j] ?? 0;
        const [ai, af, ag, ao] = [act[i + j]!, act[f + j]!, act[g + j]!, act[o + j]!];
        const squashed = Math.tanh(cs[t + 1]![j]!);
        dc[j]! += dh[j]! * ao * (1 - squashed ** 2);
        dz[i + j] = dc[j]! * ag * ai * (1 - ai);
        dz[f + j] = dc[j]! * cs[t]![j]! * af * (1 - af);
        dz[g + j] = dc[j]! * ai * (1 - ag ** 2);
        dz[o + j] = dh[j]! * squashed * ao * (1 - ao);
        dc[j]! *= af;
      }
      dh.fill(0);
      for (let k = 0; k < width; k++) out.bias[k]! += dz[k]!;
      for (let n = 0; n < input; n++) {
        const at = (b * time + t) * input + n;
        for (let k = 0; k < width; k++) {
          out.kernel[n * width + k]! += x[at]! * dz[k]!;
          out.x[at]! += kernel[n * width + k]! * dz[k]!;
        }
      }
      for (let n = 0; n < units; n++) {
        for (let k = 0; k < width; k++) {
          out.recurrent[n * width + k]! += hs[t]![n]! * dz[k]!;
          dh[n]! += recurrent[n * width + k]! * dz[k]!;
        }
      }
    }
    out.h0.set(dh, b * units);
    out.c0.set(dc, b * units);
  }
  return out;
}
