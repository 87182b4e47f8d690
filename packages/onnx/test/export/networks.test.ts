import type { Network } from '@secateur/cells';
import type { Layout, Weights } from '@secateur/groups';
import { recurrentDims } from '@secateur/groups';
import {
  decodeOnnx,
  nextStates,
  onnxMetadata,
  pruneOnnx,
  toOnnx,
  zeroStates,
} from '@secateur/onnx';
import { findRemovable, prune } from '@secateur/pruner';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { BATCH, cases, feedsOf, LENGTHS, ours, statesOf, TIME } from '../support/networks.ts';
import { runOnnx, runtimes, type Feeds } from '../support/run-onnx.ts';

/** Plants dead components in every dimension that ISS prunes, and cuts them out. */
function pruned(net: Network, weights: Weights, layout: Layout, dead: Record<string, number[]>) {
  const planted = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => {
      const values = data.slice();
      layout.weights[name]!.axes.forEach(({ role, segments }, axis) => {
        if (role === 'writes') return;
        const size = shape[axis]!;
        const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
        for (const { dim, start } of segments) {
          for (const component of dead[dim ?? ''] ?? []) {
            for (let k = 0; k < values.length; k++)
              if (Math.floor(k / inner) % size === start + component) values[k] = 0;
          }
        }
      });
      return [name, { shape, data: values }];
    }),
  );
  const { kept } = findRemovable(planted, layout, { atLeast: 0 });
  return { planted, ...prune(planted, layout, kept) };
}

describeBackend('toOnnx', () => {
  describe.each(runtimes)('in %s', (runtime) => {
    test.each(cases)('$name compute what they compute here', async ({ net, dims, x }) => {
      const layout = net.layout(dims);
      const weights = net.init(dims, 5);
      const states = statesOf(net, weights);
      const expected = ours(net, weights, x, states);
      const model = toOnnx(net, { weights, layout });
      const [found] = await runOnnx(runtime, model, feedsOf(x, states));
      expect(Object.keys(found!).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, { data }] of Object.entries(expected))
        expectAllClose(found![name]!.data, data, { atol: 1e-5, rtol: 0 });
      expect(found!['y']!.dims).toEqual(expected['y']!.dims);
    });

    test('one file runs step by step as it runs whole texts', async () => {
      const { net, dims, x } = cases[0]!;
      const weights = net.init(dims, 6);
      const model = toOnnx(net, { weights, layout: net.layout(dims) });
      const whole = ours(net, weights, x, {})['y']!;
      let feeds: Feeds = zeroStates(model, BATCH);
      const width = whole.dims[2]!;
      for (let t = 0; t < TIME; t++) {
        const data = Int32Array.from({ length: BATCH }, (_, b) => x.data[b * TIME + t]!);
        const step = { ...feeds, ids: { dims: [BATCH, 1], data } };
        const [found] = await runOnnx(runtime, model, step);
        for (let b = 0; b < BATCH; b++) {
          const from = (b * TIME + t) * width;
          const expected = whole.data.slice(from, from + width);
          const given = found!['y']!.data.slice(b * width, (b + 1) * width);
          expectAllClose(given, expected, { atol: 1e-5, rtol: 0 });
        }
        feeds = { ...feeds, ...nextStates(found!) };
      }
    });

    test('sequences of different lengths, read from both ends', async () => {
      const { net, dims, x } = cases[3]!;
      const weights = net.init(dims, 7);
      const expected = ours(net, weights, x, {}, LENGTHS)['y']!;
      const model = toOnnx(net, { weights, layout: net.layout(dims) }, { lengths: true });
      const [found] = await runOnnx(runtime, model, feedsOf(x, {}, LENGTHS));
      expectAllClose(found!['y']!.data, expected.data, { atol: 1e-5, rtol: 0 });
    });

    test.each([
      { ...cases[0]!, dead: { h1: [0, 3, 6] }, left: { h1: 4 } },
      { ...cases[1]!, dead: { width: [1, 4] }, left: { width: 4 } },
      { ...cases[2]!, dead: { h1: [0, 1, 2, 3, 4, 5, 6], h2: [2] }, left: { h1: 0, h2: 4 } },
      {
        ...{ ...cases[3]!, dead: { 'first/bw': [0, 1, 2], 'second/fw': [1] } },
        left: { 'first/bw': 0, 'second/fw': 1 },
      },
    ])('$name, pruned, compute what the whole network does', async (one) => {
      const { net, dims, x, dead, left } = one;
      const whole = pruned(net, net.init(dims, 8), net.layout(dims), dead as never);
      expect(whole.layout.dims).toMatchObject(left);
      const [expected, found] = [whole.planted, whole.weights].map(
        (weights) => ours(net, weights, x, {})['y']!,
      );
      expectAllClose(found!.data, expected!.data, { atol: 1e-6, rtol: 0 });
      const model = toOnnx(net, whole);
      const feeds = { ...feedsOf(x, {}), ...zeroStates(model, BATCH) };
      const [given] = await runOnnx(runtime, model, feeds);
      expectAllClose(given!['y']!.data, expected!.data, { atol: 1e-5, rtol: 0 });
    });
  });
});

test.each([
  { ...cases[2]!, dead: { h1: [0, 5], h2: [2] }, left: [5, 4] },
  // A Scan, whose width is that of the tied table as well.
  { ...cases[1]!, dead: { width: [1, 4] }, left: [4] },
])('$name: a file is pruned in place as the network is', async ({ net, dims, x, dead, left }) => {
  const whole = pruned(net, net.init(dims, 8), net.layout(dims), dead as never);
  const model = toOnnx(net, { weights: whole.planted, layout: net.layout(dims) });
  expect(() => pruneOnnx(model, { states: 'keep' })).toThrow('keeps its units');
  const { bytes, exact, layout, changed } = pruneOnnx(model);
  expect(exact).toBe(true);
  expect(recurrentDims(layout).map((dim) => layout.dims[dim])).toEqual(left);
  const states = Object.keys(net.states);
  expect(changed.map(({ name }) => name)).toEqual([
    ...states.map((name) => `${name}0`),
    ...states.map((name) => `${name}n`),
  ]);
  const [expected, found] = await Promise.all(
    [model, decodeOnnx(bytes)].map((each) =>
      runOnnx('onnxruntime-node', each, { ...feedsOf(x, {}), ...zeroStates(each, BATCH) }),
    ),
  );
  expectAllClose(found![0]!['y']!.data, expected![0]!['y']!.data, { atol: 1e-5, rtol: 0 });
});

test('layout and history travel in the file', () => {
  const { net, dims } = cases[0]!;
  const layout = net.layout(dims);
  const history = [{ step: 3, removed: { h1: 2 } }];
  const model = toOnnx(net, { weights: net.init(dims, 1), layout }, { history });
  expect(onnxMetadata(model)).toEqual({ layout, history });
  model.metadataProps[0]!.value = '{"dims": 3}';
  expect(() => onnxMetadata(model)).toThrow(
    /onnxMetadata: expected what toOnnx writes as secateur.layout, found something else/,
  );
});

test('a tied table is in the file once', () => {
  const { net, dims } = cases[0]!;
  const model = toOnnx(net, { weights: net.init(dims, 1), layout: net.layout(dims) });
  const tables = model.graph!.initializer.filter((each) => each.dims.includes(11n));
  expect(tables.map(({ name }) => name)).toEqual(['embedding', 'softmax/bias']);
});

test('weights of another network are an error', () => {
  const { net, dims } = cases[0]!;
  const weights = net.init(dims, 1);
  const layout = net.layout({ ...dims, h1: 8 });
  expect(() => toOnnx(net, { weights, layout })).toThrow(
    expect.objectContaining({ name: 'OnnxError', code: 'network' }),
  );
  expect(() => toOnnx(net, { weights, layout })).toThrow(
    /toOnnx: expected the weights and the layout of this network: .*lstm1\/kernel/,
  );
  expect(() => toOnnx({ layers: [] }, { weights, layout })).toThrow(/found none/);
  const opset = 7 as never;
  expect(() => toOnnx(net, { weights, layout: net.layout(dims) }, { opset })).toThrow(
    /toOnnx: expected opset 17, .* or 22, found 7; leave it out/,
  );
});
