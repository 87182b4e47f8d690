import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { copy, makeOutput, type Uniforms } from '../program.ts';
import { type Infos, matrixOf } from './fused-kernel.ts';

/** What a program with a penalized gradient needs: its tensors, its numbers and a function `penalized(index)`. */
export interface PenalizedCall extends Omit<SmallTensors, 'factors'> {
  /** `size` and `columns`. */
  readonly uniforms: Uniforms;
  /** WGSL: `fn penalized(i : u32) -> f32`. */
  readonly declarations: string;
}

/** Vectors and scalars that kernels take as tensors, in the order in which they lie in one where they share it. */
const small = ['scale', 'correction1', 'correction2', 'columns', 'rows'] as const;
type Small = (typeof small)[number];

/**
 * Prepares `scale * (gradient + weight * (rows[i] + columns[j]))` for a program that binds `others` tensors besides the gradient and
 * the weight.
 */
export function penalized(
  backend: GpuBackend,
  inputs: Partial<Infos>,
  others: number,
): PenalizedCall {
  const { gradient, weight } = inputs as { gradient: TensorInfo; weight?: TensorInfo };
  const size = sizeOf(gradient);
  const bound = bindSmall(backend, inputs, others + (weight === undefined ? 1 : 2));
  const factors = bound.factors(' + ');
  const penalty = factors === undefined ? '' : ` + weight[i] * (${factors})`;
  const scaled = inputs['scale'] === undefined ? '' : ` * ${bound.entry('scale')}`;
  return {
    ...bound,
    inputs: {
      gradient,
      ...(factors !== undefined && { weight: weight! }),
      ...bound.inputs,
    },
    uniforms: { size: ['u32', size], columns: ['u32', matrixOf(inputs, size)[1]] },
    declarations: `fn penalized(i : u32) -> f32 { return (gradient[i]${penalty})${scaled}; }`,
  };
}

/** Vectors and scalars, ready to be bound. */
export interface SmallTensors {
  /** Which of them are there; programs of different variants have different code. */
  readonly variant: string;
  readonly inputs: Infos;
  /** WGSL of an entry of one of them; of a scalar its only one. */
  entry(name: Small, index?: string): string;
  /** WGSL of the factors of entry `i`, combined; undefined when there are none. */
  factors(combine: string): string | undefined;
  /** Releases what was made for the call, after it has been recorded. */
  release(): void;
}

/**
 * Binds vectors and scalars beside `others` tensors: each by itself where the device takes so many, else copied into one. A copy
 * ends the compute pass, and all that comes later waits for it.
 */
export function bindSmall(
  backend: GpuBackend,
  inputs: Partial<Infos>,
  others: number,
): SmallTensors {
  const given = small.filter((name) => inputs[name] !== undefined);
  const most = backend.device.limits.maxStorageBuffersPerShaderStage;
  const shared = given.length > 1 && others + given.length > most;
  const lengths = given.map((name) => sizeOf(inputs[name]!));
  const lines = shared ? makeOutput(backend, [lengths.reduce((a, b) => a + b)]) : undefined;
  if (lines !== undefined) {
    let target = 0;
    given.forEach((name, k) => {
      copy(backend, inputs[name]!, lines, { target });
      target += lengths[k]!;
    });
  }
  // Where a vector begins depends on the scalars, which is known, and rows on the number of columns, which is not.
  const before = (name: Small): string => {
    const scalars = Math.min(given.indexOf(name), given.filter((each) => !isVector(each)).length);
    return `${scalars}u${name === 'rows' && inputs['columns'] ? ' + uniforms.columns' : ''}`;
  };
  const entry = (name: Small, index = '0u'): string =>
    shared ? `lines[${before(name)} + ${index}]` : `${vectorName[name]}[${index}]`;
  return {
    variant: `${given.join('+')}${shared ? ' shared' : ''}`,
    inputs: shared
      ? { lines: lines! }
      : Object.fromEntries(given.map((name) => [vectorName[name], inputs[name]!])),
    entry,
    factors(combine) {
      const wgsl = [
        ...(inputs['rows'] ? [entry('rows', 'i / uniforms.columns')] : []),
        ...(inputs['columns'] ? [entry('columns', 'i % uniforms.columns')] : []),
      ];
      return wgsl.length > 0 ? wgsl.join(combine) : undefined;
    },
    release: () => {
      if (lines !== undefined) backend.disposeData(lines.dataId);
    },
  };
}

const isVector = (name: Small): boolean => name === 'columns' || name === 'rows';

/** What they are called in WGSL. */
const vectorName: Readonly<Record<Small, string>> = {
  scale: 'scale',
  correction1: 'correction1',
  correction2: 'correction2',
  columns: 'ofColumns',
  rows: 'ofRows',
};
