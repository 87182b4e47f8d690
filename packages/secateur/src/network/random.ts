/** What a model takes: ids below `below`, or numbers. */
export interface InputSpec {
  readonly name: string;
  /** Sizes of the axes, the batch first. */
  readonly shape: readonly number[];
  /** Given for ids: they are whole numbers below it. */
  readonly below?: number;
}

/** Values of one input. */
export interface InputValues extends InputSpec {
  readonly data: Float64Array;
}

/** What a model gave, output by output. */
export interface OutputValues {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A model that can be run. */
export interface Runner {
  /** What runs it, for the report. */
  readonly by: string;
  /** What it takes for so many sequences of so many steps. */
  inputs(batch: number, steps: number): readonly InputSpec[];
  run(inputs: readonly InputValues[]): Promise<readonly OutputValues[]>;
}

/** Draws inputs that depend on the seed alone: ids evenly, numbers evenly between -1 and 1. */
export function drawInputs(specs: readonly InputSpec[], seed: number): InputValues[] {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  // Mulberry32: 32 bits of state are enough for inputs of a comparison.
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return specs.map((spec) => {
    const { shape, below } = spec;
    const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) {
      // What a float32 holds, so that every runner reads the same.
      data[i] = below === undefined ? Math.fround(2 * draw() - 1) : Math.floor(draw() * below);
    }
    return { ...spec, data };
  });
}
