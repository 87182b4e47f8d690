// The programs of a step of a cell, one for each stage.
import { type Cell, type Product, stagesOfNodes } from '@secateur/kernels';
import { cellMemory, type CellMemory, entry, positionFrom } from './cell-memory.ts';
import {
  cellLines,
  cellProgram,
  type CellProgram,
  ofDefinition,
  readFunctions,
} from './cell-program.ts';
import { stepSums, type Sums, type Tile, tileName } from './step-sums.ts';

/** The programs of a step, or of a repetition, in order. */
export interface CellStages {
  readonly programs: readonly CellProgram[];
  /** How many values `[batch, units]` a stage hands on to a later one, beside what is kept. */
  readonly carried: number;
}

/** The programs of a cell for workgroups of a tile. */
export const cellStages = (cell: Cell, tile: Tile): CellStages =>
  ofDefinition(cell, `forward ${tileName(tile)}`, (name) => makeStages(cell, tile, name));

function makeStages(cell: Cell, tile: Tile, name: string): CellStages {
  const memory = cellMemory(cell);
  const { stored } = memory;
  // The input's part is read where it is needed, in any stage.
  const stageOf = stagesOfNodes(cell).map((stage, at) =>
    cell.nodes[at]!.op === 'input' ? -1 : stage,
  );
  const carried = carriedNodes(cell, stored, stageOf);
  const entries = new Map(stored);
  carried.forEach((at, k) => entries.set(at, entry('between', `${k}u * uniforms.batch + b`)));
  const after = new Set(Object.values(cell.next));

  const programs = cell.stages.map(({ products }, stage) => {
    const isHere = (at: number): boolean => Math.max(0, stageOf[at]!) === stage;
    const held = new Map([...entries].filter(([at]) => stageOf[at]! >= 0 && stageOf[at]! < stage));
    const out = cellLines(cell.nodes, memory, held);
    for (const [at, place] of entries) {
      if (isHere(at) && !after.has(at)) out.line(`${place} = ${out.name(at)};`);
    }
    for (const state of cell.states.filter((each) => isHere(cell.next[each]!))) {
      const value = out.name(cell.next[state]!);
      out.line(`${memory.after(state)} = ${value};`);
      if (!cell.repeats || state !== cell.output) continue;
      out.line(`if (level + 1u == uniforms.depth) { ${memory.output} = ${value}; }`);
    }
    const sums = stepSums(
      products.map((product) => sumsOf(cell, memory, product)),
      tile,
    );
    return cellProgram(
      { ...memory.functions, ...readFunctions(cell, memory, held) },
      {
        name: `${name} ${stage}`,
        declarations: sums.declarations,
        main: [positionFrom(cell, 'uniforms.position'), sums.main, ...out.lines].join('\n'),
      },
    );
  });
  return { programs, carried: carried.length };
}

/** The nodes of a stage that a later one needs and that no step keeps. */
function carriedNodes(
  cell: Cell,
  stored: ReadonlyMap<number, string>,
  stageOf: readonly number[],
): number[] {
  const needed = new Set<number>();
  const seen = new Set<string>();
  const visit = (at: number, stage: number): void => {
    if (seen.has(`${at} ${stage}`)) return;
    seen.add(`${at} ${stage}`);
    const stageOfNode = stageOf[at]!;
    const earlier = stageOfNode >= 0 && stageOfNode < stage;
    if (earlier && stored.has(at)) return;
    if (earlier) needed.add(at);
    if (earlier) visit(at, stageOfNode);
    else for (const arg of cell.nodes[at]!.args) visit(arg, stage);
  };
  for (const at of [...stored.keys(), ...Object.values(cell.next)])
    visit(at, Math.max(0, stageOf[at]!));
  return [...needed];
}

/** What the blocks of a product get of what it reads. */
function sumsOf(
  { repeats }: Cell,
  { recurrentBlocks }: CellMemory,
  { read, blocks }: Product,
): Sums {
  const letters = [...blocks];
  const [width, first] = repeats
    ? [`uniforms.depth * ${recurrentBlocks}u`, `level * ${recurrentBlocks}u + `]
    : [`${recurrentBlocks}u`, ''];
  return {
    inner: 'uniforms.units',
    setup: [
      `let width = ${width} * uniforms.units;`,
      ...letters.map(
        (name) => `let column_${name} = (${first}uniforms.own_${name}) * uniforms.units + unit;`,
      ),
    ].join('\n'),
    sums: letters.map((name) => ({
      name: `sum_${name}`,
      factor: `recurrent[k * width + column_${name}]`,
      value: (b) => `read${read}(t, level, ${b}, k)`,
    })),
  };
}
