import { type Cell, type Dialect, emitter, type Emitter, type Node } from '@secateur/kernels';
import type { GpuBackend } from '../../gpu-backend.ts';
import { type Program, run, type Tensors, type Uniforms } from '../../program.ts';
import { activations } from '../step-program.ts';
import type { CellMemory } from './cell-memory.ts';

/** A program, and what its text names. */
export interface CellProgram extends Program {
  /** Names of arrays, among them those of tensors. */
  readonly arrays: ReadonlySet<string>;
  /** Names of uniforms. */
  readonly uniforms: ReadonlySet<string>;
}

/** Makes a program that has those of some WGSL functions that it calls, itself or through each other. */
export function cellProgram(
  name: string,
  functions: Readonly<Record<string, string>>,
  { main, declarations = '' }: Pick<Program, 'main' | 'declarations'>,
): CellProgram {
  let text = `${declarations}\n${main}`;
  const used = new Map<string, string>();
  for (let before = -1; before < used.size; ) {
    before = used.size;
    for (const [each, code] of Object.entries(functions)) {
      if (used.has(each) || !text.includes(`${each}(`)) continue;
      used.set(each, code);
      text += code;
    }
  }
  const named = (pattern: RegExp): Set<string> =>
    new Set([...text.matchAll(pattern)].map((match) => match[1]!));
  return {
    name,
    declarations: [activations, declarations, ...used.values()].join('\n'),
    main,
    arrays: named(/(\w+)\[/g),
    uniforms: named(/uniforms\.(\w+)/g),
  };
}

/** Makes runs of a program that bind no more than it names; each is told the uniforms that change. */
export function runsOf(
  backend: GpuBackend,
  program: CellProgram,
  { inputs, outputs }: Tensors,
  uniforms: Uniforms,
  groups: number,
): (more: Uniforms) => void {
  const pick = <T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  const bound = { inputs: pick(inputs, program.arrays), outputs: pick(outputs, program.arrays) };
  const fixed = pick(uniforms, program.uniforms);
  return (more) => run(backend, program, bound, { ...fixed, ...more }, groups);
}

const signs: Partial<Record<Node['op'], string>> = { add: '+', sub: '-', mul: '*' };

/** WGSL of an operation. Only comparisons that are false for NaN, so that it stays. */
const apply: Dialect['apply'] = (op, [a, b]) => {
  if (b !== undefined) return `${a} ${signs[op]!} ${b}`;
  if (op === 'relu') return `select(${a}, 0.0, ${a} < 0.0)`;
  if (op === 'sigmoidSlope') return `${a} * (1.0 - ${a})`;
  if (op === 'tanhSlope') return `1.0 - ${a} * ${a}`;
  if (op === 'reluSlope') return `select(0.0, 1.0, ${a} > 0.0)`;
  return `${op}Of(${a})`;
};

/** Starts WGSL lines that evaluate nodes; `held` are those that need not be evaluated, by how they are read. */
export function cellLines(
  nodes: readonly Node[],
  memory: CellMemory,
  held: ReadonlyMap<number, string>,
  sums: Readonly<Record<string, string>> = {},
): Emitter {
  return emitter(
    nodes.map((node, at) => (held.has(at) ? { ...node, args: [] } : node)),
    {
      leaf: (node, at) => held.get(at) ?? memory.leaf(node, sums),
      apply,
      declare: (name, value) => `let ${name} = ${value};`,
    },
  );
}

/** A WGSL function of the value of one node, that a product reads. */
export function readFunction(
  cell: Cell,
  memory: CellMemory,
  held: ReadonlyMap<number, string>,
  at: number,
): [name: string, code: string] {
  const out = cellLines(cell.nodes, memory, held);
  const value = out.name(at);
  return [
    `read${at}`,
    `fn read${at}(t : u32, level : u32, b : u32, unit : u32) -> f32 {
      ${out.lines.join('\n')}
      return ${value};
    }`,
  ];
}

const numbers = new Map<string, number>();
const known = new WeakMap<Cell, number>();

/** A number for each definition of a cell, whatever cells are called: equal definitions share their programs. */
export function definitionNumber(cell: Cell): number {
  const text = (): string => JSON.stringify(cell);
  let number = known.get(cell);
  if (number === undefined) {
    const key = text();
    number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    known.set(cell, number);
  }
  return number;
}
