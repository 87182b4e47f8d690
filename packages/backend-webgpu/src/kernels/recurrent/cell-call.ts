import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { cellAttributes, cellDepth, type CellInputs, cellInputs } from '@secateur/backend/kernels';
import { biasNames, blockOrder, type Cell, cellGradient } from '@secateur/kernels';
import { type GpuBackend, sizeOf } from '../../gpu-backend.ts';
import { copy, makeOutput, type Uniforms } from '../../program.ts';
import type { Infos } from '../fused-kernel.ts';

/** What both kernels of a cell are called with. */
export interface CellCall {
  readonly cell: Cell;
  readonly inputs: CellInputs<TensorInfo>;
  readonly batch: number;
  readonly time: number;
  readonly units: number;
  /** Repetitions in a step. */
  readonly depth: number;
  /** Sizes, settings, and the places of blocks: one program serves all orders. */
  readonly uniforms: Uniforms;
}

/** Reads the inputs and attributes of a call. */
export function readCall(infos: Infos, attrs: NamedAttrMap): CellCall {
  const { cell, order, settings = {} } = cellAttributes(attrs);
  const inputs = cellInputs(cell, infos);
  const [batch, time] = inputs.x.shape as [number, number];
  const units = inputs.states[cell.output]!.shape[1]!;
  const depth = cellDepth(cell, inputs.weights);
  const { kept } = cellGradient(cell);
  const letters = cell.blocks.map(({ name }) => name);
  const { input, recurrent } = blockOrder(cell, order);
  const keptOrder = [...(order ?? letters)].filter((name) =>
    kept.some(({ block }) => block === name),
  );
  // Always in the same order, in which the program declared them.
  const positions = Object.entries({ input, own: recurrent, kept: keptOrder.join('') }).flatMap(
    ([part, having]) =>
      letters.map((name) => [`${part}_${name}`, ['u32', Math.max(0, having.indexOf(name))]]),
  );
  const numbers = Object.entries(cell.settings).map(([name, value]) => [
    `setting_${name}`,
    ['f32', settings[name] ?? value],
  ]);
  return {
    ...{ cell, inputs, batch, time, units, depth },
    uniforms: {
      ...{ batch: ['u32', batch], time: ['u32', time], units: ['u32', units] },
      ...{ depth: ['u32', depth], ...Object.fromEntries([...positions, ...numbers]) },
    } as Uniforms,
  };
}

/**
 * The states before the first step, masks, parameters and what else there is in one tensor, line by line as many numbers as
 * there are units: a program may bind eight tensors, and few of them are left for vectors.
 */
export function givenLines(
  backend: GpuBackend,
  { cell, inputs: { states, masks, weights }, units }: CellCall,
  more: readonly TensorInfo[] | 'with biases',
): TensorInfo {
  const { input, recurrent } = biasNames(cell);
  const biases = [input, recurrent].flatMap((name) => (name === undefined ? [] : [weights[name]!]));
  const parts = [
    ...cell.states.map((name) => states[name]!),
    ...cell.masks.map((name) => masks[name]!),
    ...cell.parameters.map((name) => weights[name]!),
    ...(more === 'with biases' ? biases : more),
  ];
  const size = parts.reduce((total, part) => total + sizeOf(part), 0);
  const given = makeOutput(backend, [size / units, units]);
  let target = 0;
  for (const part of parts) {
    copy(backend, part, given, { target });
    target += sizeOf(part);
  }
  return given;
}
