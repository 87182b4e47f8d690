// What both kernels of a GRU do with the order of its gates.
import type { GruGatePositions } from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';

/** Parts of weights or biases. */
export interface GateParts {
  /** Those of update and reset gate, side by side. */
  readonly sigmoids: Handle;
  /** Those of the candidate. */
  readonly candidate: Handle;
}

/** Cuts the three blocks along an axis into those of the two gates and that of the candidate. */
export function splitGates(
  ops: Operations,
  weights: Handle,
  axis: number,
  gates: GruGatePositions,
): GateParts {
  const blocks = ops.split(weights, 3, axis);
  return {
    sigmoids: ops.concat([blocks[gates.z]!, blocks[gates.r]!], axis),
    candidate: blocks[gates.n]!,
  };
}

/** The blocks of the three gates in their order. */
export function inOrder(
  gates: GruGatePositions,
  blocks: Readonly<Record<'z' | 'r' | 'n', Handle>>,
): Handle[] {
  const ordered: Handle[] = [];
  ordered[gates.z] = blocks.z;
  ordered[gates.r] = blocks.r;
  ordered[gates.n] = blocks.n;
  return ordered;
}
