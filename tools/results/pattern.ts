// Which entries of a weight matrix are zero, before and after the dead components were removed.
import { deflateSync, inflateSync } from 'node:zlib';
import { join } from 'node:path';
import { pngUri } from '@secateur/app';
import type { NamedArray } from '@secateur/groups';
import { readModelDirectory } from '@secateur/pruner/node';

/** The entries of a matrix that are not zero. */
interface Pattern {
  readonly rows: number;
  readonly columns: number;
  /** A bit an entry, row by row, deflated, in base64. */
  readonly bits: string;
}

/** The pattern of one weight of a run. */
export interface PatternPair {
  readonly weight: string;
  readonly before: Pattern;
  readonly after: Pattern;
}

/** Reads the pattern of a weight from the two models of a run. */
export async function patternOf(run: string, weight: string): Promise<PatternPair> {
  const read = async (model: string): Promise<Pattern> =>
    patternOfArray((await readModelDirectory(join(run, model))).weights[weight]!);
  return { weight, before: await read('dense'), after: await read('model') };
}

function patternOfArray({ shape, data }: NamedArray): Pattern {
  const bits = new Uint8Array(Math.ceil(data.length / 8));
  data.forEach((value, i) => {
    if (value !== 0) bits[i >> 3]! |= 1 << (i & 7);
  });
  const [rows, columns] = shape as [number, number];
  return { rows, columns, bits: deflateSync(bits, { level: 9 }).toString('base64') };
}

const ALIVE = [31, 111, 235];
const ZERO = [234, 238, 242];

/** One pixel an entry: blue where it is not zero. */
function image({ rows, columns, bits }: Pattern): string {
  const packed = inflateSync(Buffer.from(bits, 'base64'));
  const data = new Uint8Array(3 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    data.set(((packed[i >> 3]! >> (i & 7)) & 1) === 1 ? ALIVE : ZERO, 3 * i);
  }
  return pngUri({ width: columns, height: rows, data });
}

/** Both matrices at the same scale, one under the other, as SVG. */
export function patternPicture({ weight, before, after }: PatternPair): string {
  const [left, gap] = [16, 40];
  const part = (name: string, pattern: Pattern, top: number): string => {
    const { rows, columns } = pattern;
    const text = `${name}: ${weight}, ${rows} × ${columns}`;
    return (
      `<text x="${left}" y="${top - 10}">${text}</text>` +
      `<image x="${left}" y="${top}" width="${columns}" height="${rows}" style="image-rendering:pixelated" href="${image(pattern)}"/>`
    );
  };
  const second = gap + before.rows + gap;
  const [width, height] = [before.columns + 2 * left, second + after.rows + left];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="system-ui, sans-serif" font-size="14"><rect width="100%" height="100%" fill="#ffffff"/>` +
    `${part('before', before, gap)}${part('after', after, second)}</svg>\n`
  );
}
