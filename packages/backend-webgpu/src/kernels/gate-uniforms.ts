import type { GatePositions, GruGatePositions } from '@secateur/backend';
import type { Uniforms } from '../program.ts';

/** Uniforms: the block of each gate by its letter, such as `gateF`; one program serves all orders. */
export function gateUniforms(gates: GatePositions | GruGatePositions): Uniforms {
  const entries = Object.entries(gates) as [letter: string, block: number][];
  return Object.fromEntries(
    entries.map(([letter, block]) => [`gate${letter.toUpperCase()}`, ['u32', block]]),
  );
}
