// The programs of a step of a cell, one for each stage.
import type { Cell } from '@secateur/kernels';
import { cellMemory, depthOf, entry, positionFrom, type CellMemory } from './cell-memory.ts';
import {
  cellLines,
  cellProgram,
  definitionNumber,
  readFunction,
  type CellProgram,
} from './cell-program.ts';
import { stepSums, type Sums } from './step-sums.ts';

/** The programs of a step, or of a repetition, in order. */
export interface CellStages {
  readonly programs: readonly CellProgram[];
  /** How many values `[batch, units]` a stage hands on to a later one beside what is kept. */
  readonly carried: number;
}

const known = new Map<string, CellStages>();

/** The programs of a cell for workgroups of `rows` rows; they are made once. */
export function cellStages(cell: Cell, rows: number): CellStages {
  const name = `cell ${definitionNumber(cell)} forward ${rows}`;
  const stages = known.get(name) ?? makeStages(cell, rows, name);
  known.set(name, stages);
  return stages;
}

function makeStages(cell: Cell, rows: number, name: string): CellStages {
  const memory = cellMemory(cell);
  const stageOf = stagesOfNodes(cell);
  const carried = carriedNodes(cell, memory, stageOf);
  const between = (at: number): string =>
    entry('between', `${carried.indexOf(at)}u * uniforms.batch + b`);
  const places = new Map([...memory.stored, ...carried.map((at) => [at, between(at)] as const)]);
  const programs = cell.stages.map(({ products }, stage) => {
    const held = new Map([...places].filter(([at]) => stageOf[at]! >= 0 && stageOf[at]! < stage));
    const out = cellLines(
      cell.nodes,
      memory,
      held,
      Object.fromEntries(cell.blocks.map(({ name }) => [name, `sum_${name}`])),
    );
    const here = (at: number): boolean => Math.max(0, stageOf[at]!) === stage;
    const write = (place: string, at: number): void => out.line(`${place} = ${out.name(at)};`);
    for (const [at, place] of places) {
      if (here(at) && !Object.values(cell.next).includes(at)) write(place, at);
    }
    for (const state of cell.states) {
      const at = cell.next[state]!;
      if (!here(at)) continue;
      write(memory.after(state), at);
      if (!cell.repeats || state !== cell.output) continue;
      const place = entry('y', 'b * uniforms.time + t');
      out.line(`if (level + 1u == uniforms.depth) { ${place} = ${out.name(at)}; }`);
    }
    const { declarations, main } = stepSums(
      products.map((product) => sumsOf(cell, memory, product)),
      rows,
    );
    const reads = products.map(({ read }) => readFunction(cell, memory, held, read));
    return cellProgram(
      `${name} ${stage}`,
      { ...memory.functions, ...Object.fromEntries(reads) },
      {
        declarations,
        main: `${positionFrom(cell, 'uniforms.position')}\n${main}\n${out.lines.join('\n')}`,
      },
    );
  });
  return { programs, carried: carried.length };
}

/** By node, the stage that evaluates it; -1 for one that waits for no product. */
export function stagesOfNodes(cell: Cell): number[] {
  const stages = new Array<number>(cell.nodes.length).fill(-1);
  cell.stages.forEach(({ nodes, blocks }, stage) => {
    for (const at of nodes) stages[at] = stage;
    cell.nodes.forEach(({ op, name }, at) => {
      if ((op === 'gate' || op === 'recurrent') && blocks.includes(name!)) stages[at] = stage;
    });
  });
  return stages;
}

/** The nodes of a stage that a later one needs and that no step keeps. */
function carriedNodes(cell: Cell, { stored }: CellMemory, stageOf: readonly number[]): number[] {
  const found = new Set<number>();
  const seen = new Set<string>();
  const visit = (at: number, stage: number): void => {
    if (seen.has(`${at} ${stage}`)) return;
    seen.add(`${at} ${stage}`);
    const own = stageOf[at]!;
    const earlier = own >= 0 && own < stage;
    if (earlier && stored.has(at)) return;
    if (earlier) found.add(at);
    if (earlier) visit(at, own);
    else for (const arg of cell.nodes[at]!.args) visit(arg, stage);
  };
  for (const at of [...stored.keys(), ...Object.values(cell.next)])
    visit(at, Math.max(0, stageOf[at]!));
  return [...found];
}

/** What the blocks of a product get of what it reads. */
function sumsOf(
  cell: Cell,
  { own }: CellMemory,
  { read, blocks }: Cell['stages'][number]['products'][number],
): Sums {
  const letters = [...blocks];
  const line = cell.repeats ? `level * ${own}u + ` : '';
  return {
    inner: 'uniforms.units',
    setup: [
      `let width = ${depthOf(cell)} * ${own}u * uniforms.units;`,
      ...letters.map(
        (name) =>
          `let column_${name} = (${line}uniforms.own_${name}) * uniforms.units + unit;`,
      ),
    ].join('\n'),
    sums: letters.map((name) => ({
      name: `sum_${name}`,
      factor: `recurrent[k * width + column_${name}]`,
      value: (b) => `read${read}(t, level, ${b}, k)`,
    })),
  };
}
