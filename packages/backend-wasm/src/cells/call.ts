import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CellInputs } from '@secateur/backend/kernels';
import type { Address } from '../simd/exports.ts';
import type { SimdModule } from '../simd/module.ts';
import { type CellForm, SCRATCH } from './form.ts';
import { bitsOf } from './interpret.ts';
import { mostWords, type Place, type Sizes, type Slot } from './plan.ts';
import { split } from './program.ts';

/** What both kernels of a cell are told. */
export interface CellCall {
  readonly module: SimdModule;
  readonly form: CellForm;
  readonly sizes: Sizes;
  readonly inputs: CellInputs<TensorInfo>;
  /** By name, all that the cell has. */
  readonly settings: Readonly<Record<string, number>>;
}

/** What a cell leaves behind at each step. */
export interface LeftBehind {
  readonly y: TensorInfo;
  readonly activations: TensorInfo;
  readonly saved: TensorInfo;
}

/** Bytes of so many floats. */
export const floats = (count: number): number => 4 * count;

/** Floats of a row of `count` blocks of columns in whole panels of eight. */
export const panelsWidth = (units: number, count: number): number =>
  count * 8 * Math.ceil(units / 8);

/** Makes something for a form and sizes, and keeps the last of it. */
export function remembered<T>(
  make: (form: CellForm, sizes: Sizes) => T,
): (form: CellForm, sizes: Sizes) => T {
  const known = new WeakMap<CellForm, Map<string, T>>();
  return (form, sizes) => {
    const { batch, time, input, units, depth } = sizes;
    const key = `${batch} ${time} ${input} ${units} ${depth}`;
    const ofForm = known.get(form) ?? new Map<string, T>();
    const plan = ofForm.get(key) ?? make(form, sizes);
    // A network that shrinks comes with ever new sizes.
    if (!ofForm.has(key) && ofForm.size >= 16) ofForm.clear();
    known.set(form, ofForm.set(key, plan));
    return plan;
  };
}

/** Where the parts of scratch memory begin, and how many bytes they take together. */
export interface Areas {
  /** Sets aside so many bytes. */
  take(bytes: number): Place;
  bytes: number;
}

/** Starts with room for a plan of a form. */
export function areas(form: CellForm): Areas {
  const areas: Areas = {
    bytes: 64 * Math.ceil(mostWords(form) / 16),
    take: (count) => {
      const place = { base: SCRATCH, offset: areas.bytes };
      areas.bytes += 64 * Math.ceil(count / 64);
      return place;
    },
  };
  return areas;
}

/** A place so many bytes behind another. */
export const behind = ({ base, offset }: Place, bytes: number): Place => {
  return { base, offset: offset + bytes };
};

/** The slots that both directions have: states, activations and constants; undefined for the others. */
export function commonSlots(
  { saved, orders, biases, baseOf }: CellForm,
  { batch, time, units, depth }: Sizes,
): (name: string) => Slot | undefined {
  const row = floats(units);
  const at = (base: string, offset = 0): Place => ({ base: baseOf(base), offset });
  const among = (base: string, place: number, count: number): Slot => ({
    at: at(base, place * row),
    row: depth * count * row,
    step: batch * depth * count * row,
    level: count * row,
  });
  const output: Slot = { at: at('y'), row: time * row, step: row };
  const after = (name: string): Slot => {
    const place = saved.states.indexOf(name);
    return place < 0 ? output : among('saved', place, saved.states.length);
  };
  const columns = (bias: string, order: string, block: string): Slot => ({
    at: at(`weight ${bias}`, order.indexOf(block) * row),
    row: 0,
    level: order.length * row,
  });
  const makers: Readonly<Record<string, (of: string) => Slot>> = {
    state: (name) => {
      return { ...after(name), kind: 'before', first: at(`state ${name}`), firstRow: row };
    },
    next: after,
    y: () => ({ ...output, kind: 'last' }),
    kept: (of) => among('activations', saved.activations.indexOf(+of), saved.activations.length),
    mask: (name) => ({ at: at(`mask ${name}`), row }),
    parameter: (name) => ({ at: at(`weight ${name}`), row: 0 }),
    setting: (name) => ({ at: at(`setting ${name}`), row: 0 }),
    bias: (block) => ({ ...columns(biases.input!, orders.input, block), kind: 'first' }),
    ownBias: (block) => columns(biases.recurrent!, orders.recurrent, block),
  };
  return (name) => {
    const [what, of] = split(name);
    return makers[what]?.(of);
  };
}

/** The addresses of what both directions read, and of scratch memory; a setting's is its bits. */
export function commonAddresses(
  { module: { address }, form, inputs, settings }: CellCall,
  { y, activations, saved }: LeftBehind,
  scratch: Address,
): Address[] {
  const addresses = [0, scratch, address(y), address(activations), address(saved), 0];
  for (const [kind, name] of form.bases) {
    if (kind === 'weight') addresses.push(address(inputs.weights[name]!));
    else if (kind === 'state') addresses.push(address(inputs.states[name]!));
    else if (kind === 'mask') addresses.push(address(inputs.masks[name]!));
    else if (kind === 'setting') addresses.push(bitsOf(settings[name]!));
    else addresses.push(kind === 'x' ? address(inputs.x) : 0);
  }
  return addresses;
}
