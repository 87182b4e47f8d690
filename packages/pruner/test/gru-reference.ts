/** What {@link gruReference} reads; all arrays row-major, blocks in the order z, r, n. */
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
  readonly recurrentBias?: ArrayLike<number> | undefined;
  readonly batch: number;
  readonly time: number;
  readonly input: number;
  readonly units: number;
  /** Whether the reset gate weighs the candidate's recurrent product (the default) or the state that goes into it. */
  readonly resetAfter?: boolean;
}

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** Outputs `[batch, time, units]` of a GRU in plain float64 loops: `h = z*h + (1 - z)*n`. */
export function gruReference(inputs: GruReferenceInputs): Float64Array {
  const { x, kernel, recurrent, bias, recurrentBias, batch, time, input, units } = inputs;
  const { resetAfter = true } = inputs;
  const y = new Float64Array(batch * time * units);
  for (let b = 0; b < batch; b++) {
    let h: number[] = new Array<number>(units).fill(0);
    for (let t = 0; t < time; t++) {
      const dot = (from: ArrayLike<number>, weight: ArrayLike<number>, column: number): number => {
        let sum = 0;
        for (let i = 0; i < from.length; i++) sum += from[i]! * weight[i * 3 * units + column]!;
        return sum;
      };
      const step = Array.from({ length: input }, (_, i) => x[(b * time + t) * input + i]!);
      const read = (column: number): number => bias[column]! + dot(step, kernel, column);
      const recall = (state: readonly number[], column: number): number =>
        (recurrentBias?.[column] ?? 0) + dot(state, recurrent, column);
      const gate = (block: number): number[] =>
        h.map((_, k) => sigmoid(read(block * units + k) + recall(h, block * units + k)));
      const [z, r] = [gate(0), gate(1)];
      const reset = h.map((value, k) => r[k]! * value);
      h = h.map((value, k) => {
        const column = 2 * units + k;
        const recalled = resetAfter ? r[k]! * recall(h, column) : recall(reset, column);
        return z[k]! * value + (1 - z[k]!) * Math.tanh(read(column) + recalled);
      });
      y.set(h, (b * time + t) * units);
    }
  }
  return y;
}
