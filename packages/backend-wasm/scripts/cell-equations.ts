// Writes the equations of the cells that we ship as AssemblyScript: a function for each program, four units at a time.
import { emitter, type Dialect, type NodeOp } from '@secateur/kernels';
import {
  cellPrograms,
  listPrograms,
  slotsOf,
  split,
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
import { floats, storeSome } from './vector';
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
  const numbered = (slot: string): number => of.slots.indexOf(slot.split('.')[0]!);
  const value = (slot: string): string => {
    const at = numbered(slot);
    if (slot.startsWith('setting ')) return `n${at}`;
    const [panels, block] = slot.split('.') as [string, string?];
    if (block !== undefined) return `v128.load(s${at} + panel${widthOf(panels)}, ${32 * +block})`;
    const load = `v128.load(s${at} + at)`;
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
  const left = made.map(([name, slot]) => {
    if (!slot.startsWith('dparameter ')) return [name, slot] as const;
    out.line(`const sum${name} = f32x4.add(${value(slot)}, ${name});`);
    return [`sum${name}`, slot] as const;
  });
  const stored = (write: (to: string, name: string) => string): string =>
    left
      .map(([name, slot]) => {
        const guard = repeats && mayBeEmpty(slot) ? `if (s${numbered(slot)} != 0) ` : '';
        return guard + write(`s${numbered(slot)} + at`, name);
      })
      .join('\n');
  out.line('if (count >= 4) {');
  out.line(stored((to, name) => `v128.store(${to}, ${name});`));
  out.line('} else {');
  out.line(stored((to, name) => `storeSome(${to}, ${name}, count);`));
  out.line('}');
  const slots = [...slotsOf([program])];
  const settings = slots.filter((slot) => slot.startsWith('setting '));
  const matrices = slots.filter((slot) => !slot.startsWith('setting '));
  const rowAt = (slot: string): string => {
    const at = numbered(slot);
    if (repeats && mayBeEmpty(slot)) return `const s${at} = rowOf(slots, ${at}, row);`;
    return `const s${at} = load<usize>(slots, ${8 * at}) + row * load<i32>(slots, ${8 * at + 4});`;
  };
  const widths = new Set(matrices.filter((slot) => slot.startsWith('panels ')).map(widthOf));
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

/** How many blocks lie side by side in panels. */
const widthOf = (panels: string): number => split(panels)[1].length;

/** What a repeated cell has at its first or last repetition only. */
function mayBeEmpty(slot: string): boolean {
  return /^(?:in |bias |y$|dy$|apart )/.test(slot);
}
