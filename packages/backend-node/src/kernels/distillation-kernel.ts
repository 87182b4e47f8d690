import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  composedDistilledCrossEntropy,
  composedKernel,
  type DistillationAttributes,
  KERNELS,
} from '@secateur/backend/kernels';
import { type Block, inBlocks, joined } from '../blocks.ts';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel } from './fused-kernel.ts';

/** Entries of a block: operations that read a row more than once gain less from the nearest cache than from fewer calls. */
const BLOCK = 1 << 17;

/**
 * Makes the kernel of distillation: rows in blocks that stay in the cache, where the composed form reads and writes the
 * `[rows, classes]` some thirty times.
 */
export function distillationKernel(): KernelConfig {
  const composed = composedKernel(composedDistilledCrossEntropy);
  return fusedKernel(KERNELS.distilledCrossEntropy, composed, (ops, inputs, attributes) => {
    const { logits, teacher, labels } = inputs;
    const [rows, classes] = logits!.shape as [number, number];
    // Blocks are cut of floats, which hold whole numbers exactly up to 2^24.
    if (rows * classes === 0 || classes > 1 << 24) return undefined;
    const how = attributes as unknown as DistillationAttributes;
    const places = ops.reshape(ops.toFloat(ops.input(labels!)), [rows, 1]);
    const both = [ops.input(logits!), ops.input(teacher!)];
    const lossAndSlopes = ({ matrices, rows: some }: Block): Handle[] =>
      distilled(ops, matrices as [Handle, Handle], some!, how);
    const blocks = inBlocks(ops, [rows, classes], both, places, [], lossAndSlopes, BLOCK);
    return [0, 1].map((at) => ops.output(joined(ops, blocks, at)));
  });
}

/** Losses `[rows]` and slopes `[rows, classes]` of some rows. */
function distilled(
  ops: Operations,
  [logits, teacher]: readonly [Handle, Handle],
  places: Handle,
  { share, temperature }: DistillationAttributes,
): [loss: Handle, slopes: Handle] {
  const number = (value: number): Handle => ops.constant([], Float32Array.of(value));
  const times = (x: Handle, value: number): Handle =>
    value === 1 ? x : ops.float('Mul', x, number(value));
  const softly = (x: Handle): Handle =>
    temperature === 1 ? x : ops.float('Div', x, number(temperature));
  /** The loss `-sum_j target_j log p_j` of each row and its slopes; what the target rules out costs nothing. */
  const against = (target: Handle, x: Handle): [Handle, Handle] => {
    const logs = ops.float('LogSoftmax', x);
    const costs = ops.sum(ops.float('MulNoNan', logs, target), [1]);
    return [ops.float('Neg', costs), ops.float('Sub', ops.float('Exp', logs), target)];
  };
  const label = (on: number): Handle => ops.oneHot(places, logits.shape[1]!, on);
  const soft = ops.float('Softmax', softly(teacher));
  // At temperature 1 both parts are of the same probabilities, and their targets add up to one.
  if (temperature === 1) {
    const target = ops.float('AddV2', times(soft, share), label(1 - share));
    return against(target, logits);
  }
  const [softLoss, softSlopes] = against(soft, softly(logits));
  const teacherLoss = times(softLoss, share * temperature ** 2);
  const teacherSlopes = times(softSlopes, share * temperature);
  // Zero times the infinite loss of a label that the student rules out would be NaN.
  if (share === 1) return [teacherLoss, teacherSlopes];
  const [labelLoss, labelSlopes] = against(label(1), logits);
  return [
    ops.float('AddV2', times(labelLoss, 1 - share), teacherLoss),
    ops.float('AddV2', times(labelSlopes, 1 - share), teacherSlopes),
  ];
}
