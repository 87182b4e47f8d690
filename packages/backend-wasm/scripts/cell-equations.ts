// Writes the equations of the cells that we ship as AssemblyScript: a function for each program, four units at a time.
import { emitter, type Dialect, type NodeOp } from '@secateur/kernels';
import {
  cellPrograms,
  listPrograms,
  type CellPrograms,
  type Program,
} from '../src/cells/programs.ts';
import { shippedCells } from '../src/cells/shipped.ts';

const functions: Partial<Record<NodeOp, string>> = {
  add: 'f32x4.add',
  sub: 'f32x4.sub',
  mul: 'f32x4.mul',
  sigmoid: 'sigmoid4',
  tanh: 'tanh4',
  relu: 'relu4',
  sigmoidSlope: 'sigmoidSlope',
  tanhSlope: 'tanhSlope',
  reluSlope: 'reluSlope',
};

/** The text of a module that exports `equations`, which runs a program by its number. */
export function cellEquations(): string {
  const programs = shippedCells.flatMap((cell) => {
    const of = cellPrograms(cell);
    return listPrograms(of).map((program) => [program, of, cell.repeats] as const);
  });
  const texts = programs.map(([program, of, repeats], k) => functionOf(k, program, of, repeats));
  const cases = programs.map((_, k) => `case ${k}: return program${k}(slots, rows, from, to);`);
  return `import { rowOf } from './cell-interpreter';
import { sigmoid4, tanh4 } from './math';
import { PANEL } from './pack';
import { relu4, reluSlope, sigmoidSlope, tanhSlope } from './slopes';
import { floats, loadSome, storeSome } from './vector';
${texts.join('')}
export function equations(kind: i32, slots: usize, rows: i32, from: i32, to: i32): void {
switch (kind) {
${cases.join('\n')}
}
}
`;
}

function functionOf(number: number, program: Program, of: CellPrograms, repeats: boolean): string {
  const { nodes, loads, stores } = program;
  const numbered = (slot: string): number => of.slots.indexOf(slot);
  const value = (slot: string): string => {
    const at = numbered(slot);
    if (slot.startsWith('setting ')) return `n${at}`;
    if (slot.startsWith('panel ')) return `v128.load(s${at} + panel${of.panels.get(slot)!})`;
    const load = `loadSome(s${at} + at, count)`;
    return repeats && mayBeEmpty(slot) ? `s${at} == 0 ? f32x4.splat(0) : ${load}` : load;
  };
  const dialect: Dialect = {
    leaf: (node, at) => {
      const slot = loads.get(at);
      return slot === undefined ? `f32x4.splat(${node.value!})` : value(slot);
    },
    apply: (op, args) => `${functions[op]!}(${args.join(', ')})`,
    declare: (name, text) => `const ${name} = ${text};`,
  };
  const out = emitter(nodes, dialect);
  const made = stores.map(({ at, slot }) => [out.name(at), slot] as const);
  for (const [name, slot] of made) {
    const sum = slot.startsWith('dparameter ') ? `f32x4.add(${value(slot)}, ${name})` : name;
    const guard = repeats && mayBeEmpty(slot) ? `if (s${numbered(slot)} != 0) ` : '';
    out.line(`${guard}storeSome(s${numbered(slot)} + at, ${sum}, count);`);
  }
  const slots = [...new Set([...loads.values(), ...stores.map(({ slot }) => slot)])];
  const settings = slots.filter((slot) => slot.startsWith('setting '));
  const matrices = slots.filter((slot) => !slot.startsWith('setting '));
  const rowAt = (slot: string): string => {
    const at = numbered(slot);
    if (repeats && mayBeEmpty(slot)) return `const s${at} = rowOf(slots, ${at}, row);`;
    return `const s${at} = load<usize>(slots, ${8 * at}) + row * load<i32>(slots, ${8 * at + 4});`;
  };
  const widths = new Set(matrices.flatMap((slot) => of.panels.get(slot) ?? []));
  return `
function program${number}(slots: usize, rows: i32, from: i32, to: i32): void {
${settings.map((slot) => `const n${numbered(slot)} = v128.load32_splat(slots, ${8 * numbered(slot)});`).join('\n')}
for (let row = 0; row < rows; row++) {
${matrices.map(rowAt).join('\n')}
for (let j = from; j < to; j += 4) {
const count = to - j;
const at = floats(j);
${[...widths].map((width) => `const panel${width} = floats(${width} * (j & -PANEL) + (j & (PANEL - 1)));`).join('\n')}
${out.lines.join('\n')}
}
}
}
`;
}

/** What a repeated cell has at its first or last repetition only. */
function mayBeEmpty(slot: string): boolean {
  return /^(?:in |bias |y$|dy$|apart )/.test(slot);
}
