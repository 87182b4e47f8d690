import {
  type Cell,
  type Dialect,
  emitter,
  equationsOf,
  type Emitter,
  type Node,
} from '@secateur/kernels';
import type { GpuBackend } from '../../gpu-backend.ts';
import {
  type Groups,
  prepare,
  type Prepared,
  type Program,
  type Tensors,
  type Uniforms,
} from '../../program.ts';
import type { CellMemory } from './cell-memory.ts';
import { activations } from './step-sums.ts';

/** A program, and what its text names. */
export interface CellProgram extends Program {
  /** Names of arrays, among them those of tensors. */
  readonly arrays: ReadonlySet<string>;
  /** Names of uniforms. */
  readonly uniforms: ReadonlySet<string>;
}

/** Makes a program that has those of some WGSL functions that it calls, itself or through each other. */
export function cellProgram(
  functions: Readonly<Record<string, string>>,
  { name, main, declarations = '' }: Program,
): CellProgram {
  const used = new Set<string>();
  let text = declarations;
  const include = (code: string): void => {
    text += code;
    for (const [each, more] of Object.entries(functions)) {
      if (used.has(each) || !code.includes(`${each}(`)) continue;
      used.add(each);
      include(more);
    }
  };
  include(main);
  const named = (pattern: RegExp): Set<string> =>
    new Set([...text.matchAll(pattern)].map((match) => match[1]!));
  return {
    name,
    declarations: [activations, declarations, ...[...used].map((each) => functions[each]!)].join(
      '',
    ),
    main,
    arrays: named(/(\w+)\[/g),
    uniforms: named(/uniforms\.(\w+)/g),
  };
}

/** Prepares a program, bound to no more than it names, for several sets of those uniforms that change. */
export function prepareCell(
  backend: GpuBackend,
  program: CellProgram,
  { inputs, outputs }: Tensors,
  uniforms: Uniforms,
  sets: readonly Uniforms[],
  groups: Groups,
): Prepared {
  const pick = <T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  const bound = { inputs: pick(inputs, program.arrays), outputs: pick(outputs, program.arrays) };
  const fixed = pick(uniforms, program.uniforms);
  return prepare(
    backend,
    program,
    bound,
    sets.map((more) => ({ ...fixed, ...more })),
    groups,
  );
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
): Emitter {
  return emitter(
    nodes.map((node, at) => (held.has(at) ? { ...node, args: [] } : node)),
    {
      leaf: (node, at) => held.get(at) ?? memory.leaf(node),
      apply,
      declare: (name, value) => `let ${name} = ${value};`,
    },
  );
}

/** WGSL functions of the values that products read: `read` and the place of the node. */
export function readFunctions(
  cell: Cell,
  memory: CellMemory,
  held: ReadonlyMap<number, string>,
): Record<string, string> {
  const reads = cell.stages.flatMap(({ products }) => products.map(({ read }) => read));
  return Object.fromEntries(
    reads.map((at) => {
      const out = cellLines(cell.nodes, memory, held);
      const value = out.name(at);
      const lines = out.lines.join('\n');
      const head = `fn read${at}(t : u32, level : u32, b : u32, unit : u32) -> f32`;
      return [`read${at}`, `\n${head} { ${lines} return ${value}; }`];
    }),
  );
}

const made = new Map<string, unknown>();
const numbers = new Map<string, number>();

/**
 * Makes something of a cell once. It gets a name of its own for each definition, whatever the cell is called; equal definitions
 * share it.
 */
export function ofDefinition<T>(cell: Cell, what: string, make: (name: string) => T): T {
  const definition = equationsOf(cell);
  const number = numbers.get(definition) ?? numbers.size;
  numbers.set(definition, number);
  const name = `cell ${number} ${what}`;
  if (!made.has(name)) made.set(name, make(name));
  return made.get(name) as T;
}
