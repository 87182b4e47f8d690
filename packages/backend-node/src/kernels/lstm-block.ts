import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GatePositions } from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import type { Infos } from './fused-kernel.ts';

/** Entries of both weights together, 8 MiB, up to which one operation for the whole sequence is the faster way. */
const LARGEST = 2 << 20;

/**
 * Whether a sequence goes through `BlockLSTM`. It multiplies the inputs step by step: with weights that stay in the cache
 * that costs less than a dozen operations a step; with weights of 70 MiB it takes 1.7 to 2.6 times as long.
 */
export function fitsBlock(input: number, units: number): boolean {
  return (input + units) * 4 * units <= LARGEST;
}

/** `LstmSequence` by TensorFlow's `BlockLSTM`, whose gates are in the order i, g, f, o. */
export function blockForward(
  ops: Operations,
  inputs: Infos,
  gates: GatePositions,
  forgetBias: number,
): TensorInfo[] {
  const [batch, time, input] = inputs['x']!.shape as [number, number, number];
  const units = inputs['recurrent']!.shape[0]!;
  const weights = ops.concat([ops.input(inputs['kernel']!), ops.input(inputs['recurrent']!)], 0);
  const peephole = ops.constant([units], new Float32Array(units));
  const attributes = [
    ops.type,
    ops.floatAttribute('forget_bias', forgetBias),
    ops.floatAttribute('cell_clip', 0),
    ops.flag('use_peephole', false),
  ];
  const [i, states, f, o, g, , h] = ops.run(
    'BlockLSTM',
    attributes,
    [
      ...[ops.long(time), stepsFirst(ops, inputs['x']!)],
      ...[ops.input(inputs['c0']!), ops.input(inputs['h0']!)],
      inCellOrder(ops, weights, [input + units, units], gates),
      ...[peephole, peephole, peephole],
      inCellOrder(ops, ops.input(inputs['bias']!), [units], gates),
    ],
    7,
  ) as [Handle, Handle, Handle, Handle, Handle, Handle, Handle];
  const blocks: Handle[] = [];
  blocks[gates.i] = i;
  blocks[gates.f] = f;
  blocks[gates.g] = g;
  blocks[gates.o] = o;
  const last = ops.slice(
    ops.reshape(states, [time * batch, units]),
    ops.constant([2], Int32Array.of((time - 1) * batch, 0)),
    ops.constant([2], Int32Array.of(batch, units)),
  );
  const y = batch === 1 || time === 1 ? ops.reshape(h, [batch, time, units]) : ops.swap(h);
  return [y, last, ops.concat(blocks, 2), states].map(ops.output);
}

/** `[batch, time, width]` as `[time, batch, width]`. */
function stepsFirst(ops: Operations, x: TensorInfo): Handle {
  const [batch, time, width] = x.shape as [number, number, number];
  if (batch === 1 || time === 1) return ops.input(x, [time, batch, width]);
  return ops.swap(ops.input(x));
}

/** Puts the four blocks of columns of `[rows, 4 * units]` or `[4 * units]` in the order i, g, f, o. */
export function inCellOrder(
  ops: Operations,
  x: Handle,
  shape: readonly [rows: number, units: number] | readonly [units: number],
  { i, g, f, o }: GatePositions,
): Handle {
  if (i === 0 && g === 1 && f === 2) return x;
  const before = shape.slice(0, -1);
  const units = shape.at(-1)!;
  const blocks = ops.reshape(x, [...before, 4, units]);
  const found = ops.gather(blocks, Int32Array.of(i, g, f, o), before.length);
  return ops.reshape(found, [...before, 4 * units]);
}
