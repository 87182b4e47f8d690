// The kernels of LSTM, GRU and RHN that were written by hand beside those that follow from the definitions of these cells. It goes
// when they go.
import { add, grads, sum, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  gruSequence,
  lstmSequence,
  recurrentSequence,
  rhnSequence,
  type GateOrder,
  type GruGateOrder,
} from '@secateur/backend';
import { type Cell, gruCell, gruResetBeforeCell, lstmCell, rhnCell } from '@secateur/kernels';
import { cellTensors, cellValues, type CellValues } from '@secateur/testing';
import { expect, test } from 'vitest';
import { describeWebgpu, running } from '../describe-webgpu.ts';
import { bitsOf, made, readAll, weighted } from '../values.ts';

type Run = (tensors: readonly Tensor[]) => { y: Tensor; c?: Tensor };

const close = (a: Float32Array, b: Float32Array): number => {
  const most = b.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return a.reduce((far, value, k) => Math.max(far, Math.abs(value - b[k]!) / most), 0);
};

/** How both kernels run on the inputs in the order of the old one's gradients. */
function both(cell: Cell, values: CellValues): { old: Run; now: Run; inputs: () => Tensor[] } {
  const { order, settings } = values;
  const { masks: maskArrays } = values;
  const tensorsOf = (): ReturnType<typeof cellTensors> => cellTensors(cell, values);
  const state = cell.output;
  const masks = (): Record<string, never> =>
    Object.fromEntries(
      Object.keys(maskArrays).map((name) => [name, tensorsOf().masks[name] as never]),
    );
  const now: Run = ([x, kernel, recurrent, bias, ...rest]) => {
    const recurrentBias = cell.bias === 'both' ? { recurrentBias: rest.shift()! } : {};
    const [first, c] = rest as never[];
    const out = recurrentSequence(
      cell,
      {
        ...{
          x: x as never,
          weights: { kernel: kernel!, recurrent: recurrent!, bias: bias!, ...recurrentBias },
        },
        ...{ states: { [state]: first!, ...(c && { c }) }, masks: masks() },
      },
      { order, settings },
    );
    return { y: out.y, ...(c && { c: out.states['c']! }) };
  };
  const old: Run = (given) => {
    const [x, kernel, recurrent, bias, ...rest] = given as never[];
    if (cell === lstmCell) {
      const [h0, c0] = rest as [never, never];
      const out = lstmSequence(
        { x: x!, kernel: kernel!, recurrent: recurrent!, bias: bias!, h0, c0 },
        { gates: order as GateOrder, forgetBias: settings['forgetBias']! },
      );
      return { y: out.y, c: out.c };
    }
    if (cell === rhnCell) {
      const mask = masks()['mask']!;
      return rhnSequence(
        { x: x!, kernel: kernel!, recurrent: recurrent!, bias: bias!, s0: rest[0]!, mask },
        { transformBias: settings['transformBias']! },
      );
    }
    const recurrentBias =
      cell === gruCell ? rest[0]! : (made((bias! as Tensor).shape, 0, 0) as never);
    return gruSequence(
      {
        x: x!,
        kernel: kernel!,
        recurrent: recurrent!,
        bias: bias!,
        recurrentBias,
        h0: rest.at(-1)!,
      },
      { gates: order as GruGateOrder, resetAfter: cell === gruCell },
    );
  };
  return {
    ...{ old, now },
    inputs: () => {
      const { x, weights, states } = tensorsOf();
      return [x, ...Object.values(weights), ...Object.values(states)];
    },
  };
}

const valuesOf = (cell: Cell, sizes: Parameters<typeof cellValues>[1]): CellValues => {
  const values = cellValues(cell, sizes);
  // The old kernel of RHN knows one order.
  return cell === rhnCell ? { ...values, order: 'ht' } : values;
};

const sizesToTry = [
  { batch: 5, time: 4, input: 7, units: 33 },
  { batch: 1, time: 6, input: 3, units: 40 },
];
const cells = [lstmCell, gruCell, gruResetBeforeCell, rhnCell].map((cell) => ({
  cell,
  name: cell.name,
}));

/** How many programs the device runs for `body`. */
async function dispatches(body: () => Promise<unknown>): Promise<number> {
  const backend = running() as { device: GPUDevice };
  const { device } = backend;
  let count = 0;
  backend.device = new Proxy(device, {
    get(real, name) {
      if (name === 'createBindGroup') count++;
      const value: unknown = Reflect.get(real, name, real);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });
  try {
    await body();
    return count;
  } finally {
    backend.device = device;
  }
}

describeWebgpu('RecurrentSequence beside the kernels before it', () => {
  test.each(cells)('has the outputs of $name, to the last bit', async ({ cell }) => {
    for (const sizes of sizesToTry) {
      const { old, now, inputs } = both(cell, valuesOf(cell, sizes));
      const run = (which: Run): Promise<Float32Array[]> =>
        readAll(() => {
          const { y, c } = which(inputs());
          return c === undefined ? [y] : [y, c];
        });
      expect((await run(now)).map(bitsOf)).toEqual((await run(old)).map(bitsOf));
    }
  });

  test.each(cells)('has the gradients of $name', async ({ cell }) => {
    for (const sizes of sizesToTry) {
      const { old, now, inputs } = both(cell, valuesOf(cell, sizes));
      const run = (which: Run): Promise<Float32Array[]> =>
        readAll(() =>
          grads((...given: Tensor[]) => {
            const { y, c } = which(given);
            return (
              c === undefined ? weighted(y, 11) : add(weighted(y, 11), weighted(c, 12))
            ) as Scalar;
          })(inputs()),
        );
      const [found, wanted] = [await run(now), await run(old)];
      const far = found.map((each, k) => close(each, wanted[k]!));
      if (process.env['SHOW'] === '1')
        console.log(
          cell.name,
          sizes.units,
          far.map((f) => f.toExponential(1)).join(' '),
          found
            .map(
              (each, k) =>
                bitsOf(each).filter((bit, i) => bit !== bitsOf(wanted[k]!)[i]).length / each.length,
            )
            .join(' '),
        );
      expect(Math.max(...far)).toBeLessThan(1e-6);
    }
  });

  test.each(cells)('runs as many programs a step as that of $name', async ({ cell }) => {
    const counted = async (time: number, which: 'old' | 'now', back: boolean): Promise<number> => {
      const { inputs, ...runs } = both(
        cell,
        valuesOf(cell, { batch: 2, time, input: 3, units: 4 }),
      );
      return dispatches(() =>
        readAll(() => {
          const forward = (...given: Tensor[]): Scalar => sum(runs[which](given).y);
          return back ? grads(forward)(inputs()) : [forward(...inputs())];
        }),
      );
    };
    for (const back of [false, true]) {
      const [now, old] = (await Promise.all(
        ['now' as const, 'old' as const].map(async (which) => 0),
      )) as never as [number, number];
      void now;
      void old;
      const a = await counted(3, 'now', back),
        b = await counted(9, 'now', back);
      const c = await counted(3, 'old', back),
        d = await counted(9, 'old', back);
      if (process.env['SHOW'] === '1') console.log(cell.name, back, a, b, c, d);
      expect(b - a).toBe(d - c);
    }
  });
});
