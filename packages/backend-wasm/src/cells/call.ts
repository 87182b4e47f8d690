import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CellInputs } from '@secateur/backend';
import { biasNames } from '@secateur/kernels';
import type { Address } from '../simd/exports.ts';
import type { SimdModule } from '../simd/module.ts';
import type { CellForm } from './form.ts';
import { numberSlot, type Sizes, type Slot } from './plan.ts';

/** What both kernels of a cell are told. */
export interface CellCall {
  readonly module: SimdModule;
  readonly form: CellForm;
  readonly sizes: Sizes;
  readonly inputs: CellInputs<TensorInfo>;
  /** By name, all that the cell has. */
  readonly settings: Readonly<Record<string, number>>;
}

/** Bytes of so many floats. */
export const floats = (count: number): number => 4 * count;

/** Floats of a row of `count` blocks of columns in whole panels of eight. */
export const panelsWidth = (units: number, count: number): number =>
  count * 8 * Math.ceil(units / 8);

/** Where the parts of scratch memory begin, and how many bytes they take together. */
export interface Areas {
  /** Sets aside so many bytes; returns how far they are from the beginning. */
  take(bytes: number): number;
  readonly bytes: number;
}

/** Starts with no scratch memory. */
export function areas(): Areas {
  let bytes = 0;
  return {
    take: (count) => {
      const at = bytes;
      bytes += 64 * Math.ceil(count / 64);
      return at;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** What a cell leaves behind at each step. */
export interface LeftBehind {
  readonly y: TensorInfo;
  readonly activations: TensorInfo;
  readonly saved: TensorInfo;
}

/** The slots that both directions have: states, activations and constants; undefined for the others. */
export function commonSlots(
  { module: { address }, form, sizes, inputs, settings }: CellCall,
  { y, activations, saved }: LeftBehind,
): (name: string) => Slot | undefined {
  const { cell, saved: keeps, orders } = form;
  const { batch, time, units, depth } = sizes;
  const row = floats(units);
  const among = (first: Address, place: number, count: number): Slot => ({
    at: first + place * row,
    row: depth * count * row,
    step: batch * depth * count * row,
    level: count * row,
  });
  const output: Slot = { at: address(y), row: time * row, step: row };
  const after = (name: string): Slot => {
    const place = keeps.states.indexOf(name);
    return place < 0 ? output : among(address(saved), place, keeps.states.length);
  };
  const biases = biasNames(cell);
  const weight = (name: string): Address => address(inputs.weights[name]!);
  const columns = (bias: string, order: string, block: string): Slot => ({
    at: weight(bias) + order.indexOf(block) * row,
    row: 0,
    level: order.length * row,
  });
  const makers: Readonly<Record<string, (of: string) => Slot>> = {
    state: (name) => {
      return {
        ...after(name),
        kind: 'before',
        first: address(inputs.states[name]!),
        firstRow: row,
      };
    },
    next: after,
    y: () => ({ ...output, kind: 'last' }),
    kept: (at) =>
      among(address(activations), keeps.activations.indexOf(+at), keeps.activations.length),
    mask: (name) => ({ at: address(inputs.masks[name]!), row }),
    parameter: (name) => ({ at: weight(name), row: 0 }),
    setting: (name) => numberSlot(settings[name]!),
    bias: (block) => ({ ...columns(biases.input!, orders.input, block), kind: 'first' }),
    ownBias: (block) => columns(biases.recurrent!, orders.recurrent, block),
  };
  return (name) => {
    const [what, of] = split(name);
    return makers[what]?.(of);
  };
}

/** What a slot holds, and of what. */
export function split(name: string): [what: string, of: string] {
  const space = name.indexOf(' ');
  return space < 0 ? [name, ''] : [name.slice(0, space), name.slice(space + 1)];
}
