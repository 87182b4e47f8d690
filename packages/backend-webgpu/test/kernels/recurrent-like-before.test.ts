// The kernels of LSTM, GRU and RHN that were written by hand beside what follows from the definitions of these cells. It goes when
// they go.
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend';
import { type Cell, gruCell, gruResetBeforeCell, lstmCell, rhnCell } from '@secateur/kernels';
import { cellTensors, cellValues, type LstmSizes } from '@secateur/testing';
import { expect, test } from 'vitest';
import { describeWebgpu, running } from '../describe-webgpu.ts';
import { bitsOf, made, readAll, runKernel } from '../values.ts';

interface Pair {
  readonly name: string;
  readonly cell: Cell;
  /** The old pair of kernels, the names of their inputs in the order of the new ones', and of their outputs. */
  readonly old: readonly [KernelName, KernelName];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: NamedAttrMap;
  readonly order: string;
}

type KernelName = (typeof KERNELS)[keyof typeof KERNELS];

const gru = {
  old: [KERNELS.gruSequence, KERNELS.gruSequenceGrad],
  outputs: ['y', 'activations'],
  order: 'nzr',
} as const;

const pairs: readonly Pair[] = [
  {
    cell: lstmCell,
    old: [KERNELS.lstmSequence, KERNELS.lstmSequenceGrad] as const,
    inputs: ['x', 'kernel', 'recurrent', 'bias', 'h0', 'c0'],
    outputs: ['y', 'cLast', 'activations', 'states'],
    attributes: { gates: 'oifg', forgetBias: -0.5 },
    order: 'oifg',
  },
  {
    ...gru,
    cell: gruCell,
    inputs: ['x', 'kernel', 'recurrent', 'bias', 'recurrentBias', 'h0'],
    attributes: { gates: 'nzr', resetAfter: true },
  },
  {
    ...gru,
    cell: gruResetBeforeCell,
    inputs: ['x', 'kernel', 'recurrent', 'bias', 'h0'],
    attributes: { gates: 'nzr', resetAfter: false },
  },
  {
    cell: rhnCell,
    old: [KERNELS.rhnSequence, KERNELS.rhnSequenceGrad] as const,
    inputs: ['x', 'kernel', 'recurrent', 'bias', 's0', 'mask'],
    outputs: ['y', 'activations', 'states'],
    attributes: { transformBias: -0.5 },
    order: 'ht',
  },
].map((pair) => ({ ...pair, name: pair.cell.name }));

interface Outputs {
  readonly outputs: readonly Tensor[];
  /** The gradients that some slopes of `y` and of an LSTM's last state make. */
  readonly gradients: () => Tensor[];
}

/** Runs the old kernels and the new ones on the same values; their outputs and gradients are in the same order. */
function both(pair: Pair, sizes: LstmSizes): { old: () => Outputs; now: () => Outputs } {
  const { cell, attributes, order } = pair;
  const values = cellValues(cell, sizes);
  const { x, weights, states, masks } = cellTensors(cell, values);
  const given = [x, ...[weights, states, masks].flatMap((each) => Object.values(each))];
  const { batch, time, units } = sizes;
  const dy = made([batch, time, units], 11);
  const dc = made([batch, units], 12);
  return {
    old: () => {
      // Before the product one bias is enough.
      const before = cell === gruResetBeforeCell;
      const more = before ? { recurrentBias: made([3 * units], 1, 0) } : {};
      const named = Object.fromEntries(pair.inputs.map((name, k) => [name, given[k]!]));
      const inputs = { ...named, ...more };
      const outputs = runKernel(pair.old[0], inputs, attributes);
      const kept = Object.fromEntries(pair.outputs.map((name, k) => [name, outputs[k]!]));
      const back = { ...inputs, ...kept, dy, dcLast: dc };
      const gradients = (): Tensor[] => runKernel(pair.old[1], back, attributes);
      return {
        outputs,
        gradients: () => (before ? gradients().toSpliced(4, 1) : gradients()),
      };
    },
    now: () => {
      const attrs = { cell, order, settings: values.settings } as unknown as NamedAttrMap;
      const numbered = Object.fromEntries(given.entries());
      const [y, activations, saved, ...last] = runKernel(
        KERNELS.recurrentSequence,
        numbered,
        attrs,
      );
      const kept = { y: y!, activations: activations!, states: saved!, cLast: last[0]! };
      const back = { ...numbered, ...kept, dy, 'd c': dc };
      return {
        outputs: pair.outputs.map((name) => kept[name as 'y']),
        gradients: () => runKernel(KERNELS.recurrentSequenceGrad, back, attrs),
      };
    },
  };
}

const sizesToTry: readonly LstmSizes[] = [
  { batch: 5, time: 4, input: 7, units: 33 },
  { batch: 1, time: 6, input: 3, units: 40 },
];

/** How many programs the device runs for `body`. */
async function programsOf(body: () => Promise<unknown>): Promise<number> {
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

const run = (pair: Pair, sizes: LstmSizes, which: 'old' | 'now', back: boolean) =>
  readAll(() => {
    const { outputs, gradients } = both(pair, sizes)[which]();
    return back ? gradients() : [...outputs];
  });

describeWebgpu('RecurrentSequence beside the kernels before it', () => {
  test.each(pairs)('has all outputs of $name to the last bit', async (pair) => {
    for (const sizes of sizesToTry) {
      const found = await run(pair, sizes, 'now', false);
      const wanted = await run(pair, sizes, 'old', false);
      expect(found.map(bitsOf)).toEqual(wanted.map(bitsOf));
    }
  });

  test.each(pairs)('has the gradients of $name but for roundings', async (pair) => {
    for (const sizes of sizesToTry) {
      const found = await run(pair, sizes, 'now', true);
      const wanted = await run(pair, sizes, 'old', true);
      expect(found).toHaveLength(wanted.length);
      wanted.forEach((each, k) => {
        const most = each.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
        const far = each.map((value, i) => Math.abs(value - found[k]![i]!) / most);
        expect(Math.max(...far)).toBeLessThan(5e-7);
      });
    }
  });

  test.each(pairs)('runs as many programs a step as $name', async (pair) => {
    for (const back of [false, true]) {
      const more = async (which: 'old' | 'now'): Promise<number> => {
        const [few, many] = [3, 9].map((time) => ({ batch: 2, time, input: 3, units: 4 }));
        const counted = await programsOf(() => run(pair, many!, which, back));
        return counted - (await programsOf(() => run(pair, few!, which, back)));
      };
      expect(await more('now')).toBe(await more('old'));
    }
  });
});
