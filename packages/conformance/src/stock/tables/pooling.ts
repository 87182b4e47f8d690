import { type Draw, type Input, type Mix, mixes, summable } from '../draw.ts';
import type { Call, Entry } from '../entry.ts';
import { output } from './elementwise.ts';
import { filled, offsetOf } from './offsets.ts';
import { eachTap, windowCounts, type Windows } from './windows.ts';

/** A pooling of images (2 axes) or volumes (3). */
function pooled(draw: Draw, axes: number): { shape: number[]; attrs: Record<string, unknown> } {
  const filterSize = Array.from({ length: axes }, () => draw.int(1, 3));
  const spatial = filterSize.map((size) => draw.int(size, 7 - axes + size));
  const strides = filterSize.map(() => draw.int(1, 3));
  const batch = draw.chance(0.06) ? 0 : draw.int(1, 3);
  return {
    shape: [batch, ...spatial, draw.pick([1, 1, 2, 3, 5, 9])],
    attrs: { filterSize, strides, pad: draw.pick(['valid', 'same'] as const) },
  };
}

function windowsOf(shape: readonly number[], { attrs }: Call): Windows {
  const { filterSize, strides, pad } = attrs as {
    filterSize: number[];
    strides: number[];
    pad: string;
  };
  const input = shape.slice(1, -1);
  const dilations = input.map(() => 1);
  return { input, window: filterSize, strides, dilations, same: pad === 'same' };
}

/** The places of the input that each window holds, by the offset of the output. */
function windowEntries(
  shape: readonly number[],
  windows: Windows,
): { out: number[]; held: number[][] } {
  const [batch, channels] = [shape[0]!, shape.at(-1)!];
  const out = [batch, ...windowCounts(windows), channels];
  const held: number[][] = filled(out, () => 0).map(() => []);
  for (let image = 0; image < batch; image++) {
    eachTap(windows, (at, _, from) => {
      for (let channel = 0; channel < channels; channel++) {
        held[offsetOf([image, ...at, channel], out)]!.push(
          offsetOf([image, ...from, channel], shape),
        );
      }
    });
  }
  return { out, held };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

function pool(kernel: string, axes: number, kind: 'max' | 'avg'): Entry {
  const mixesOfKind: readonly Mix[] = kind === 'max' ? mixes : summable;
  const f = kind === 'max' ? (values: number[]) => Math.max(...values) : mean;
  return {
    kernel,
    make: (draw) => {
      const { shape, attrs } = pooled(draw, axes);
      return { inputs: { x: draw.input(shape, 'float32', draw.pick(mixesOfKind)) }, attrs };
    },
    expected: (call) => {
      const { shape, values } = call.inputs['x']!;
      const { out, held } = windowEntries(shape, windowsOf(shape, call));
      return [
        output(
          out,
          held.map((from) => f(from.map((offset) => values[offset]!))),
          'float32',
        ),
      ];
    },
    gradients: ['x'],
    rtol: 1e-5,
    atol: 1e-5,
  };
}

/** Which of a window's entries has its maximum: of several the first, and any NaN before all numbers. */
function maximumOf(values: readonly number[]): number {
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : values.indexOf(Math.max(...values));
}

function poolGrad(kernel: string, axes: number, kind: 'max' | 'avg'): Entry {
  return {
    kernel,
    make: (draw) => {
      const { shape, attrs } = pooled(draw, axes);
      const x = draw.input(shape, 'float32', kind === 'max' ? draw.pick(mixes) : 'plain');
      const { out, held } = windowEntries(shape, windowsOf(shape, { inputs: {}, attrs }));
      const dy = draw.input(out, 'float32', draw.pick(summable));
      const top = held.map((from) => Math.max(...from.map((offset) => x.values[offset]!)));
      const pooledMaximum: Input = { shape: out, dtype: 'float32', values: top };
      return {
        inputs: { dy, input: x, ...(kernel === 'MaxPoolGrad' && { output: pooledMaximum }) },
        attrs,
      };
    },
    expected: (call) => {
      const { shape, values } = call.inputs['input']!;
      const { held } = windowEntries(shape, windowsOf(shape, call));
      const sums = values.map(() => 0);
      call.inputs['dy']!.values.forEach((dy, offset) => {
        const from = held[offset]!;
        if (kind === 'max') sums[from[maximumOf(from.map((at) => values[at]!))]!]! += dy;
        else for (const at of from) sums[at]! += dy / from.length;
      });
      return [output(shape, sums, 'float32')];
    },
    rtol: 1e-5,
    atol: 1e-5,
  };
}

/** Pooling and its gradients. */
export const pooling: readonly Entry[] = [
  pool('MaxPool', 2, 'max'),
  pool('AvgPool', 2, 'avg'),
  pool('MaxPool3D', 3, 'max'),
  pool('AvgPool3D', 3, 'avg'),
  poolGrad('MaxPoolGrad', 2, 'max'),
  poolGrad('AvgPoolGrad', 2, 'avg'),
  poolGrad('MaxPool3DGrad', 3, 'max'),
  poolGrad('AvgPool3DGrad', 3, 'avg'),
];
