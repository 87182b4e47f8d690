import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { cellAttributes, cellDepth, type CellInputs, cellInputs } from '@secateur/backend';
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
  const whole = (number: number): Uniforms[string] => ['u32', number];
  const places = (name: string, letters: string): [string, Uniforms[string]][] =>
    [...letters].map((letter, place) => [`${name}_${letter}`, whole(place)]);
  const { kept } = cellGradient(cell);
  const own = cell.blocks.map(({ name }) => name).join('');
  const orders = blockOrder(cell, order);
  return {
    ...{ cell, inputs, batch, time, units, depth },
    uniforms: {
      ...{ batch: whole(batch), time: whole(time), units: whole(units), depth: whole(depth) },
      ...Object.fromEntries([
        ...places('input', orders.input),
        ...places('own', orders.recurrent),
        ...places(
          'kept',
          [...(order ?? own)].filter((name) => kept.some(({ block }) => block === name)).join(''),
        ),
        ...Object.entries(cell.settings).map(([name, value]) => [
          `setting_${name}`,
          ['f32', settings[name] ?? value],
        ]),
      ]),
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
