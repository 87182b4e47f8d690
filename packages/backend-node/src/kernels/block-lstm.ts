// TensorFlow has an LSTM of its own, with the gates in the order i, g, f, o. Where a cell is an LSTM by its definition, it does
// more in an operation than the equations one by one.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BackInTime,
  type CellAttributes,
  type CellInputs,
  statesBefore,
} from '@secateur/backend/kernels';
import { blockOrder, type Cell, equationsOf, lstmCell } from '@secateur/kernels';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';

/** The order of TensorFlow's gates. */
const GATES = 'igfo';

/** Entries of both weights together, 8 MiB, up to which one operation for the whole sequence is the faster way. */
const LARGEST = 2 << 20;

/** Whether a cell is the LSTM, whatever its name: the definitions are compared. */
export const isLstm = (cell: Cell): boolean => equationsOf(cell) === equationsOf(lstmCell);

/**
 * Whether a sequence goes through `BlockLSTM`. It multiplies the inputs step by step: with weights that stay in the cache
 * that costs less than a dozen operations a step; with weights of 70 MiB it takes 1.7 to 2.6 times as long.
 */
export function fitsBlock(cell: Cell, { x, states }: CellInputs<TensorInfo>): boolean {
  const units = states[cell.output]!.shape[1]!;
  return units > 0 && (x.shape[2]! + units) * 4 * units <= LARGEST && isLstm(cell);
}

/** `RecurrentSequence` of an LSTM by TensorFlow's `BlockLSTM`. */
export function blockLstm(
  ops: Operations,
  { x, weights, states }: CellInputs<TensorInfo>,
  { order, settings = {} }: CellAttributes,
): Handle[] {
  const [batch, time, input] = x.shape as [number, number, number];
  const units = states['h']!.shape[1]!;
  const gates = blockOrder(lstmCell, order).input;
  const sorted = (columns: Handle, shape: readonly number[]): Handle => {
    if (gates === GATES) return columns;
    const blocks = ops.reshape(columns, [...shape, 4, units]);
    const positions = Int32Array.from([...GATES], (gate) => gates.indexOf(gate));
    return ops.reshape(ops.gather(blocks, positions, shape.length), [...shape, 4 * units]);
  };
  const [kernel, recurrent, bias] = ['kernel', 'recurrent', 'bias'].map((name) =>
    ops.input(weights[name]!),
  ) as [Handle, Handle, Handle];
  const peephole = ops.constant([units], new Float32Array(units));
  const attributes = [
    ops.type,
    ops.floatAttribute('forget_bias', settings['forgetBias'] ?? lstmCell.settings['forgetBias']!),
    ops.floatAttribute('cell_clip', 0),
    ops.flag('use_peephole', false),
  ];
  const inOrder = batch === 1 || time === 1;
  const [i, saved, f, o, g, , h] = ops.run(
    'BlockLSTM',
    attributes,
    [
      ops.long(time),
      inOrder ? ops.input(x, [time, batch, input]) : ops.swap(ops.input(x)),
      ops.input(states['c']!),
      ops.input(states['h']!),
      sorted(ops.concat([kernel, recurrent], 0), [input + units]),
      peephole,
      peephole,
      peephole,
      sorted(bias, []),
    ],
    7,
  ) as [Handle, Handle, Handle, Handle, Handle, Handle, Handle];
  const blocks = { i, f, g, o } as Record<string, Handle>;
  const last = ops.slice(
    ops.reshape(saved, [time * batch, units]),
    ops.constant([2], Int32Array.of((time - 1) * batch, 0)),
    ops.constant([2], Int32Array.of(batch, units)),
  );
  const y = inOrder ? ops.reshape(h, [batch, time, units]) : ops.swap(h);
  const activations = ops.concat(
    [...gates].map((gate) => blocks[gate]!),
    2,
  );
  return [y, activations, saved, last];
}

/**
 * The way back through the steps of an LSTM by `LSTMBlockCellGrad`, which does the elementwise work of a step in one pass: from
 * `i, c, f, o, g, tanh(c)` of a step to the gradient of the state before it and of the sums that the gates are made of. It
 * looks at the shapes of inputs and weights only, and without peepholes at no more of their weights. TensorFlow's gradient of
 * whole sequences (`BlockLSTMGrad`) multiplies for the weights' gradients at every step, which takes three to eight times as long
 * as one product over all steps.
 */
export const lstmBackInTime =
  (ops: Operations): BackInTime<Handle> =>
  (operations, cell, { x, weights, states }, { y, dy, activations, saved, dstates }, { order }) => {
    const [batch, units] = states['h']!.shape as [number, number];
    const time = x.shape[0]! / batch;
    const gates = blockOrder(cell, order).input;
    const sorted = (columns: Handle, from: string, to: string): Handle => {
      if (from === to) return columns;
      const blocks = ops.split(columns, 4, 1);
      return ops.concat(
        [...to].map((gate) => blocks[from.indexOf(gate)]!),
        1,
      );
    };
    // TensorFlow's order of gates all through the loop: the sums change theirs once, after it.
    const recurrent = sorted(weights['recurrent']!, gates, GATES);
    const steps = (all: Handle): Handle[] => ops.split(all, time, 0);
    const blocks = ops.split(activations, 4, 1).map(steps);
    const [i, f, g, o] = [...'ifgo'].map((gate) => blocks[gates.indexOf(gate)]!) as [
      Handle[],
      Handle[],
      Handle[],
      Handle[],
    ];
    const c = steps(saved);
    const squashed = steps(ops.float('Tanh', saved));
    const slopes = steps(dy);
    const nothing = ops.constant([batch, 0], new Float32Array(0));
    const peephole = ops.constant([units], new Float32Array(units));
    const bias = ops.constant([4 * units], new Float32Array(4 * units));
    const fixed = [recurrent, peephole, peephole, peephole, bias];
    const attributes = [ops.type, ops.flag('use_peephole', false)];

    const dzs = new Array<Handle>(time);
    let dh = slopes[time - 1]!;
    let dc = dstates['c']!;
    for (let t = time - 1; t >= 0; t--) {
      const before = t === 0 ? states['c']! : c[t - 1]!;
      const done = [i, c, f, o, g, squashed].map((all) => all[t]!);
      const read = [nothing, before, dh, ...fixed, ...done, dc, dh];
      const [dcBefore, dz] = ops.run('LSTMBlockCellGrad', attributes, read, 5) as [Handle, Handle];
      dc = dcBefore;
      dzs[t] = dz;
      const back = ops.matMul(dz, recurrent, false, true);
      dh = t === 0 ? back : ops.float('AddV2', slopes[t - 1]!, back);
    }
    const all = sorted(ops.concat(dzs, 0), GATES, gates);
    const read = statesBefore(operations, states['h']!, y);
    const products = [{ order: gates, all, read }];
    return { levels: [{ products, apart: [], parameters: {} }], states: { h: dh, c: dc } };
  };
