import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recurrentDims } from '@secateur/groups';
import { decodeOnnx, encodeOnnx } from '../src/index.ts';
import { runs } from '../src/graph/span.ts';
import { derive, type Derived, type StateSizes } from '../src/layout/derive.ts';

const folder = join(import.meta.dirname, 'fixtures');

/** The names of the files that other programs wrote; `fixtures/make.py` says how. */
export const corpus: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => name.slice(0, -'.onnx'.length))
  .sort();

/** The bytes of one of them. */
export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(join(folder, `${name}.onnx`)));
}

/** A file in which nothing reads some units of each recurrent node, and which these are. */
export interface Planted {
  readonly bytes: Uint8Array;
  readonly dead: Record<string, number[]>;
}

/** Makes units dead: every entry of a weight that reads them becomes zero. */
export function plant(bytes: Uint8Array, states: StateSizes): Planted {
  const model = decodeOnnx(bytes);
  const derived = derive(model, states);
  const dead: Record<string, number[]> = {};
  recurrentDims(derived.layout).forEach((dim, i) => {
    const size = derived.layout.dims[dim]!;
    const chosen = new Set([i % size, (i + 2) % size]);
    dead[dim] = [...chosen].sort((a, b) => a - b);
    for (const index of chosen) kill(derived, dim, index);
  });
  return { bytes: encodeOnnx(model), dead };
}

function kill({ weights, names }: Derived, dim: string, index: number): void {
  for (const { weight, part, axes } of weights) {
    axes.forEach((axis, k) => {
      if (weight.roles[k] !== 'reads' && weight.roles[k] !== 'both') return;
      let start = 0;
      for (const run of runs(axis)) {
        if (names.get(run) === dim) zero(weight, part, k, start + index);
        start += run.size!;
      }
    });
  }
}

/** Writes zeros at one index along an axis of a float32 constant. */
function zero(
  { tensor, shape }: Derived['weights'][number]['weight'],
  part: number | undefined,
  axis: number,
  index: number,
): void {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const raw = tensor.rawData.slice();
  const count = shape.reduce((product, size) => product * size, 1);
  for (let i = 0; i < count; i++) {
    if (Math.floor(i / inner) % shape[axis]! !== index) continue;
    if (part !== undefined && Math.floor(i / (count / 2)) !== part) continue;
    if (raw.length > 0) raw.fill(0, i * 4, i * 4 + 4);
    else tensor.floatData[i] = 0;
  }
  if (raw.length > 0) tensor.rawData = raw;
}
