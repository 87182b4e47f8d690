import {
  dispose,
  mul,
  sum,
  tensor,
  tidy,
  variableGrads,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as functional,
  models,
  sequential,
  type LayersModel,
  type RNN,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  describeBackend,
  expectAllClose,
  gruGradientReference,
  gruReference,
  numbers,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { registerLayers, resetAfterGru } from '@secateur/cells/layers';

const [BATCH, TIME, INPUT, UNITS] = [2, 4, 3, 2];
const sizes = { batch: BATCH, time: TIME, input: INPUT, units: UNITS };
const x = numbers(BATCH * TIME * INPUT, 1);
const weights = {
  kernel: numbers(INPUT * 3 * UNITS, 2),
  recurrent: numbers(UNITS * 3 * UNITS, 3),
  bias: numbers(3 * UNITS, 4),
  recurrentBias: numbers(3 * UNITS, 5),
};
const init = { recurrentInitializer: 'zeros', kernelInitializer: 'zeros' } as const;

const inputs = (): Tensor => tensor([...x], [BATCH, TIME, INPUT]);

/** The weights in the layer's own shapes. */
function setWeights(layer: { setWeights(values: Tensor[]): void }, of = weights): void {
  tidy(() => {
    layer.setWeights([
      tensor([...of.kernel], [INPUT, 3 * UNITS]),
      tensor([...of.recurrent], [UNITS, 3 * UNITS]),
      tensor([...of.bias, ...of.recurrentBias], [2, 3 * UNITS]),
    ]);
  });
}

function modelOf(args: Partial<Parameters<typeof resetAfterGru>[0]> = {}): LayersModel {
  const layer = resetAfterGru({ units: UNITS, ...init, ...args });
  const start = args.stateful === true ? [BATCH, null, INPUT] : [null, null, INPUT];
  const x = input({ batchShape: start });
  const outputs = layer.apply(x) as SymbolicTensor | SymbolicTensor[];
  const model = functional({ inputs: x, outputs });
  setWeights(layer);
  return model;
}

const expected = (of = weights, values: ArrayLike<number> = x): Float64Array =>
  gruReference({ x: values, ...of, ...sizes });

/** `[batch, time, width]` with the steps the other way round. */
function reversed(values: ArrayLike<number>, width: number): number[] {
  const out: number[] = [];
  for (let b = 0; b < BATCH; b++) {
    for (let t = TIME - 1; t >= 0; t--) {
      const start = (b * TIME + t) * width;
      out.push(...Array.from(values).slice(start, start + width));
    }
  }
  return out;
}

/** Step `t` of `[batch, time, units]`. */
const step = (y: ArrayLike<number>, t: number): number[] =>
  Array.from({ length: BATCH }, (_, b) =>
    Array.from(y).slice((b * TIME + t) * UNITS, (b * TIME + t + 1) * UNITS),
  ).flat();

async function run(model: LayersModel, ...more: Tensor[]): Promise<number[][]> {
  const all = [inputs(), ...more];
  const out = model.predict(all.length === 1 ? all[0]! : all) as Tensor | Tensor[];
  const list = Array.isArray(out) ? out : [out];
  const data = await Promise.all(list.map((each) => each.data()));
  dispose([...all, ...list]);
  return data.map((values) => [...values]);
}

/** GRU with any gate and candidate activation in float64, straight from Keras's documentation of reset_after. */
function anyGru(gate: (v: number) => number, act: (v: number) => number): number[] {
  const { kernel, recurrent, bias, recurrentBias } = weights;
  const y: number[] = [];
  for (let b = 0; b < BATCH; b++) {
    let h = new Array<number>(UNITS).fill(0);
    for (let t = 0; t < TIME; t++) {
      const at = (block: number, k: number): [number, number] => {
        const column = block * UNITS + k;
        let own = bias[column]!;
        let state = recurrentBias[column]!;
        for (let i = 0; i < INPUT; i++)
          own += x[(b * TIME + t) * INPUT + i]! * kernel[i * 3 * UNITS + column]!;
        for (let j = 0; j < UNITS; j++) state += h[j]! * recurrent[j * 3 * UNITS + column]!;
        return [own, state];
      };
      h = h.map((before, k) => {
        const [z, r] = [0, 1].map((block) => {
          const [own, state] = at(block, k);
          return gate(own + state);
        }) as [number, number];
        const [own, state] = at(2, k);
        return z * before + (1 - z) * act(own + r * state);
      });
      y.push(...h);
    }
  }
  return y;
}

describeBackend('resetAfterGru', () => {
  test.each([
    ['left out', {}],
    ['undefined', { recurrentActivation: undefined }],
    ['sigmoid', { recurrentActivation: 'sigmoid' }],
  ])('has sigmoid gates when their activation is %s', async (_, args) => {
    const ones = { kernelInitializer: 'ones', recurrentInitializer: 'ones' } as const;
    const layer = resetAfterGru({ units: 1, inputShape: [1, 1], ...ones, ...(args as object) });
    const model = sequential({ layers: [layer] });
    const y = tidy(() => model.predict(tensor([1], [1, 1, 1])) as Tensor);
    // From zeros, with products of 1 and no bias: (1 - z) * n.
    expectAllClose(await y.data(), [(1 - 1 / (1 + Math.exp(-1))) * Math.tanh(1)]);
    dispose([y, ...model.weights.map((weight) => weight.read())]);
  });

  test('gives the last output, or all, as Keras defines them', async () => {
    const [last, all] = [modelOf(), modelOf({ returnSequences: true })];
    expectAllClose((await run(last))[0]!, step(expected(), TIME - 1));
    expectAllClose((await run(all))[0]!, expected());
    dispose([last, all].flatMap((model) => model.weights.map((weight) => weight.read())));
  });

  test('returns its state, and starts from one that is given', async () => {
    const layer = resetAfterGru({
      units: UNITS,
      ...init,
      returnSequences: true,
      returnState: true,
    });
    const inputTensor = input({ shape: [null, INPUT] as never });
    const state = input({ shape: [UNITS] });
    const outputs = layer.apply([inputTensor, state]) as SymbolicTensor[];
    const model = functional({ inputs: [inputTensor, state], outputs });
    setWeights(layer);
    const h0 = numbers(BATCH * UNITS, 6);
    const y = gruReference({ x, ...weights, ...sizes, h0 });
    const [all, last] = await run(model, tensor([...h0], [BATCH, UNITS]));
    expectAllClose(all!, y);
    expectAllClose(last!, step(y, TIME - 1));
    dispose(model.weights.map((weight) => weight.read()));
  });

  test('goes backwards, and in both directions', async () => {
    const back = modelOf({ goBackwards: true, returnSequences: true });
    const turned = expected(weights, reversed(x, INPUT));
    expectAllClose((await run(back))[0]!, turned);
    const both = sequential({
      layers: [
        layers.bidirectional({
          layer: resetAfterGru({ units: UNITS, ...init, returnSequences: true }) as never,
          mergeMode: 'concat',
          inputShape: [TIME, INPUT],
        }),
      ],
    });
    const [a, b, c] = both.getWeights().slice(0, 3);
    expect([a, b, c].map((weight) => weight!.shape)).toEqual([
      [INPUT, 3 * UNITS],
      [UNITS, 3 * UNITS],
      [2, 3 * UNITS],
    ]);
    const half = { setWeights: (values: Tensor[]) => both.setWeights([...values, ...values]) };
    setWeights(half);
    const there = expected();
    const again = reversed(turned, UNITS);
    const joined = Array.from({ length: BATCH * TIME }, (_, i) => [
      ...there.slice(i * UNITS, (i + 1) * UNITS),
      ...again.slice(i * UNITS, (i + 1) * UNITS),
    ]).flat();
    expectAllClose((await run(both))[0]!, joined);
    dispose([back, both].flatMap((model) => model.weights.map((weight) => weight.read())));
  });

  test('carries its state from call to call where it is stateful', async () => {
    const model = modelOf({ stateful: true });
    const layer = model.layers.at(-1)! as RNN;
    await run(model);
    // The same sequence again goes on from where the first call ended.
    const h0 = step(expected(), TIME - 1);
    const second = gruReference({ x, ...weights, ...sizes, h0 });
    expectAllClose((await run(model))[0]!, step(second, TIME - 1));
    layer.resetStates();
    expectAllClose((await run(model))[0]!, h0);
    dispose([...model.weights.map((weight) => weight.read()), ...(layer.states as Tensor[])]);
  });

  test('skips masked steps', async () => {
    const model = sequential({
      layers: [
        layers.masking({ maskValue: 9, inputShape: [TIME, INPUT] }),
        resetAfterGru({ units: UNITS, ...init, returnSequences: true }),
      ],
    });
    setWeights(model);
    // The second sequence has two steps, then padding.
    const padded = Float64Array.from(x);
    padded.fill(9, (TIME + 2) * INPUT);
    const given = tensor([...padded], [BATCH, TIME, INPUT]);
    const out = model.predict(given) as Tensor;
    const actual = [...(await out.data())];
    const y = [...expected()];
    const held = y.slice((TIME + 1) * UNITS, (TIME + 2) * UNITS);
    expectAllClose(actual, [...y.slice(0, (TIME + 2) * UNITS), ...held, ...held]);
    dispose([given, out, ...model.weights.map((weight) => weight.read())]);
  });

  test('takes other activations, and no bias', async () => {
    const model = modelOf({
      recurrentActivation: 'hardSigmoid',
      activation: 'softsign',
      returnSequences: true,
    });
    const gate = (v: number): number => Math.min(1, Math.max(0, 0.2 * v + 0.5));
    expectAllClose(
      (await run(model))[0]!,
      anyGru(gate, (v) => v / (1 + Math.abs(v))),
    );
    const plain = resetAfterGru({ units: UNITS, ...init, useBias: false });
    const two = sequential({ layers: [layers.inputLayer({ inputShape: [TIME, INPUT] }), plain] });
    tidy(() => {
      two.setWeights([
        tensor([...weights.kernel], [INPUT, 3 * UNITS]),
        tensor([...weights.recurrent], [UNITS, 3 * UNITS]),
      ]);
    });
    const { kernel, recurrent } = weights;
    const zero = new Float64Array(3 * UNITS);
    const y = gruReference({ x, kernel, recurrent, bias: zero, ...sizes });
    expectAllClose((await run(two))[0]!, step(y, TIME - 1));
    dispose([model, two].flatMap((each) => each.weights.map((weight) => weight.read())));
  });

  test('has the gradients of every weight', async () => {
    const model = modelOf({ returnSequences: true });
    const variables = model.weights.map((weight) => weight.read() as Variable);
    const dy = numbers(BATCH * TIME * UNITS, 7);
    const reference = gruGradientReference({ x, ...weights, ...sizes }, dy);
    const { value, grads } = tidy(() => {
      const given = inputs();
      const upstream = tensor([...dy], [BATCH, TIME, UNITS]);
      return variableGrads(
        () => sum(mul(model.apply(given) as Tensor, upstream)) as Scalar,
        variables,
      );
    });
    const [kernel, recurrent, bias] = await Promise.all(
      variables.map(({ name }) => grads[name]!.data()),
    );
    expectAllClose(kernel!, reference.kernel);
    expectAllClose(recurrent!, reference.recurrent);
    expectAllClose(bias!, [...reference.bias, ...reference.recurrentBias]);
    dispose([value, grads as never, ...variables]);
  });

  test('drops out in training alone, one mask for a sequence', async () => {
    const model = modelOf({ dropout: 0.5, recurrentDropout: 0.5, returnSequences: true });
    const given = inputs();
    const outputs = tidy(() =>
      [false, true].map((training) => model.apply(given, { training }) as Tensor),
    );
    const [still, moving] = await Promise.all(outputs.map((each) => each.data()));
    expectAllClose(still!, expected());
    expect(moving).not.toEqual(still);
    // The next call without training lets the masks go.
    const out = model.predict(given) as Tensor;
    dispose([given, out, ...outputs, ...model.weights.map((weight) => weight.read())]);
  });

  test('comes back from its JSON', async () => {
    const model = modelOf({ returnSequences: true, recurrentActivation: 'hardSigmoid' });
    const json = model.toJSON(null, false) as never;
    const copy = await models.modelFromJSON(json);
    expect(copy.layers.at(-1)!.getConfig()).toMatchObject({
      resetAfter: true,
      recurrentActivation: 'hardSigmoid',
      units: UNITS,
    });
    copy.setWeights(model.getWeights());
    expect(await run(copy)).toEqual(await run(model));
    dispose([model, copy].flatMap((each) => each.weights.map((weight) => weight.read())));
  });
});

describe('registerLayers', () => {
  test('may be called again', () => {
    registerLayers();
    expect(() => registerLayers()).not.toThrow();
    expect(resetAfterGru({ units: 1 }).getClassName()).toBe('ResetAfterGRU');
  });
});
