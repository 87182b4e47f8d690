import type { GatePositions } from '@whittle/backend';
import type { Uniforms } from '../program.ts';

/** Uniforms: the block of each gate of an LSTM; one program serves all orders. */
export function gateUniforms(gates: GatePositions): Uniforms {
  const { i, f, g, o } = gates;
  return { gateI: ['u32', i], gateF: ['u32', f], gateG: ['u32', g], gateO: ['u32', o] };
}
