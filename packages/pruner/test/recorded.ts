import { readFileSync } from 'node:fs';
import type { NamedArray } from '@secateur/groups';
import { expect } from 'vitest';
import { runStack, type Direction } from './recurrent-stack.ts';

/** An array in a recording, in float64; a weight's or an input's values are exact in float32. */
export interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What one of the scripts in `fixtures` wrote. */
export function readRecording<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8')) as T;
}

/** A recorded weight as our functions take it. */
export function weightOf({ shape, data }: Recorded): NamedArray {
  return { shape, data: Float32Array.from(data) };
}

/** Expects the layers to make the recorded outputs `y` of the inputs `x`, both `[batch, time, ...]`. */
export function expectOutputs(
  { x, y }: { readonly x: Recorded; readonly y: Recorded },
  layers: readonly (readonly Direction[])[],
): void {
  const [batch, time, input] = x.shape as [number, number, number];
  const found = Array.from({ length: batch }, (_, b) => {
    const sequence = x.data.slice(b * time * input, (b + 1) * time * input);
    return [...runStack(Float64Array.from(sequence), time, layers)];
  }).flat();
  expect(found).toHaveLength(y.data.length);
  found.forEach((value, i) => expect(Math.abs(value - y.data[i]!)).toBeLessThan(1e-12));
}
