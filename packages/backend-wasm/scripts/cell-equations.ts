// Writes the equations of the cells that we ship as AssemblyScript: a function for each program, four units at a time.
import { emitter, type Dialect, type NodeOp } from '@secateur/kernels';
import { panelOf, slotsOf, split, type Program } from '../src/cells/program.ts';
import { cellPrograms, listPrograms, type CellPrograms } from '../src/cells/programs.ts';
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
  const numbered = (slot: string): number => of.slots.indexOf(panelOf(slot)[0]);
  const value = (slot: string): string => {
    const at = numbered(slot);
    if (slot.startsWith('setting ')) return `n${at}`;
    const [panels, block] = panelOf(slot);
    if (block !== undefined) return `v128.load(s${at} + panel${widthOf(panels)}, ${32 * block})`;
    return `v128.load(s${at} + at)`;
  };
  // By name, the slot of a value that may not be there; it is read where it is taken, as nothing is added without it.
  const empty = new Map<string, string>();
  const orElse = (name: string, without: string, text: (value: string) => string): string => {
    const slot = empty.get(name);
    if (slot === undefined) return text(name);
    return `s${numbered(slot)} == 0 ? ${without} : ${text(value(slot))}`;
  };
  const dialect: Dialect = {
    leaf: (node, at) => {
      const slot = loads.get(at);
      return slot === undefined ? `f32x4.splat(${node.value!})` : value(slot);
    },
    apply: (op, args) => {
      const call = (...given: string[]): string => `${functions[op]!}(${given.join(', ')})`;
      const [a, b] = args.map((name) => (op === 'add' ? name : orElse(name, 'zero', String)));
      if (b === undefined) return call(a!);
      const first = empty.has(a!) && empty.has(b) ? orElse(a!, 'zero', String) : a!;
      if (empty.has(first)) return orElse(first, b, (given) => call(given, b));
      return orElse(b, first, (given) => call(first, given));
    },
    declare: (name, text) => {
      const slot = [...loads.values()].find((each) => mayBeEmpty(each) && value(each) === text);
      if (!repeats || slot === undefined) return `const ${name} = ${text};`;
      empty.set(name, slot);
      return '';
    },
  };
  const out = emitter(nodes, dialect);
  const made = stores.map(({ at, slot }) => [orElse(out.name(at), 'zero', String), slot] as const);
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
const zero = f32x4.splat(0);
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
