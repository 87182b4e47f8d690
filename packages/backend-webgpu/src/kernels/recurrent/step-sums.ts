// The products of a step of a recurrent layer: a few rows with a matrix. A workgroup computes some columns of some rows; the lanes
// that share a column are its slices, each of which adds up a part of the inner dimension, whose entries are read side by side.
// A barrier later every lane has the sums of one row and one column, and goes on with them.
import type { GpuBackend } from '../../gpu-backend.ts';
import { type Tuning, tuningOf } from '../../tuning.ts';

/** What a workgroup computes of a step. */
export type Tile = Pick<Tuning, 'lanes' | 'columns' | 'rows'>;

/** The tile of a backend for so many rows, and how many workgroups there are. */
export function stepGrid(
  backend: GpuBackend,
  batch: number,
  units: number,
): { tile: Tile; groups: number } {
  const { lanes, columns, rows: most } = tuningOf(backend);
  // Two programs and no more: a single row would waste all lanes but one of each column, two or three rows waste little.
  const rows = batch === 1 ? 1 : Math.min(most, lanes / columns);
  return {
    tile: { lanes, columns, rows },
    groups: Math.ceil(units / columns) * Math.ceil(batch / rows),
  };
}

/** The name of a tile, for the names of its programs. */
export const tileName = ({ lanes, columns, rows }: Tile): string => `${rows} ${columns} ${lanes}`;

/** Neither overflows: every exponent is at most 0. Near 0 the tanh is a polynomial, right to 2e-10 of its value. */
export const activations = `
  fn sigmoidOf(x : f32) -> f32 {
    let e = exp(-abs(x));
    return select(e, 1.0, x >= 0.0) / (1.0 + e);
  }
  fn tanhOf(x : f32) -> f32 {
    let e = exp(-2.0 * abs(x));
    let s = x * x;
    let near = x * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 - s * (17.0 / 315.0))));
    return select(near, sign(x) * (1.0 - e) / (1.0 + e), abs(x) > 0.1);
  }`;

/** A sum for each row `b` and each column `unit`. */
interface Sum {
  /** The WGSL variable that gets it. */
  readonly name: string;
  /** WGSL: the matrix's entry in row `k` for column `unit`. */
  readonly factor: string;
  /** WGSL: the entry `k` of row `b`. */
  readonly value: (b: string) => string;
}

/** Sums over the same inner dimension. */
export interface Sums {
  /** WGSL: length of the inner dimension. */
  readonly inner: string;
  /** WGSL lines before the loop over it; they know `unit`. */
  readonly setup?: string;
  /** The sums; those whose values are the same text read them once. */
  readonly sums: readonly Sum[];
}

/** The most sums of a loop, so that a workgroup's memory and a lane's registers hold those of four rows. */
const WIDEST = 4;

const counted = <T>(count: number, make: (k: number) => T): T[] =>
  Array.from({ length: count }, (_, k) => make(k));

/** WGSL that computes sums and leaves the lanes that have none; the others know `b` and `unit`. */
export function stepSums(
  all: readonly Sums[],
  tile: Tile,
): { readonly declarations: string; readonly main: string } {
  const { rows, columns } = tile;
  const loops = all.flatMap(({ sums, ...rest }) =>
    counted(Math.ceil(sums.length / WIDEST), (k) => ({
      ...rest,
      sums: sums.slice(k * WIDEST, (k + 1) * WIDEST),
    })),
  );
  const widest = Math.max(0, ...loops.map(({ sums }) => sums.length));
  return {
    declarations:
      widest === 0 ? '' : `var<workgroup> parts : array<f32, LANES * ${rows * widest}>;`,
    main: `
      let tiles = (uniforms.units + ${columns - 1}u) / ${columns}u;
      let unit = (group % tiles) * ${columns}u + lane % ${columns}u;
      let firstRow = (group / tiles) * ${rows}u;
      let slice = lane / ${columns}u;
      ${counted(rows, (row) => `let row${row} = min(firstRow + ${row}u, uniforms.batch - 1u);`).join('\n')}
      ${loops.map((loop, k) => loopOf(loop, tile, k > 0)).join('\n')}
      let b = firstRow + slice;
      if (unit >= uniforms.units || slice >= ${rows}u || b >= uniforms.batch) { return; }`,
  };
}

/** `again` says that the workgroup's memory was used before. */
function loopOf({ inner, setup = '', sums }: Sums, tile: Tile, again: boolean): string {
  const { rows, columns } = tile;
  const slices = tile.lanes / columns;
  const each = <T>(make: (row: number, k: number) => T): string =>
    counted(rows, (row) => sums.map((_, k) => make(row, k)).join('\n')).join('\n');
  const valuesOf = (row: number): string[] => sums.map(({ value }) => value(`row${row}`));
  const lines = counted(rows, (row) => {
    const values = valuesOf(row);
    return sums.map((_, k) => {
      const first = values.indexOf(values[k]!);
      const read = first === k ? `let value${row}_${k} = ${values[k]!};` : '';
      return `${read} sum${row}_${k} += value${row}_${first} * factor${k};`;
    });
  }).flat();
  const partial = (k: number, slice: number): string =>
    `parts[${k * rows}u * LANES + ${slice * columns}u + part]`;
  return `
    ${sums.map(({ name }) => `var ${name} = 0.0;`).join(' ')}
    {
      let inner = ${inner};
      ${each((row, k) => `var sum${row}_${k} = 0.0;`)}
      if (unit < uniforms.units) {
        ${setup}
        for (var k = slice; k < inner; k += ${slices}u) {
          ${sums.map(({ factor }, k) => `let factor${k} = ${factor};`).join('\n')}
          ${lines.join('\n')}
        }
      }
      ${again ? 'workgroupBarrier();' : ''}
      ${each((row, k) => `parts[${k * rows + row}u * LANES + lane] = sum${row}_${k};`)}
      workgroupBarrier();
      let part = min(slice, ${rows - 1}u) * LANES + lane % ${columns}u;
      ${sums.map(({ name }, k) => `${name} = ${counted(slices, (slice) => partial(k, slice)).join(' + ')};`).join('\n')}
    }`;
}
