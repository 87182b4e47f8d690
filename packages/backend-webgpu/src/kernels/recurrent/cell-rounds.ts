// The programs of a step back through a cell.
import type { Cell } from '@secateur/kernels';
import { cellMemory, depthOf, entry, positionFrom, vectorLine, type CellMemory } from './cell-memory.ts';
import { cellLines, cellProgram, definitionNumber, type CellProgram } from './cell-program.ts';
import { gradientRounds, type GradientRounds } from './gradient-rounds.ts';
import { stepSums, type Sums } from './step-sums.ts';

/** The programs of a step back. */
export interface CellRounds extends Pick<GradientRounds, 'shared'> {
  /** In order; the first is also what is left to do before the first step. */
  readonly programs: readonly CellProgram[];
  /** Whether `given` ends with the gradients of the outputs, because a program would bind too many tensors. */
  readonly crowded: boolean;
  /**
   * How many values `[batch, units]` are handed on in `carried`. Those of the states stand first, given at the last step and
   * found before the first; the sums of the parameters come last.
   */
  readonly carried: number;
}

/** The most tensors of a program. */
const MOST = 8;

const known = new Map<string, CellRounds>();

/** The programs of a cell for workgroups of `rows` rows; they are made once. */
export function cellRounds(cell: Cell, rows: number): CellRounds {
  const name = `cell ${definitionNumber(cell)} backward ${rows}`;
  const found =
    known.get(name) ??
    [false, true]
      .map((crowded) => makeRounds(cell, rows, crowded, name))
      .find(({ programs }) => programs.every(({ arrays }) => tensorsOf(arrays) <= MOST))!;
  known.set(name, found);
  return found;
}

const tensorsOf = (arrays: ReadonlySet<string>): number =>
  arrays.size - (arrays.has('parts') ? 1 : 0);

function makeRounds(cell: Cell, rows: number, crowded: boolean, name: string): CellRounds {
  const memory = cellMemory(cell);
  const of = gradientRounds(cell);
  const { gradient, count, carried: handed } = of;
  const { states, output, parameters } = cell;
  const planes = Math.max(states.length, handed.length);
  const carried = (plane: number): string => entry('carried', `${plane}u * uniforms.batch + b`);
  const own = (b: string): string =>
    `(${cell.repeats ? `(level * uniforms.batch + ${b})` : b} * uniforms.time + t) * ${memory.own}u`;
  const isLast = `t + 1u == uniforms.time${cell.repeats ? ' && level + 1u == uniforms.depth' : ''}`;

  const linesOf = (round: number): ReturnType<typeof cellLines> => {
    const held = new Map(memory.stored);
    gradient.nodes.forEach(({ op, name = '' }, at) => {
      if (op === 'upstream') held.set(at, `d${states.indexOf(name)}`);
      if (op === 'back' && of.rounds[at] === round) held.set(at, backSum(memory, name));
    });
    handed.forEach((at, plane) => {
      if (of.rounds[at]! < round) held.set(at, carried(plane));
    });
    return cellLines(gradient.nodes, memory, held);
  };
  /** Evaluates what this round is the first to know, and writes it where it belongs. */
  const write = (out: ReturnType<typeof cellLines>, round: number): void => {
    const here = (at: number | undefined): at is number =>
      at !== undefined && Math.max(0, of.rounds[at]!) === round;
    for (const [block, { input, recurrent }] of gradient.stages.flatMap(({ blocks }) =>
      Object.entries(blocks),
    )) {
      if (here(recurrent)) {
        out.line(`${entry('own', `${own('b')} + uniforms.own_${block}`)} = ${out.name(recurrent)};`);
      }
      if (of.shared || !here(input)) continue;
      const line = `(b * uniforms.time + t) * ${memory.inputs}u + uniforms.input_${block}`;
      const assignment = `${entry('dz', line)} = ${out.name(input)};`;
      out.line(cell.repeats ? `if (level == 0u) { ${assignment} }` : assignment);
    }
    parameters.forEach((parameter, k) => {
      const at = gradient.parameters[parameter]!;
      if (!here(at)) return;
      const sum = carried(planes + k);
      out.line(`${sum} = select(${sum}, 0.0, ${isLast}) + ${out.name(at)};`);
    });
    handed.forEach((at, plane) => {
      if (here(at)) out.line(`${carried(plane)} = ${out.name(at)};`);
    });
  };

  const programs = cell.stages.map((_, round) => {
    const out = linesOf(round);
    write(out, round);
    const through = cell.stages[round === 0 ? 0 : count - round]!;
    const inner = (length: string): string =>
      round === 0 ? `select(${length}, 0u, isLast)` : length;
    const { declarations, main } = stepSums(
      through.products.map(({ blocks }) => sumsOf(memory, own, blocks, inner, cell.repeats)),
      rows,
    );
    const position = positionFrom(cell, 'uniforms.next - 1u');
    const body = out.lines.join('\n');
    return cellProgram(`${name} ${round}`, memory.functions, {
      declarations,
      main:
        round > 0
          ? `${position}\n${main}\n${body}`
          : `
            // Nothing comes back to the last step.
            let isLast = uniforms.next == uniforms.time * ${depthOf(cell)};
            ${positionFrom(cell, 'uniforms.next')}
            ${main}
            ${leftToDo()}
            {
              ${position}
              ${cell.repeats ? 'if (level + 1u == uniforms.depth) {' : '{'}
                d${states.indexOf(output)} += ${crowded ? entry('given', vectorLine(cell, `${parameters.length}u + b * uniforms.time + t`)) : entry('dy', 'b * uniforms.time + t')};
              }
              ${body}
            }`,
    });
  });
  return { programs, crowded, shared: of.shared, carried: planes + parameters.length };

  /** The gradients of the states before a step; before the first step that is the end. */
  function leftToDo(): string {
    const out = linesOf(count);
    write(out, count);
    states.forEach((state, k) => out.line(`d${k} = ${out.name(gradient.states[state]!)};`));
    const each = (line: (state: string, k: number) => string): string => states.map(line).join('\n');
    return `
      ${each((_, k) => `var d${k} = 0.0;`)}
      if (isLast) {
        ${each((state, k) => (state === output ? '' : `d${k} = ${carried(k)};`))}
      } else {
        ${out.lines.join('\n')}
      }
      if (uniforms.next == 0u) {
        ${each((_, k) => `${carried(k)} = d${k};`)}
        return;
      }`;
  }
}

/** WGSL: what comes back through a product, of the sums that it has. */
function backSum({ own }: CellMemory, blocks: string): string {
  if (blocks.length === own) return `back_${blocks}`;
  return [...blocks].map((block) => `back_${blocks}_${block}`).join(' + ');
}

/** The gradients of the blocks of a product times their columns of the recurrent weights, turned round. */
function sumsOf(
  memory: CellMemory,
  own: (b: string) => string,
  blocks: string,
  inner: (length: string) => string,
  repeats: boolean,
): Sums {
  const first = repeats ? `level * ${memory.own}u` : '0u';
  if (blocks.length === memory.own) {
    // All of them, one after the other, as one long sum.
    return {
      inner: inner(`${memory.own}u * uniforms.units`),
      sums: [
        {
          name: `back_${blocks}`,
          factor: `transpose[(${first} * uniforms.units + k) * uniforms.units + unit]`,
          value: (b) => `own[${own(b)} * uniforms.units + k]`,
        },
      ],
    };
  }
  return {
    inner: inner('uniforms.units'),
    sums: [...blocks].map((block) => ({
      name: `back_${blocks}_${block}`,
      factor: `transpose[((${first} + uniforms.own_${block}) * uniforms.units + k) * uniforms.units + unit]`,
      value: (b) => `own[(${own(b)} + uniforms.own_${block}) * uniforms.units + k]`,
    })),
  };
}
