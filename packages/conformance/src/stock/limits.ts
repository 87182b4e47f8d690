import type { BackendName } from '@secateur/backend';
import type { Call } from './entry.ts';

/** A difference that is let be, and why; docs/backends.md says it too. */
export interface Limit {
  readonly backend: BackendName;
  /** The kernels; every one when left out. */
  readonly kernels?: readonly string[];
  readonly reason: string;
  /** Which calls it concerns. */
  readonly concerns: (call: Call) => boolean;
  /** What it allows: NaN for any number, or an error with a text in it. */
  readonly allows: 'NaN' | { readonly error: string };
}

const isEmpty = ({ inputs }: Call): boolean =>
  Object.values(inputs).some(({ values }) => values.length === 0);
const hasInfinity = ({ inputs }: Call): boolean =>
  Object.values(inputs).some(({ values }) => values.some((x) => !Number.isFinite(x)));

/** All limits. */
export const limits: readonly Limit[] = [
  {
    backend: 'wasm',
    kernels: ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'Conv2DBackpropFilter'],
    reason: 'the padding is multiplied as zeros are, and zero times infinity is NaN',
    concerns: hasInfinity,
    allows: 'NaN',
  },
  {
    backend: 'webgpu',
    kernels: ['BatchMatMul', '_FusedMatMul', 'Conv2D', 'FusedConv2D'],
    reason:
      'padding, and what a tile has beyond a matrix, are multiplied as zeros are, and zero times infinity is NaN',
    concerns: hasInfinity,
    allows: 'NaN',
  },
  {
    backend: 'webgpu',
    reason:
      'WebGPU has no empty bindings: what reads nothing and writes something is refused with an error',
    concerns: isEmpty,
    allows: { error: 'expected tensors with entries' },
  },
];
