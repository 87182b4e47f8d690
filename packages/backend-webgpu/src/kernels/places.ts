// Programs over tensors of any rank: which entries of the inputs meet in one of the output.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { makeOutput, type OutputType, type Program, run, type Uniforms } from '../program.ts';

/** How an input is walked through as the output is gone over in order. */
export interface Walk {
  /** The input's name in the program. */
  readonly name: string;
  /** The place of the entry that meets the output's first. */
  readonly first?: number;
  /** How far the place moves with each axis of the output; 0 repeats, a negative number goes back. */
  readonly steps: readonly number[];
}

/** Distances in memory between neighbours along each axis. */
export function strides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf({ shape: shape.slice(axis + 1) }));
}

/** Steps of a tensor of `inputShape` that is broadcast to `outputShape`. */
export function broadcastSteps(
  inputShape: readonly number[],
  outputShape: readonly number[],
): number[] {
  const aligned = [
    ...new Array<number>(outputShape.length - inputShape.length).fill(1),
    ...inputShape,
  ];
  return strides(aligned).map((stride, axis) => (aligned[axis] === 1 ? 0 : stride));
}

/** What a {@link mapped} program does with each entry of its output. */
export interface Mapping {
  /** Name of the program; with rank and types it says which code this is. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** The walks, one for each input. */
  readonly walks: readonly Walk[];
  /** WGSL of the value; it knows `at_<name>` for each walk, `i`, and `k_<axis>` for each axis of the output. */
  readonly value: string;
  /** Functions beside the program. */
  readonly declarations?: string;
  readonly uniforms?: Uniforms;
}

/** Computes a tensor entry by entry from entries of others. */
export function mapped(
  backend: GpuBackend,
  shape: number[],
  dtype: OutputType,
  { name, inputs, walks, value, declarations = '', uniforms = {} }: Mapping,
): TensorInfo {
  const out = makeOutput(backend, shape, dtype);
  const size = sizeOf(out);
  if (size === 0) return out;
  const axes = shape.map((_, axis) => axis);
  const types = Object.values(inputs).map((input) => (input.dtype === 'float32' ? 'f' : 'i'));
  const program: Program = {
    name: `${name} rank ${shape.length} ${types.join('')} ${dtype}`,
    declarations,
    main: `
      let i = group * LANES + lane;
      if (i >= uniforms.size) { return; }
      var rest = i;
      ${[...axes]
        .reverse()
        .map(
          (axis) => `let k_${axis} = rest % uniforms.size_${axis}; rest /= uniforms.size_${axis};`,
        )
        .join('\n')}
      ${walks
        .map((walk) => {
          const terms = axes.map((axis) => `k_${axis} * uniforms.${walk.name}_${axis}`);
          return `let at_${walk.name} = ${[`uniforms.${walk.name}_first`, ...terms].join(' + ')};`;
        })
        .join('\n')}
      out[i] = ${value};`,
  };
  // Unsigned numbers go round: adding 2^32 - 1 goes back by one.
  const unsigned = (number: number): ['u32', number] => ['u32', number >>> 0];
  const offsets = walks.flatMap(({ name: input, first = 0, steps }) => [
    [`${input}_first`, unsigned(first)] as const,
    ...steps.map((step, axis) => [`${input}_${axis}`, unsigned(step)] as const),
  ]);
  run(
    backend,
    program,
    { inputs, outputs: { out } },
    {
      size: ['u32', size],
      ...Object.fromEntries(axes.map((axis) => [`size_${axis}`, ['u32', shape[axis]!] as const])),
      ...Object.fromEntries(offsets),
      ...uniforms,
    } as Uniforms,
    { entries: size },
  );
  return out;
}

/** Copies entries of a tensor to others of a new one. */
export function moved(
  backend: GpuBackend,
  x: TensorInfo,
  shape: number[],
  walk: Omit<Walk, 'name'>,
): TensorInfo {
  return mapped(backend, shape, x.dtype as OutputType, {
    name: 'moved',
    inputs: { x },
    walks: [{ name: 'x', ...walk }],
    value: 'x[at_x]',
  });
}
