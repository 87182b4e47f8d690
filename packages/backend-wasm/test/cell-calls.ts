// Calls of the kernels `RecurrentSequence` and `RecurrentSequenceGrad` as the registry has them.
import { engine, tensor, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { inputNames, KERNELS, otherStates } from '@secateur/backend/kernels';
import type { Cell } from '@secateur/kernels';
import { cellTensors, numbers, type CellValues, type LstmSizes } from '@secateur/testing';

/** The inputs of the kernels, numbered. */
export function inputsOf(cell: Cell, values: CellValues): NamedTensorMap {
  const { x, weights, states, masks } = cellTensors(cell, values);
  const by = { weight: weights, state: states, mask: masks };
  const tensors = inputNames(cell).map(([kind, name]) => (kind === 'x' ? x : by[kind][name]!));
  return Object.fromEntries(tensors.entries());
}

/** The attributes of the kernels. */
export const attributesOf = (cell: Cell, { order, settings }: CellValues): Record<string, never> =>
  ({ cell, order, settings }) as never;

/** `y`, activations, states, then the last of each other state. */
export function forward(cell: Cell, values: CellValues): Tensor[] {
  const inputs = inputsOf(cell, values);
  return engine().runKernel(KERNELS.recurrentSequence, inputs, attributesOf(cell, values)) as never;
}

/** Gradients in the outputs and in the last of each other state. */
export function upstreamOf(
  cell: Cell,
  { batch, time, units }: LstmSizes,
): { y: Float64Array; states: Record<string, Float64Array> } {
  const states = otherStates(cell).map((name, k) => [name, numbers(batch * units, 22 + k)]);
  return { y: numbers(batch * time * units, 21), states: Object.fromEntries(states) };
}

/** The gradients of all inputs but the masks. */
export function backward(cell: Cell, values: CellValues): Tensor[] {
  const [y, activations, states] = forward(cell, values) as [Tensor, Tensor, Tensor];
  const upstream = upstreamOf(cell, values);
  const { batch, units } = values;
  const given = otherStates(cell).map((name) => [
    `d ${name}`,
    tensor(Float32Array.from(upstream.states[name]!), [batch, units]),
  ]);
  const inputs: NamedTensorMap = {
    ...inputsOf(cell, values),
    y,
    activations,
    states,
    dy: tensor(Float32Array.from(upstream.y), y.shape),
    ...(Object.fromEntries(given) as NamedTensorMap),
  };
  return engine().runKernel(
    KERNELS.recurrentSequenceGrad,
    inputs,
    attributesOf(cell, values),
  ) as never;
}
