// What the steps of recurrent layers have in common, forward and backward: a product of a few rows with a matrix, then
// arithmetic on each of its entries. A workgroup computes UNITS columns of up to SLICES rows; its SLICES each add up a part
// of the inner dimension, whose entries are read side by side. One barrier later every lane has one entry.
import { GROUP } from '../program.ts';
import { activations, SLICES, UNITS } from './recurrent/step-sums.ts';

/** WGSL type of what one lane adds up. */
export type SumType = 'f32' | 'vec2<f32>' | 'vec3<f32>' | 'vec4<f32>';

/** WGSL: the entries of all blocks of `uniforms.units` columns, from that of the first block. */
export function blocks(type: SumType, array: string, first: string): string {
  const count = type === 'f32' ? 1 : Number(type[3]);
  const entries = Array.from(
    { length: count },
    (_, block) => `${array}[${first} + ${block}u * uniforms.units]`,
  );
  return `${type}(${entries.join(', ')})`;
}

/** WGSL: the slope of a sigmoid with this value. */
export function sigmoidSlope(value: string): string {
  return `${value} * (1.0 - ${value})`;
}

/** Code of one step, to be put together by {@link stepMain}. */
interface StepCode {
  /** Rows of a workgroup. */
  readonly rows: number;
  /** Type of the sums: one for each column, or one for each block of columns. */
  readonly type: SumType;
  /** WGSL: length of the inner dimension. */
  readonly inner: string;
  /** WGSL: the matrix's entry or entries in row `k` for column `unit`. */
  readonly factor: string;
  /** WGSL: the entry `k` of row `b`. */
  readonly value: (b: string) => string;
  /** WGSL: what becomes of `sum` at row `b`, column `unit`. */
  readonly body: string;
}

/** WGSL of the workgroup's memory. */
export function stepDeclarations({ rows, type }: Pick<StepCode, 'rows' | 'type'>): string {
  return `${activations}\nvar<workgroup> parts : array<${type}, ${GROUP * rows}>;`;
}

/** WGSL of a step. */
export function stepMain({ rows, type, inner, factor, value, body }: StepCode): string {
  const each = Array.from({ length: rows }, (_, row) => row);
  return `
    let tiles = (uniforms.units + ${UNITS - 1}u) / ${UNITS}u;
    let unit = (group % tiles) * ${UNITS}u + lane % ${UNITS}u;
    let firstRow = (group / tiles) * ${rows}u;
    let slice = lane / ${UNITS}u;
    ${each.map((row) => `var sum${row} = ${type}();`).join('\n')}
    ${each.map((row) => `let row${row} = min(firstRow + ${row}u, uniforms.batch - 1u);`).join('\n')}
    if (unit < uniforms.units) {
      for (var k = slice; k < ${inner}; k += ${SLICES}u) {
        let factor = ${factor};
        ${each.map((row) => `sum${row} += ${value(`row${row}`)} * factor;`).join('\n')}
      }
    }
    ${each.map((row) => `parts[${row * GROUP}u + lane] = sum${row};`).join('\n')}
    workgroupBarrier();
    let b = firstRow + slice;
    if (unit >= uniforms.units || slice >= ${rows}u || b >= uniforms.batch) { return; }
    let part = slice * ${GROUP}u + lane % ${UNITS}u;
    let sum = ${Array.from({ length: SLICES }, (_, s) => `parts[part + ${s * UNITS}u]`).join(' + ')};
    ${body}`;
}
