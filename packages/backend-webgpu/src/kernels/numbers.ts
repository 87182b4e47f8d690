// WGSL promises nothing of NaN and infinities: what a device does with them in `exp` or `max` is its own affair. So programs
// look at their bits, and take those that they return from uniforms, where no compiler knows them.
import type { Uniforms } from '../program.ts';

/** WGSL functions that look at the bits of a number. */
export const bits = `
  fn isNan(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
  fn isInfinite(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }`;

/** The uniforms `nan` and `infinity`. */
export const special: Uniforms = { nan: ['f32', NaN], infinity: ['f32', Infinity] };
