import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { copy, makeOutput, type Uniforms } from '../program.ts';
import { type Infos, matrixOf } from './fused-kernel.ts';

/** What a program with a penalized gradient needs: its tensors, its numbers and a function `penalized(index)`. */
export interface PenalizedCall {
  /** Which of the inputs are there; programs of different variants have different code. */
  readonly variant: string;
  /** The tensors to bind. */
  readonly inputs: Infos;
  /** `size` and `columns`. */
  readonly uniforms: Uniforms;
  /** WGSL: `fn penalized(i : u32) -> f32`. */
  readonly declarations: string;
  /** Releases what was made for the call, after it has been recorded. */
  release(): void;
}

/** Scalars that kernels take as tensors, by the place they are put in front of the factors. */
const scalars = ['scale', 'correction1', 'correction2'] as const;

/** WGSL of a scalar among the `lines` of a {@link PenalizedCall}. */
export function scalarOf(name: (typeof scalars)[number]): string {
  return `lines[${scalars.indexOf(name)}]`;
}

/**
 * Prepares `scale * (gradient + weight * (rows[i] + columns[j]))`. The factors and all scalars go into one tensor
 * `lines`: a device need not bind more than eight, and Adam alone has four inputs and three outputs besides.
 */
export function penalized(backend: GpuBackend, inputs: Partial<Infos>): PenalizedCall {
  const { gradient, weight } = inputs as { gradient: TensorInfo; weight?: TensorInfo };
  const size = sizeOf(gradient);
  const { lines, factors } = linesOf(backend, inputs, size);
  const penalty = factors === undefined ? '' : ` + weight[i] * (${factors})`;
  const scaled = inputs['scale'] === undefined ? '' : ` * ${scalarOf('scale')}`;
  return {
    variant: names.filter((name) => inputs[name] !== undefined).join('+'),
    inputs: {
      gradient,
      ...(factors !== undefined && { weight: weight! }),
      ...(lines !== undefined && { lines }),
    },
    uniforms: { size: ['u32', size], columns: ['u32', matrixOf(inputs, size)[1]] },
    declarations: `fn penalized(i : u32) -> f32 { return (gradient[i]${penalty})${scaled}; }`,
    release: () => {
      if (lines !== undefined) backend.disposeData(lines.dataId);
    },
  };
}

const names = ['rows', 'columns', ...scalars] as const;

/** Scalars, factors of columns and factors of rows in one tensor, and WGSL for the factors of entry `i`, combined. */
export function linesOf(
  backend: GpuBackend,
  inputs: Partial<Infos>,
  size: number,
  combine = ' + ',
): { lines?: TensorInfo; factors?: string } {
  const { rows, columns } = inputs as { rows?: TensorInfo; columns?: TensorInfo };
  if (names.every((name) => inputs[name] === undefined)) return {};
  const [height, width] = matrixOf(inputs, size);
  const start = scalars.length;
  const startOfRows = start + (columns === undefined ? 0 : width);
  const lines = makeOutput(backend, [startOfRows + (rows === undefined ? 0 : height)]);
  scalars.forEach((name, target) => {
    if (inputs[name] !== undefined) copy(backend, inputs[name], lines, { target });
  });
  if (columns !== undefined) copy(backend, columns, lines, { target: start });
  if (rows !== undefined) copy(backend, rows, lines, { target: startOfRows });
  const wgsl = [
    ...(rows === undefined
      ? []
      : [
          `lines[${start}u + i / uniforms.columns${columns === undefined ? '' : ' + uniforms.columns'}]`,
        ]),
    ...(columns === undefined ? [] : [`lines[${start}u + i % uniforms.columns]`]),
  ];
  return { lines, ...(wgsl.length > 0 && { factors: wgsl.join(combine) }) };
}
