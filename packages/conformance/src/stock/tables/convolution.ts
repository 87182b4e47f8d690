import { type Draw, summable } from '../draw.ts';
import type { Call, DefinedEntry, Entry } from '../entry.ts';
import { activated } from './activation.ts';
import { output } from './elementwise.ts';
import { filled, offsetOf } from './offsets.ts';
import { eachTap, windowCounts, type Windows } from './windows.ts';

/** A convolution: images (2 axes) or volumes (3), all channels in every filter or a filter for each. */
interface Convolution {
  readonly axes: 2 | 3;
  readonly depthwise: boolean;
}

interface Sizes {
  readonly x: number[];
  readonly filter: number[];
  readonly attrs: Record<string, unknown>;
}

function sizes(draw: Draw, { axes }: Convolution, dilated: boolean): Sizes {
  // Filters of one number for a channel go ways of their own.
  const scales = draw.chance(0.15);
  const window = Array.from({ length: axes }, () => (scales ? 1 : draw.int(1, 3)));
  const dilation = dilated && draw.chance(0.3) ? 2 : 1;
  // A stride and a dilation cannot both be above 1.
  const strides = window.map(() => (scales || dilation > 1 ? 1 : draw.int(1, 3)));
  const spatial = window.map((size) => (size - 1) * dilation + draw.int(1, 7 - axes));
  const inChannels = scales ? draw.pick([1, 1, 5]) : draw.pick([1, 2, 3, 5]);
  const last = scales ? draw.pick([1, 1, 2]) : draw.pick([1, 2, 3, 4, 9]);
  const batch = draw.chance(0.06) ? 0 : draw.int(1, 3);
  return {
    x: [batch, ...spatial, inChannels],
    filter: [...window, inChannels, last],
    attrs: {
      strides,
      pad: draw.pick(['valid', 'same'] as const),
      dilations: window.map(() => dilation),
      ...(axes === 2 && { dataFormat: 'NHWC' }),
    },
  };
}

function windowsOf({ x, filter, attrs }: Sizes): Windows {
  const { strides, pad, dilations } = attrs as {
    strides: number[];
    pad: string;
    dilations?: number[];
  };
  const input = x.slice(1, -1);
  return {
    input,
    window: filter.slice(0, -2),
    strides,
    dilations: dilations ?? input.map(() => 1),
    same: pad === 'same',
  };
}

/** Calls `visit` with the places of an input, a weight and an output for each product of the convolution. */
function eachProduct(
  sizes: Sizes,
  { depthwise }: Convolution,
  out: readonly number[],
  visit: (x: number, weight: number, y: number) => void,
): void {
  const [inChannels, last] = sizes.filter.slice(-2) as [number, number];
  eachTap(windowsOf(sizes), (at, tap, from) => {
    for (let image = 0; image < sizes.x[0]!; image++) {
      for (let channel = 0; channel < inChannels; channel++) {
        for (let k = 0; k < last; k++) {
          visit(
            offsetOf([image, ...from, channel], sizes.x),
            offsetOf([...tap, channel, k], sizes.filter),
            offsetOf([image, ...at, depthwise ? channel * last + k : k], out),
          );
        }
      }
    }
  });
}

function outShape(sizes: Sizes, { depthwise }: Convolution): number[] {
  const [inChannels, last] = sizes.filter.slice(-2) as [number, number];
  return [sizes.x[0]!, ...windowCounts(windowsOf(sizes)), depthwise ? inChannels * last : last];
}

const close = { rtol: 1e-5, atol: 1e-4 };
const zeros = (shape: readonly number[]): number[] => filled(shape, () => 0);

function forward(kernel: string, kind: Convolution): DefinedEntry {
  return {
    kernel,
    make: (draw) => {
      const { x, filter, attrs } = sizes(draw, kind, true);
      const inputs = {
        x: draw.input(x, 'float32', draw.pick(summable)),
        filter: draw.input(filter, 'float32', draw.pick(['plain', 'ties', 'plain', 'special'])),
      };
      return { inputs, attrs };
    },
    expected: (call) => [convolved(call, kind)],
    gradients: ['x', 'filter'],
    // TensorFlow.js has no gradient of a dilated convolution.
    hasGradient: ({ attrs }) => (attrs!['dilations'] as number[])[0] === 1,
    ...close,
  };
}

function convolved(call: Call, kind: Convolution): ReturnType<typeof output> {
  const [x, filter] = [call.inputs['x']!, call.inputs['filter']!];
  const shapes = { x: [...x.shape], filter: [...filter.shape], attrs: { ...call.attrs } };
  const shape = outShape(shapes, kind);
  const sums = zeros(shape);
  eachProduct(shapes, kind, shape, (from, weight, to) => {
    sums[to]! += x.values[from]! * filter.values[weight]!;
  });
  return output(shape, sums, 'float32');
}

/** The gradient of a convolution for its input (what that is called, its shape is the attribute) or its filter. */
function backward(kernel: string, kind: Convolution, of: 'input' | 'filter'): Entry {
  const [shapes, shapeName] = of === 'input' ? ['filter', 'inputShape'] : ['x', 'filterShape'];
  return {
    kernel,
    make: (draw) => {
      const all = sizes(draw, kind, false);
      const dy = draw.input(outShape(all, kind), 'float32', draw.pick(summable));
      const other = draw.input(
        of === 'input' ? all.filter : all.x,
        'float32',
        draw.pick(['plain', 'ties']),
      );
      const { dilations, ...attrs } = all.attrs;
      return {
        inputs: { dy, [shapes]: other },
        attrs: {
          ...attrs,
          ...(kind.depthwise && { dilations }),
          [shapeName]: of === 'input' ? all.x : all.filter,
        },
      };
    },
    expected: ({ inputs, attrs = {} }) => {
      const shape = attrs[shapeName] as number[];
      const other = inputs[shapes]!;
      const mixed = [...other.shape];
      const all: Sizes = {
        ...(of === 'input' ? { x: shape, filter: mixed } : { x: mixed, filter: shape }),
        attrs,
      };
      const dy = inputs['dy']!;
      const sums = zeros(shape);
      eachProduct(all, kind, dy.shape, (x, weight, y) => {
        const [to, from] = of === 'input' ? [x, weight] : [weight, x];
        sums[to]! += other.values[from]! * dy.values[y]!;
      });
      return [output(shape, sums, 'float32')];
    },
    ...close,
  };
}

const images: Convolution = { axes: 2, depthwise: false };
const perChannel: Convolution = { axes: 2, depthwise: true };
const volumes: Convolution = { axes: 3, depthwise: false };

const fused = activated(forward('FusedConv2D', images), ({ inputs }) =>
  inputs['filter']!.shape.at(-1)!,
);

/** Convolutions and their gradients. */
export const convolution: readonly Entry[] = [
  forward('Conv2D', images),
  backward('Conv2DBackpropInput', images, 'input'),
  backward('Conv2DBackpropFilter', images, 'filter'),
  fused,
  forward('DepthwiseConv2dNative', perChannel),
  backward('DepthwiseConv2dNativeBackpropInput', perChannel, 'input'),
  backward('DepthwiseConv2dNativeBackpropFilter', perChannel, 'filter'),
  forward('Conv3D', volumes),
  backward('Conv3DBackpropInputV2', volumes, 'input'),
  backward('Conv3DBackpropFilterV2', volumes, 'filter'),
];
