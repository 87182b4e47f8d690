/** One direction of a recurrent layer: what it makes of one sequence, in float64. */
export interface Direction {
  readonly units: number;
  /** `[time, input]` to `[time, units]`. */
  readonly run: (x: Float64Array, time: number, input: number) => Float64Array;
}

/** Runs one sequence `[time, input]` through layers of one or two directions, whose outputs are joined. */
export function runStack(
  x: Float64Array,
  time: number,
  layers: readonly (readonly Direction[])[],
): Float64Array {
  let current = x;
  for (const directions of layers) {
    const input = current.length / time;
    const outputs = directions.map(({ run }, d) => {
      if (d === 0) return run(current, time, input);
      return reversed(run(reversed(current, time), time, input), time);
    });
    const joined = directions.reduce((sum, { units }) => sum + units, 0);
    const next = new Float64Array(time * joined);
    let offset = 0;
    for (const [d, { units }] of directions.entries()) {
      for (let t = 0; t < time; t++) {
        next.set(outputs[d]!.subarray(t * units, (t + 1) * units), t * joined + offset);
      }
      offset += units;
    }
    current = next;
  }
  return current;
}

function reversed(x: Float64Array, time: number): Float64Array {
  const width = x.length / time;
  const out = new Float64Array(x.length);
  for (let t = 0; t < time; t++)
    out.set(x.subarray(t * width, (t + 1) * width), (time - 1 - t) * width);
  return out;
}
