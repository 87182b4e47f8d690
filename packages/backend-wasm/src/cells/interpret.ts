// Programs as code for the interpreter of `assembly/cell-interpreter.ts`: four words for each operation, on registers that hold a
// value of some units each.
import type { Node, NodeOp } from '@secateur/kernels';
import { panelOf, split, type Program } from './program.ts';
import type { CellPrograms } from './programs.ts';

/** Operations by number, as the interpreter knows them; each has the places of what it takes after that of its result. */
const OPERATIONS = [
  ...(['end', 'load', 'panel', 'splat', 'store', 'accumulate', 'constant'] as const),
  ...(['add', 'sub', 'mul', 'sigmoid', 'tanh', 'relu'] as const),
  ...(['sigmoidSlope', 'tanhSlope', 'reluSlope'] as const),
] as const;

/** Code that does what a program says; slots are numbered as in {@link CellPrograms}. */
export function encode({ nodes, loads, stores }: Program, of: CellPrograms): number[] {
  const code: number[] = [];
  const registers = new Map<number, number>();
  const write = (op: (typeof OPERATIONS)[number], a = 0, b = 0, c = 0): void => {
    code.push(OPERATIONS.indexOf(op), a, b, c);
  };
  const register = (at: number): number => {
    const known = registers.get(at);
    if (known !== undefined) return known;
    const { op, args, value } = nodes[at] as Node & { op: Exclude<NodeOp, 'gate'> };
    const slot = loads.get(at);
    const taken = args.map(register);
    const target = registers.size;
    registers.set(at, target);
    if (slot === undefined && args.length === 0) write('constant', target, bitsOf(value!));
    else if (slot === undefined) write(op as 'add', target, taken[0], taken[args.length - 1]);
    else {
      const [name, block] = panelOf(slot);
      const place = of.slots.indexOf(name);
      const width = split(name)[1].length;
      // Both numbers in one word: how many blocks are side by side, and which of them it is.
      if (block !== undefined) write('panel', target, place, 256 * width + block);
      else write(slot.startsWith('setting ') ? 'splat' : 'load', target, place);
    }
    return target;
  };
  const stored = stores.map(({ at, slot }) => [register(at), slot] as const);
  for (const [target, slot] of stored)
    write(slot.startsWith('dparameter ') ? 'accumulate' : 'store', target, of.slots.indexOf(slot));
  write('end');
  return code;
}

const number = new Float32Array(1);
const bits = new Int32Array(number.buffer);

/** The bits of a float32. */
export function bitsOf(value: number): number {
  number[0] = value;
  return bits[0]!;
}
