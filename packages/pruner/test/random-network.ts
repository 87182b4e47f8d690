import { parseLayout, type Layout, type NamedArray, type Weights } from '@secateur/groups';
import { lstmReference } from '@secateur/testing';
import { runStack, type Direction } from './recurrent-stack.ts';

/** A small random language model: sizes, directions and what its output layer reads. */
export interface Recipe {
  readonly vocab: number;
  readonly embed: number;
  /** One entry a layer: units of the forward direction and, if bidirectional, of the backward one. */
  readonly layers: readonly (readonly number[])[];
  /** Whether the output reads each unit's square too, through rows of their own: `2*(f1 + b1)`. */
  readonly products: boolean;
  readonly seed: number;
}

/** Uniform numbers from -0.5 to 0.5, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32 - 0.5;
  };
}

export function randomArray(shape: readonly number[], next: () => number): NamedArray {
  const size = shape.reduce((product, length) => product * length, 1);
  // A value of exactly 0 would make an entry dead by chance.
  return { shape: [...shape], data: Float32Array.from({ length: size }, () => next() || 0.25) };
}

export function layoutOf({ vocab, embed, layers, products }: Recipe): Layout {
  const dims = [`v = ${vocab}`, `e = ${embed}`];
  const lines = ['embedding  v -> e [lookup]'];
  let input = 'e';
  layers.forEach((directions, n) => {
    const names = directions.map((_, d) => `${d === 0 ? 'f' : 'b'}${n + 1}`);
    directions.forEach((units, d) => {
      const dim = names[d]!;
      dims.push(`${dim} = ${units}`);
      lines.push(`${dim}/kernel  ${input} -> 4*${dim}`);
      lines.push(`${dim}/recurrent  ${dim} -> 4*${dim}`);
      lines.push(`${dim}/bias  -> 4*${dim}`);
    });
    input = names.join(' + ');
  });
  lines.push(`out/kernel  ${products ? `2*(${input})` : input} -> v`, 'out/bias  -> v');
  return parseLayout(`dims ${dims.join('  ')}\n${lines.join('\n')}`);
}

export function randomWeights(layout: Layout, seed: number): Record<string, NamedArray> {
  const next = randomNumbers(seed);
  const weights: Record<string, NamedArray> = {};
  for (const [name, { axes }] of Object.entries(layout.weights)) {
    weights[name] = randomArray(
      axes.map(({ size }) => size),
      next,
    );
  }
  return weights;
}

/** Sets every entry to zero that reads component `k` of `dim`, but for what writes a component that `spare` names. */
export function silence(
  weights: Weights,
  layout: Layout,
  dim: string,
  k: number,
  spare: (dim: string, k: number) => boolean = () => false,
): void {
  for (const [name, { axes }] of Object.entries(layout.weights)) {
    const { data, shape } = weights[name]!;
    axes.forEach((axis, a) => {
      if (axis.role === 'writes') return;
      for (const segment of axis.segments) {
        if (segment.dim !== dim) continue;
        for (let i = 0; i < data.length; i++) {
          const at = positions(i, shape);
          if (at[a] !== segment.start + k) continue;
          const spared = axes.some((other, o) => {
            if (o === a || other.role === 'reads') return false;
            const to = other.segments.find(
              ({ start, size }) => at[o]! >= start && at[o]! < start + size,
            );
            return to?.dim !== undefined && spare(to.dim, at[o]! - to.start);
          });
          if (!spared) data[i] = 0;
        }
      }
    });
  }
}

function positions(index: number, shape: readonly number[]): number[] {
  const at = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = index % shape[axis]!;
    index = Math.floor(index / shape[axis]!);
  }
  return at;
}

/** One direction of an LSTM of ours, of whatever size its weights have. */
export function lstmDirection(weights: Weights, name: string): Direction {
  const units = weights[`${name}/recurrent`]!.shape[0]!;
  const [kernel, recurrent, bias] = ['kernel', 'recurrent', 'bias'].map(
    (part) => weights[`${name}/${part}`]!.data,
  ) as [Float32Array, Float32Array, Float32Array];
  const run: Direction['run'] = (x, time, input) =>
    lstmReference({ x, kernel, recurrent, bias, batch: 1, time, input, units }).y;
  return { units, run };
}

/** The rows `[time, width]` of a table `[vocab, width]`. */
export function lookUp(table: NamedArray, ids: readonly number[]): Float64Array {
  const width = table.shape[1]!;
  return Float64Array.from(
    ids.flatMap((id) => [...table.data.subarray(id * width, (id + 1) * width)]),
  );
}

/** Logits `[time, vocab]` of one sentence in float64, from whatever sizes the weights have. */
export function logitsOf(weights: Weights, recipe: Recipe, ids: readonly number[]): Float64Array {
  const layers = recipe.layers.map((directions, n) =>
    directions.map((_, d) => lstmDirection(weights, `${d === 0 ? 'f' : 'b'}${n + 1}`)),
  );
  const y = runStack(lookUp(weights['embedding']!, ids), ids.length, layers);
  return readOut(y, ids.length, weights, recipe.products);
}

/** What the dense layer `out` makes of `[time, input]`, and with `products` of the squares beside them. */
export function readOut(
  x: Float64Array,
  time: number,
  weights: Weights,
  products = false,
): Float64Array {
  const input = x.length / time;
  const { data: kernel } = weights['out/kernel']!;
  const { data: bias } = weights['out/bias']!;
  const vocab = bias.length;
  const logits = new Float64Array(time * vocab);
  for (let t = 0; t < time; t++) {
    const row = [...x.subarray(t * input, (t + 1) * input)];
    const features = products ? [...row, ...row.map((value) => value * value)] : row;
    for (let v = 0; v < vocab; v++) {
      let sum = bias[v]!;
      features.forEach((value, i) => (sum += value * kernel[i * vocab + v]!));
      logits[t * vocab + v] = sum;
    }
  }
  return logits;
}
