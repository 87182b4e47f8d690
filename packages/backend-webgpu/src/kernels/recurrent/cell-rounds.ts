// The programs of a step back through a cell, one for each round.
import type { Cell, Emitter, Product } from '@secateur/kernels';
import { cellMemory, type CellMemory, entry, positionFrom } from './cell-memory.ts';
import { cellLines, cellProgram, type CellProgram, ofDefinition } from './cell-program.ts';
import { gradientRounds } from './gradient-rounds.ts';
import { stepSums, type Sums, type Tile, tileName } from './step-sums.ts';

/** The programs of a step back, or of a repetition, in order. */
export interface CellRounds {
  /** The first of them also does what is left before the first step. */
  readonly programs: readonly CellProgram[];
  /** Whether both parts of every block have the same gradient, which is then written once. */
  readonly shared: boolean;
  /** Whether `given` ends with the gradients of the outputs, since a program would bind too many tensors. */
  readonly crowded: boolean;
  /**
   * How many values `[batch, units]` are handed on. The first of them are the gradients of the states, given after the last step and
   * found before the first; the last are the sums of those of the parameters.
   */
  readonly carried: number;
}

/** The most tensors of a program. */
const MOST = 8;

/** The programs of a cell for workgroups of a tile. */
export const cellRounds = (cell: Cell, tile: Tile): CellRounds =>
  ofDefinition(cell, `backward ${tileName(tile)}`, (name) => {
    const rounds = makeRounds(cell, tile, name, false);
    const fits = rounds.programs.every(
      ({ arrays }) => [...arrays].filter((array) => array !== 'parts').length <= MOST,
    );
    return fits ? rounds : makeRounds(cell, tile, name, true);
  });

function makeRounds(cell: Cell, tile: Tile, name: string, crowded: boolean): CellRounds {
  const memory = cellMemory(cell);
  const { gradient, rounds, carried, shared } = gradientRounds(cell);
  const { states, parameters, repeats, stages } = cell;
  const planes = Math.max(states.length, carried.length);
  const plane = (k: number): string => entry('carried', `${k}u * uniforms.batch + b`);
  const isLast = `t + 1u == uniforms.time${repeats ? ' && level + 1u == uniforms.depth' : ''}`;
  const row = 'b * uniforms.time + t';
  const dy = crowded ? memory.vector(`${parameters.length}u + ${row}`) : entry('dy', row);

  /** Lines that evaluate what this round is the first to know, and write it where it belongs. */
  const evaluated = (round: number): Emitter => {
    const held = new Map(memory.stored);
    gradient.nodes.forEach(({ op, name = '' }, at) => {
      if (op === 'upstream') held.set(at, `d${states.indexOf(name)}`);
      if (op !== 'back') return;
      const parts = partsOf(memory, name).map((part) => part.name);
      held.set(at, parts.join(' + '));
    });
    carried.forEach((at, k) => {
      if (rounds[at]! < round) held.set(at, plane(k));
    });
    const out = cellLines(gradient.nodes, memory, held);
    const write = (place: string, at: number | undefined, before = '', first = true): void => {
      if (at === undefined || Math.max(0, rounds[at]!) !== round) return;
      const line = `${place} = ${before}${out.name(at)};`;
      out.line(first ? line : `if (level == 0u) { ${line} }`);
    };
    const slopes = gradient.stages.flatMap(({ blocks }) => Object.entries(blocks));
    for (const [block, { input, recurrent }] of slopes) {
      write(entry('own', `${ownLine(memory, repeats, 'b')} + uniforms.own_${block}`), recurrent);
      const line = `(${row}) * ${memory.inputBlocks}u + uniforms.input_${block}`;
      if (!shared) write(entry('dz', line), input, '', !repeats);
    }
    parameters.forEach((parameter, k) => {
      const sum = plane(planes + k);
      write(sum, gradient.parameters[parameter], `select(${sum}, 0.0, ${isLast}) + `);
    });
    carried.forEach((at, k) => write(plane(k), at));
    return out;
  };

  const sumsBack = (stage: number, atEnd: boolean): ReturnType<typeof stepSums> =>
    stepSums(
      stages[stage]!.products.map((product) => sumsOf(memory, repeats, product, atEnd)),
      tile,
    );
  const later = stages.slice(1).map((_, k) => {
    const { declarations, main } = sumsBack(stages.length - 1 - k, false);
    const position = positionFrom(cell, 'uniforms.next - 1u');
    return cellProgram(memory.functions, {
      name: `${name} ${k + 1}`,
      declarations,
      main: [position, main, ...evaluated(k + 1).lines].join('\n'),
    });
  });

  const left = evaluated(stages.length);
  states.forEach((state, k) => left.line(`d${k} = ${left.name(gradient.states[state]!)};`));
  const eachState = (line: (k: number) => string): string =>
    states.map((_, k) => line(k)).join('\n');
  const { declarations, main } = sumsBack(0, true);
  const first = cellProgram(memory.functions, {
    name: `${name} 0`,
    declarations,
    main: `
      let atEnd = uniforms.next == uniforms.time${repeats ? ' * uniforms.depth' : ''};
      ${positionFrom(cell, 'uniforms.next')}
      ${main}
      ${eachState((k) => `var d${k} = 0.0;`)}
      if (atEnd) {
        ${eachState((k) => (states[k] === cell.output ? '' : `d${k} = ${plane(k)};`))}
      } else {
        ${left.lines.join('\n')}
      }
      if (uniforms.next == 0u) {
        ${eachState((k) => `${plane(k)} = d${k};`)}
        return;
      }
      {
        ${positionFrom(cell, 'uniforms.next - 1u')}
        ${repeats ? 'if (level + 1u == uniforms.depth)' : ''} { d${states.indexOf(cell.output)} += ${dy}; }
        ${evaluated(0).lines.join('\n')}
      }`,
  });
  return {
    ...{ programs: [first, ...later], shared, crowded },
    carried: planes + parameters.length,
  };
}

/** WGSL: where the gradients of the recurrent parts of a step of sequence `b` begin. */
const ownLine = ({ recurrentBlocks }: CellMemory, repeats: boolean, b: string): string =>
  `(${repeats ? `(level * uniforms.batch + ${b})` : b} * uniforms.time + t) * ${recurrentBlocks}u`;

/** The sums that come back through a product: a long one over all blocks where it has all of them, else one for each. */
const partsOf = (
  { recurrentBlocks }: CellMemory,
  blocks: string,
): { name: string; first: string }[] =>
  blocks.length === recurrentBlocks
    ? [{ name: `back_${blocks}`, first: '0u' }]
    : [...blocks].map((block) => ({ name: `back_${block}`, first: `uniforms.own_${block}` }));

/** Gradients of recurrent parts times the columns of their blocks, turned round; nothing comes back `atEnd`. */
function sumsOf(memory: CellMemory, repeats: boolean, { blocks }: Product, atEnd: boolean): Sums {
  const parts = partsOf(memory, blocks);
  const inner =
    parts.length === blocks.length ? 'uniforms.units' : `${blocks.length}u * uniforms.units`;
  const level = repeats ? `level * ${memory.recurrentBlocks}u + ` : '';
  return {
    inner: atEnd ? `select(${inner}, 0u, atEnd)` : inner,
    sums: parts.map(({ name, first }) => ({
      name,
      factor: `transpose[((${level}${first}) * uniforms.units + k) * uniforms.units + unit]`,
      value: (b) => `own[(${ownLine(memory, repeats, b)} + ${first}) * uniforms.units + k]`,
    })),
  };
}
