import { mergeLayouts, parseLayout, type Layout, type Weights } from '@secateur/groups';
import { lstmReference } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  findRemovable,
  prune,
  report,
  secateurToTorch,
  torchEqualDims,
  torchGruLayout,
  torchLstmLayout,
  torchToSecateur,
} from '@secateur/pruner';
import { gruDirection } from '../gru-direction.ts';
import { lstmDirection } from '../random-network.ts';
import { readRecording, weightOf, type Recorded } from '../recorded.ts';
import { runStack, type Direction } from '../recurrent-stack.ts';

/** What fixtures/torch_stacked.py wrote: two bidirectional layers with dead units, and the smaller module's shapes. */
interface Stacked {
  readonly weights: Readonly<Record<string, Recorded>>;
  readonly x: Recorded;
  readonly y: Recorded;
  readonly smaller: Readonly<Record<string, readonly number[]>>;
}

const kinds = ['lstm', 'gru', 'projected'] as const;
type Kind = (typeof kinds)[number];
const recording = readRecording<Record<Kind, Stacked>>('torch-stacked.json');
const hidden = ['f0', 'b0', 'f1', 'b1'];
const projected = ['p0', 'q0', 'p1', 'q1'];

function layoutOf(kind: Kind): Layout {
  const dims = Object.fromEntries([
    ['input', 3],
    ...hidden.map((dim) => [dim, 4]),
    ...projected.map((dim) => [dim, 3]),
  ]) as Record<string, number>;
  const pairs = ([a, b, c, d]: string[]) => [[a!, b!] as const, [c!, d!] as const];
  const options = { prefix: 'module.rnn.', input: 'input', units: pairs(hidden), dims };
  const rnn = {
    lstm: () => torchLstmLayout(options),
    gru: () => torchGruLayout(options),
    projected: () => torchLstmLayout({ ...options, projections: pairs(projected) }),
  }[kind]();
  const [one, two] = kind === 'projected' ? ['p1', 'q1'] : ['f1', 'b1'];
  const head = `dims ${one} = ${dims[one]!}  ${two} = ${dims[two]!}
    module.fc.weight  2 <- ${one} + ${two}
    module.fc.bias    2 <-`;
  return mergeLayouts(rnn, parseLayout(head));
}

function pruned(kind: Kind, equal: boolean) {
  const weights = weightsOf(kind);
  const layout = layoutOf(kind);
  const dims = kind === 'projected' ? [...hidden, ...projected] : hidden;
  const sets = equal ? torchEqualDims(layout) : [];
  const found = findRemovable(weights, layout, { dims, equal: sets });
  const smaller = prune(weights, layout, found.kept);
  return { ...found, smaller: smaller.weights, report: report(layout, smaller.layout) };
}

function weightsOf(kind: Kind): Weights {
  const arrays = Object.entries(recording[kind].weights);
  return Object.fromEntries(arrays.map(([name, value]) => [name, weightOf(value)]));
}

/** An LSTM whose output and recurrent state are projected: PyTorch's h_t = W_hr (o_t * tanh(c_t)). */
function projectedDirection(weights: Weights, name: string): Direction {
  const [kernel, recurrent, bias, projection] = ['kernel', 'recurrent', 'bias', 'projection'].map(
    (part) => weights[`${name}/${part}`]!,
  ) as unknown as [Recorded, Recorded, Recorded, Recorded];
  const [units, state] = projection.shape as [number, number];
  // The recurrent product of the projected state is one of the state before, with the product of both matrices.
  const product = (x: Float64Array, y: Recorded): Float64Array => {
    const [rows, columns] = y.shape as [number, number];
    return Float64Array.from({ length: (x.length / rows) * columns }, (_, i) => {
      const row = Math.floor(i / columns) * rows;
      let sum = 0;
      for (let k = 0; k < rows; k++) sum += x[row + k]! * y.data[k * columns + (i % columns)]!;
      return sum;
    });
  };
  const whole = product(Float64Array.from(projection.data), recurrent);
  return {
    units: state,
    run: (x, time, input) => {
      const own = { kernel: kernel.data, recurrent: whole, bias: bias.data };
      return product(lstmReference({ x, ...own, batch: 1, time, input, units }).y, projection);
    },
  };
}

const directions = { lstm: lstmDirection, gru: gruDirection, projected: projectedDirection };

/** What the linear layer makes of what the weights, under the names of PyTorch, make of the recorded inputs. */
function outputs(kind: Kind, torch: Weights): number[] {
  const cell = kind === 'gru' ? 'gru' : 'lstm';
  const ours = torchToSecateur(torch, { cell });
  const layers = [1, 2].map((n) =>
    ['', '/backward'].map((end) => directions[kind](ours, `${cell}${n}${end}`)),
  );
  const { shape, data } = recording[kind].x;
  const [batch, time, input] = shape as [number, number, number];
  const { data: matrix, shape: sizes } = torch['module.fc.weight']!;
  const { data: bias } = torch['module.fc.bias']!;
  const width = sizes[1]!;
  return Array.from({ length: batch }, (_, b) => {
    const sequence = Float64Array.from(data.slice(b * time * input, (b + 1) * time * input));
    const y = runStack(sequence, time, layers);
    return Array.from({ length: time }, (_, t) =>
      [...bias].map((offset, o) => {
        let sum = offset;
        for (let i = 0; i < width; i++) sum += matrix[o * width + i]! * y[t * width + i]!;
        return sum;
      }),
    );
  }).flat(2);
}

describe.each(kinds)("a stacked, bidirectional module of PyTorch's: %s", (kind) => {
  const { y, smaller } = recording[kind];

  test('computes with our conversion what PyTorch does', () => {
    const found = outputs(kind, weightsOf(kind));
    expect(found).toHaveLength(y.data.length);
    found.forEach((value, i) => expect(Math.abs(value - y.data[i]!)).toBeLessThan(1e-12));
  });

  test('finds other sizes in each direction, which no module loads: the report says so', () => {
    const { kept, padded, report } = pruned(kind, false);
    expect(hidden.map((dim) => kept[dim]!.length)).toEqual([3, 2, 3, 3]);
    expect(Object.values(padded).flat()).toEqual([]);
    expect(report.notes[0]).toBe(
      'module.rnn: a module of PyTorch has one hidden_size for all layers and directions and cannot load 3 (l0), 2 (l0_reverse), 3 (l1), 3 (l1_reverse); pass equal: torchEqualDims(layout) to findRemovable, or build a module of its own for each size',
    );
    if (kind !== 'projected') return;
    expect(projected.map((dim) => kept[dim]!.length)).toEqual([2, 2, 1, 2]);
    expect(report.notes[1]).toContain('has one proj_size for all layers and directions');
  });

  test('has the shapes of a smaller module with equal sizes, and the outputs of the whole one', () => {
    const { kept, padded, removed, exact, smaller: weights, report } = pruned(kind, true);
    const shapes = Object.entries(weights).map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual(smaller);
    expect(hidden.map((dim) => padded[dim]!.length)).toEqual([0, 1, 0, 0]);
    expect([...kept['b0']!, ...removed['b0']!].sort()).toEqual([0, 1, 2, 3]);
    expect(kept['b0']).toContain(padded['b0']![0]);
    expect(exact).toBe(true);
    expect(report.notes).toEqual([]);
    const found = outputs(kind, weights);
    found.forEach((value, i) => expect(Math.abs(value - y.data[i]!)).toBeLessThan(1e-12));
  });

  test('comes back from our names and orders', () => {
    const { smaller: weights } = pruned(kind, true);
    const cell = kind === 'gru' ? 'gru' : 'lstm';
    const ours = torchToSecateur(weights, { cell });
    const back = secateurToTorch(ours, { cell, prefix: 'module.rnn.' });
    expect(Object.keys(back).sort()).toEqual(Object.keys(weights).sort());
    for (const [name, value] of Object.entries(weights)) {
      // An LSTM's biases have been summed.
      if (kind === 'gru' || !name.includes('bias')) expect(back[name]).toEqual(value);
    }
  });
});
