// What holds for every fused kernel, whatever it computes.
import { dispose, getBackend, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelContract } from '@secateur/backend/kernels';
import { expect, test } from 'vitest';
import { expectAllClose, type Closeness } from '../expect-all-close.ts';
import { read, type Values } from '../read.ts';
import {
  drawInputs,
  inputChoices,
  inputTensors,
  shapeOf,
  type InputValues,
  type NamedSizes,
} from './inputs.ts';

/** A fused kernel with what its tests need beside its contract. */
export interface KernelSubject<Attributes extends object> {
  readonly contract: KernelContract;
  /** The function that callers use, as its errors name it. */
  readonly caller: string;
  readonly call: (inputs: never, attributes: Attributes) => readonly Tensor[];
  /** The form composed of operations. */
  readonly composed: (inputs: never, attributes: never) => readonly Tensor[];
  /** What to draw inputs for. */
  readonly sizes: readonly NamedSizes[];
  /** Sizes of what threads share. */
  readonly large?: readonly NamedSizes[];
  readonly attributes: readonly Attributes[];
  /** Makes what is drawn fit for the kernel. */
  readonly adapt?: (values: Record<string, Float32Array | Int32Array>) => InputValues;
  /** Whether indices may be one past the end. */
  readonly pastEnd?: boolean;
  /** Whether the kernel takes these inputs together. */
  readonly takes?: (names: readonly string[]) => boolean;
  /** The outputs. */
  readonly reference: (
    values: InputValues,
    attributes: Attributes,
    sizes: NamedSizes,
  ) => readonly ArrayLike<number>[];
  /** The shapes of outputs that the contract leaves open. */
  readonly shapes?: (attributes: Attributes, sizes: NamedSizes) => readonly (readonly number[])[];
  readonly close?: Closeness;
  /** Where sums are in single precision. */
  readonly closeInFloat32?: Closeness;
  /**
   * What has no choice of rounding, so that it is the same to the last bit everywhere but on WebGPU: fused and composed, or these and the
   * reference too.
   */
  readonly exact?: 'composed' | 'reference';
}

/** What a backend's tests bring to those of every backend. */
export interface SuiteOptions {
  /** Fills free memory with numbers, so that what a kernel forgets to write is not right by luck. */
  readonly soil?: (sizes: readonly number[]) => Promise<void> | void;
  /** Whether sums are in single precision, as on WebGPU, native TensorFlow and where WASM has no SIMD. */
  readonly addsInFloat32?: boolean;
  /** Leaves out what is so large that threads share it: where there are none it takes long and shows nothing more. */
  readonly withoutLarge?: boolean;
}

const isExact = (): boolean => getBackend() !== 'webgpu';

/** Declares the tests that follow from a kernel's contract: values, rounding, shapes, what may be left out, what is refused. */
export function kernelSuite<Attributes extends object>(
  subject: KernelSubject<Attributes>,
  { soil, addsInFloat32, withoutLarge }: SuiteOptions = {},
): void {
  const { contract, takes = () => true } = subject;
  const choices = inputChoices(contract).filter(takes);
  const all = [...subject.sizes, ...(withoutLarge === true ? [] : (subject.large ?? []))];
  const cases = all.map((sizes) => ({ sizes, name: JSON.stringify(sizes) }));

  test.each(cases)('agrees with its reference at $name', async ({ sizes }) => {
    const drawn = drawInputs(contract, sizes, subject.pastEnd);
    const whole = subject.adapt?.({ ...drawn }) ?? drawn;
    for (const names of choices) {
      const values = Object.fromEntries(names.map((name) => [name, whole[name]!]));
      const tensors = inputTensors(contract, values, sizes);
      // They share their data with what the kernel reads.
      const shared = Object.values(tensors).map((each) => each.clone());
      for (const attributes of subject.attributes) {
        const expected = subject.reference(values, attributes, sizes);
        const shapes =
          subject.shapes?.(attributes, sizes) ??
          Object.values(contract.outputs).map((shape) => shapeOf(shape, sizes));
        await soil?.(expected.map(({ length }) => length));
        const float32 = addsInFloat32 ?? getBackend() === 'tensorflow';
        const close = (float32 && subject.closeInFloat32) || subject.close;
        const fused = await read(() => subject.call(tensors as never, attributes));
        expect(fused.map(({ shape }) => shape)).toEqual(shapes);
        fused.forEach(({ data }, k) => {
          if (subject.exact === 'reference' && isExact()) expectSame(data, expected[k]!);
          else expectAllClose(data, expected[k]!, close);
        });
        const again = await read(() => subject.call(tensors as never, attributes));
        expectSameBits(again, fused);
        if (!isExact()) continue;
        const composed = await read(() => subject.composed(tensors as never, attributes as never));
        if (subject.exact !== undefined) expectSameBits(composed, fused);
        else
          composed.forEach(({ data }, k) =>
            expectAllClose(data, expected[k]!, subject.closeInFloat32 ?? subject.close),
          );
      }
      const after = await read(() => shared.map((each) => each.clone()));
      after.forEach(({ data }, k) => expectSame(data, values[names[k]!]!));
      dispose([...shared, ...Object.values(tensors)]);
    }
  });

  test('refuses what is missing, disposed of, or has another type, rank or size', () => {
    const sizes = subject.sizes[0]!;
    const tensors = inputTensors(contract, drawInputs(contract, sizes), sizes);
    const refuse = (name: string, change: Tensor | undefined, message: string): void => {
      const inputs = { ...tensors, [name]: change };
      const run = (): unknown => subject.call(inputs as never, subject.attributes[0]!);
      expect(run, name).toThrow(`${subject.caller}: expected ${message}`);
      change?.dispose();
    };
    const bound = new Set<string>();
    for (const [name, named] of Object.entries(contract.inputs)) {
      const shape = shapeOf(named, sizes);
      const dtype = contract.indices?.[name] === undefined ? 'float32' : 'int32';
      const message = `${name} to be ${dtype} [`;
      if (contract.optional?.includes(name) !== true) refuse(name, undefined, message);
      refuse(name, zeros(shape, dtype === 'int32' ? 'float32' : 'int32'), message);
      const gone = zeros(shape, dtype);
      gone.dispose();
      refuse(name, gone, message);
      const isFree = named[0]?.startsWith('...') === true && !bound.has(named[0]);
      if (!isFree) refuse(name, zeros([...shape, 1], dtype), message);
      named.forEach((size, axis) => {
        const other = shape.map((length, k) => (k === axis ? length + 1 : length));
        if (bound.has(size)) refuse(name, zeros(other, dtype), `${message}`);
        bound.add(size);
      });
    }
    for (const size of contract.nonEmpty ?? []) {
      const none = { ...sizes, [size]: 0 };
      const empty = Object.entries(contract.inputs).map(([name, named]) => [
        name,
        zeros(shapeOf(named, none), contract.indices?.[name] === undefined ? 'float32' : 'int32'),
      ]);
      const inputs = Object.fromEntries(empty) as Record<string, Tensor>;
      expect(() => subject.call(inputs as never, subject.attributes[0]!)).toThrow(
        `${subject.caller}: expected ${contract.nonEmpty!.join(' and ')} to be at least 1, found `,
      );
      dispose(inputs);
    }
    dispose(tensors);
  });

  const kinds = Object.entries(contract.attributes ?? {}).filter(([, kind]) => kind !== 'other');
  if (kinds.length === 0) return;
  test('refuses attributes that are missing or out of range', () => {
    const sizes = subject.sizes[0]!;
    const tensors = inputTensors(contract, drawInputs(contract, sizes), sizes);
    for (const [name, kind] of kinds) {
      const below = kind === 'finite' ? [] : [kind === 'above 0' ? 0 : -1e-9];
      const above = kind === 'from 0 to 1' ? [1.001] : [];
      for (const value of [undefined, NaN, Infinity, '1', ...below, ...above]) {
        const attributes = { ...subject.attributes[0]!, [name]: value };
        const found = value === undefined ? 'nothing' : value === '1' ? '"1"' : String(value);
        expect(() => subject.call(tensors as never, attributes), `${name}: ${value}`).toThrow(
          RegExp(`^${subject.caller}: expected ${name} to be .*, found ${found}; pass one`),
        );
      }
    }
    dispose(tensors);
  });
}

/** Equal numbers, NaN among them; the sign of zero does not count. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let k = 0; k < expected.length; k++) {
    if (actual[k] === expected[k] || Object.is(actual[k], expected[k])) continue;
    expect.fail(`expected ${expected[k]} at index ${k}, found ${actual[k]}`);
  }
}

function expectSameBits(actual: readonly Values[], expected: readonly Values[]): void {
  expect(actual.length).toBe(expected.length);
  const bits = ({ data }: Values): Uint32Array =>
    new Uint32Array(data.buffer, data.byteOffset, data.length);
  expected.forEach((values, k) => {
    expectSame(bits(actual[k]!), bits(values));
  });
}
