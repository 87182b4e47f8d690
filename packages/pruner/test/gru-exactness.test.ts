import {
  layoutFromJson,
  mergeLayouts,
  recurrentLayout,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { gruCell, gruResetBeforeCell } from '@secateur/kernels';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findRemovable,
  kerasGruLayout,
  kerasGruToSecateur,
  prune,
  torchGruLayout,
  torchToSecateur,
} from '@secateur/pruner';
import { gruDirection } from './gru-direction.ts';
import { lookUp, randomWeights, readOut, silence } from './random-network.ts';
import { runStack } from './recurrent-stack.ts';

/** Two layers of two directions: the dimension of each and, in ours and Keras's form, the name of its cell. */
const units = [
  ['f1', 'b1'],
  ['f2', 'b2'],
] as const;
const inputs = ['e', 'f1 + b1'];

type Cells = (dims: Record<string, number>) => Layout;

/** A form that weights of GRUs come in: its layout, and the way to ours. */
interface Form {
  readonly layout: Cells;
  readonly ours: (weights: Weights) => Weights;
}

/** The layouts of all four cells, each made by `make`. */
const each =
  (
    make: (options: {
      name: string;
      input: string;
      units: string;
      dims: Record<string, number>;
    }) => Layout,
  ): Cells =>
  (dims) =>
    mergeLayouts(
      ...units.flatMap((pair, n) =>
        pair.map((dim) => make({ name: dim, input: inputs[n]!, units: dim, dims })),
      ),
    );

const fromKeras =
  (resetAfter: boolean, useBias = true): Form['ours'] =>
  (weights) =>
    Object.assign(
      {},
      weights,
      ...units.flat().map((name) =>
        kerasGruToSecateur(
          {
            kernel: weights[`${name}/kernel`]!,
            recurrentKernel: weights[`${name}/recurrent_kernel`]!,
            bias: useBias ? weights[`${name}/bias`]! : undefined,
          },
          { resetAfter, name },
        ),
      ),
    ) as Weights;

const forms: Record<string, Form> = {
  ours: {
    layout: each((options) => recurrentLayout(gruCell, options)),
    ours: (weights) => weights,
  },
  'ours that resets before': {
    layout: each((options) => recurrentLayout(gruResetBeforeCell, options)),
    ours: (weights) => weights,
  },
  Keras: { layout: each(kerasGruLayout), ours: fromKeras(true) },
  'Keras with reset_after false': {
    layout: each((options) => kerasGruLayout({ ...options, resetAfter: false })),
    ours: fromKeras(false),
  },
  'Keras without biases': {
    layout: each((options) => kerasGruLayout({ ...options, useBias: false })),
    ours: fromKeras(true, false),
  },
  PyTorch: {
    layout: (dims) => torchGruLayout({ prefix: 'rnn.', input: 'e', units, dims }),
    ours: (weights) =>
      torchToSecateur(weights, {
        cell: 'gru',
        prefix: 'rnn.',
        name: (layer, reverse) => units[layer]![reverse ? 1 : 0],
      }),
  },
};

/** The four cells with an embedding below and a dense layer on top. */
function whole(form: Form, dims: Record<string, number>): Layout {
  const { v, e, f2, b2 } = dims as Record<'v' | 'e' | 'f2' | 'b2', number>;
  const out = { 'out/kernel': 'f2 + b2 -> v', 'out/bias': '-> v' };
  return mergeLayouts(
    layoutFromJson({ dims: { v, e }, weights: { embedding: 'v -> e [lookup]' } }),
    form.layout(dims),
    layoutFromJson({ dims: { f2, b2, v }, weights: out }),
  );
}

function logits(weights: Weights, form: Form, ids: readonly number[]): Float64Array {
  const ours = form.ours(weights);
  const layers = units.map((pair) => pair.map((name) => gruDirection(ours, name)));
  const y = runStack(lookUp(weights['embedding']!, ids), ids.length, layers);
  return readOut(y, ids.length, weights);
}

const size = fc.integer({ min: 1, max: 4 });
const recipes = fc.record({
  dims: fc.record({
    v: fc.integer({ min: 2, max: 5 }),
    e: size,
    f1: size,
    b1: size,
    f2: size,
    b2: size,
  }),
  masks: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 4, maxLength: 4 }),
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
});

describe.each(Object.entries(forms))('findRemovable and prune of %s GRUs', (_, form) => {
  test('leave the logits as they are, with biases on dead units', () => {
    fc.assert(
      fc.property(recipes, ({ dims, masks, seed }) => {
        const layout = whole(form, dims);
        const weights = randomWeights(layout, seed);
        const dead: Record<string, number[]> = {};
        for (const [d, dim] of units.flat().entries()) {
          const chosen = Array.from({ length: dims[dim] }, (_, k) => k);
          const marked = chosen.filter((k) => (masks[d]! >> k) & 1);
          dead[dim] = marked.length === dims[dim] ? marked.slice(1) : marked;
          for (const k of dead[dim]) silence(weights, layout, dim, k);
        }
        const found = findRemovable(weights, layout);
        expect(found.removed).toEqual(dead);
        expect(found.exact).toBe(true);
        const smaller = prune(weights, layout, found.kept);
        const ids = [1, 0, seed % dims.v, 1];
        const before = logits(weights, form, ids);
        const after = logits(smaller.weights, form, ids);
        before.forEach((value, i) =>
          expect(Math.abs(value - after[i]!)).toBeLessThanOrEqual(1e-12),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('see every unit that is alive: without it the logits differ', () => {
    const dims = { v: 3, e: 2, f1: 3, b1: 2, f2: 2, b2: 3 };
    const layout = whole(form, dims);
    const weights = randomWeights(layout, 3);
    expect(Object.values(findRemovable(weights, layout).removed).flat()).toEqual([]);
    const ids = [1, 0, 2];
    const before = logits(weights, form, ids);
    for (const dim of units.flat()) {
      const rest = Array.from({ length: dims[dim] - 1 }, (_, k) => k + 1);
      const after = logits(prune(weights, layout, { [dim]: rest }).weights, form, ids);
      const gap = Math.max(...before.map((value, i) => Math.abs(value - after[i]!)));
      expect(gap).toBeGreaterThan(1e-6);
    }
  });
});
