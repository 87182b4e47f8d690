// The whole loop once more in float64 and plain loops, without TensorFlow.js: what every backend must come to.
import { issGroups, type Weights } from '@secateur/groups';
import {
  lstmGradientReference,
  lstmReference,
  softmaxCrossEntropyGradientReference,
  softmaxCrossEntropyReference,
} from '@secateur/testing/numeric';
import { epsilon, layout, model, windowOf, type LoopOptions } from './setup.ts';

/** Weights in float64, by name. */
export type Float64Weights = Readonly<Record<string, Float64Array>>;

interface State {
  h: Float64Array;
  c: Float64Array;
}

const { vocab, embed, hidden, batch, time } = model;
const [h1, h2] = hidden;
const rows = batch * time;
const groups = issGroups(layout);
const widthOf: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(layout.weights).map(([name, { axes }]) => [name, axes.at(-1)!.size]),
);

/** Trains from `first` and returns the weights and the loss of every step; `watch` sees the weights after each. */
export function trainReference(
  first: Weights,
  options: LoopOptions,
  watch: (weights: Float64Weights, step: number) => void = () => undefined,
): { weights: Float64Weights; losses: number[] } {
  const weights: Record<string, Float64Array> = Object.fromEntries(
    Object.entries(first).map(([name, { data }]) => [name, Float64Array.from(data)]),
  );
  const zero = (units: number): State => ({
    h: new Float64Array(batch * units),
    c: new Float64Array(batch * units),
  });
  const state: [State, State] = [zero(h1), zero(h2)];
  const losses: number[] = [];
  for (let step = 0; step < options.steps; step++) {
    const { loss, gradients } = lossAndGradients(weights, state, step);
    losses.push(loss);
    descend(weights, gradients, options);
    watch(weights, step);
  }
  return { weights, losses };
}

/** `[n, k] x [k, m]`, row-major. */
function multiply(a: Float64Array, b: Float64Array, n: number, k: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < k; j++)
      for (let l = 0; l < m; l++) out[i * m + l]! += a[i * k + j]! * b[j * m + l]!;
  return out;
}

function transpose(a: Float64Array, n: number, m: number): Float64Array {
  return a.map((_, at) => a[(at % n) * m + Math.floor(at / n)]!);
}

/** Loss summed over time and averaged over the batch, its gradients, and the state moved on. */
function lossAndGradients(
  weights: Float64Weights,
  state: [State, State],
  step: number,
): { loss: number; gradients: Record<string, Float64Array> } {
  const { inputs: words, targets } = windowOf(step);
  const table = weights['embedding']!;
  const x = Float64Array.from(
    { length: rows * embed },
    (_, at) => table[words[Math.floor(at / embed)]! * embed + (at % embed)]!,
  );
  const layer = (name: string, input: Float64Array, from: State, width: number, units: number) => ({
    x: input,
    kernel: weights[`${name}/kernel`]!,
    recurrent: weights[`${name}/recurrent`]!,
    bias: weights[`${name}/bias`]!,
    h0: from.h,
    c0: from.c,
    batch,
    time,
    input: width,
    units,
  });
  const lstm1 = layer('lstm1', x, state[0], embed, h1);
  const out1 = lstmReference(lstm1);
  const lstm2 = layer('lstm2', out1.y, state[1], h1, h2);
  const out2 = lstmReference(lstm2);
  const kernel = weights['softmax/kernel']!;
  const bias = weights['softmax/bias']!;
  const logits = multiply(out2.y, kernel, rows, h2, vocab).map((l, at) => l + bias[at % vocab]!);
  const loss = softmaxCrossEntropyReference(logits, targets).reduce((a, b) => a + b, 0) / batch;

  const share = new Float64Array(rows).fill(1 / batch);
  const dlogits = softmaxCrossEntropyGradientReference(logits, targets, share);
  const dy2 = multiply(dlogits, transpose(kernel, h2, vocab), rows, vocab, h2);
  const back2 = lstmGradientReference(lstm2, { y: dy2 });
  const back1 = lstmGradientReference(lstm1, { y: back2.x });
  const dtable = new Float64Array(vocab * embed);
  back1.x.forEach((value, at) => {
    dtable[words[Math.floor(at / embed)]! * embed + (at % embed)]! += value;
  });
  const dbias = new Float64Array(vocab);
  dlogits.forEach((value, at) => (dbias[at % vocab]! += value));

  state[0] = { h: out1.h, c: out1.c };
  state[1] = { h: out2.h, c: out2.c };
  return {
    loss,
    gradients: {
      embedding: dtable,
      'lstm1/kernel': back1.kernel,
      'lstm1/recurrent': back1.recurrent,
      'lstm2/kernel': back2.kernel,
      'lstm2/recurrent': back2.recurrent,
      'lstm1/bias': back1.bias,
      'lstm2/bias': back2.bias,
      'softmax/kernel': multiply(transpose(out2.y, rows, h2), dlogits, h2, rows, vocab),
      'softmax/bias': dbias,
    },
  };
}

/** Positions of the entries of every slice that holds component `k`, by weight. */
function slicesOf(set: (typeof groups)[number], weights: Float64Weights, k: number) {
  return set.slices.map(({ weight, axis, start, multiplier }) => {
    const width = widthOf[weight]!;
    const positions = [...weights[weight]!.keys()].filter(
      (at) => (axis === 0 ? Math.floor(at / width) : at % width) === start + k,
    );
    return { weight, multiplier, positions };
  });
}

/** Sum of squares of component `k`, an entry counted once for every slice that holds it. */
function squares(set: (typeof groups)[number], weights: Float64Weights, k: number): number {
  return slicesOf(set, weights, k).reduce(
    (total, { weight, multiplier, positions }) =>
      total + multiplier * positions.reduce((sum, at) => sum + weights[weight]![at]! ** 2, 0),
    0,
  );
}

/** One step of gradient descent with the penalty, the clip, the proximal step and the threshold. */
function descend(
  weights: Record<string, Float64Array>,
  gradients: Record<string, Float64Array>,
  { penalty, lambda, threshold, clipNorm, learningRate }: LoopOptions,
): void {
  /** Calls `visit` with lambda over the norm of each component, for every entry of each of its slices. */
  const eachSlice = (
    smoothing: number,
    visit: (weight: string, at: number, ratio: number) => void,
  ): void => {
    const all = groups.flatMap((set) =>
      Array.from({ length: set.count }, (_, k) => {
        const ratio = lambda / Math.sqrt(squares(set, weights, k) + smoothing);
        return { ratio, slices: slicesOf(set, weights, k) };
      }),
    );
    for (const { ratio, slices } of all)
      for (const { weight, multiplier, positions } of slices)
        for (const at of positions) visit(weight, at, ratio * multiplier);
  };
  if (penalty === 'subgradient') {
    eachSlice(epsilon, (weight, at, ratio) => {
      gradients[weight]![at]! += ratio * weights[weight]![at]!;
    });
  }
  const norm = Math.sqrt(
    Object.values(gradients).reduce((sum, g) => sum + g.reduce((s, v) => s + v * v, 0), 0),
  );
  const scale = clipNorm / Math.max(norm, clipNorm);
  for (const [name, gradient] of Object.entries(gradients)) {
    weights[name] = weights[name]!.map((w, at) => w - learningRate * scale * gradient[at]!);
  }
  if (penalty === 'proximal') {
    const shrunk = Object.fromEntries(
      Object.entries(weights).map(([name, w]) => [name, w.slice()]),
    );
    eachSlice(1e-60, (weight, at, ratio) => {
      shrunk[weight]![at]! *= Math.max(0, 1 - learningRate * ratio);
    });
    Object.assign(weights, shrunk);
  }
  for (const [name, w] of Object.entries(weights)) {
    weights[name] = w.map((value) => (Math.abs(value) < threshold ? 0 : value));
  }
}
