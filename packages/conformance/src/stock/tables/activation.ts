// What follows the sums in the fused kernels: a bias and an activation.
import type { Draw, Input } from '../draw.ts';
import type { Call, DefinedEntry } from '../entry.ts';
import { output } from './elementwise.ts';

const activations: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  elu: (x) => (x >= 0 ? x : Math.expm1(x)),
};

/** An entry like `base` whose sums, `width` to a row, get a bias or none, and an activation. */
export function activated(base: DefinedEntry, width: (call: Call) => number): DefinedEntry {
  return {
    ...base,
    make: (draw: Draw) => {
      const call = base.make(draw);
      const bias: Record<string, Input> = draw.chance(0.7)
        ? { bias: draw.input([width(call)], 'float32') }
        : {};
      return {
        inputs: { ...call.inputs, ...bias },
        attrs: { ...call.attrs, activation: draw.pick(Object.keys(activations)) },
      };
    },
    expected: (call) => {
      const { shape, values } = base.expected(call)[0]!;
      const f = activations[call.attrs!['activation'] as string]!;
      const bias = call.inputs['bias']?.values;
      const results = Array.from(values, (sum, offset) =>
        f(sum + (bias?.[offset % bias.length] ?? 0)),
      );
      return [output(shape, results, 'float32')];
    },
    hasGradient: () => false,
  };
}
