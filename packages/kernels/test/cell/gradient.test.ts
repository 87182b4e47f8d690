import {
  type Cell,
  cellGradient,
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  rhnCell,
} from '@secateur/kernels';
import { describe, expect, test } from 'vitest';

/** A node as a formula. Nonlinearities of sums have the letter of their block, products a sign. */
function formula(cell: Cell, at: number): string {
  const { nodes, kept } = cellGradient(cell);
  const text = (place: number): string => {
    const letter = kept.find(({ node }) => node === place)?.block;
    if (letter !== undefined) return letter;
    const { op, args, name, value } = nodes[place]!;
    if (args.length === 0) return op === 'constant' ? String(value) : leaf(op, name!);
    const [a, b] = args.map(text);
    const sign = { add: '+', sub: '-', mul: '*' }[op as string];
    return sign === undefined ? `${op}(${a})` : `(${a} ${sign} ${b})`;
  };
  const leaf = (op: string, name: string): string => {
    if (op === 'upstream') return `d${name}`;
    return op === 'back' ? `back(${name})` : name;
  };
  return text(at);
}

/** The gradients of a cell as formulas: of each block's sum, and of the states before. */
function formulas(cell: Cell): Record<string, string> {
  const { stages, states } = cellGradient(cell);
  const blocks = stages.flatMap((stage) => Object.entries(stage.blocks));
  return Object.fromEntries([
    ...blocks.flatMap(([name, { input, recurrent }]) => [
      [`d${name}`, formula(cell, (input ?? recurrent)!)],
      ...(input === recurrent ? [] : [[`own d${name}`, formula(cell, recurrent!)]]),
    ]),
    ...Object.entries(states).map(([name, at]) => [`before ${name}`, formula(cell, at)]),
  ]) as Record<string, string>;
}

describe('cellGradient', () => {
  // Each worked out by hand from the equations of the cell.
  test('of an LSTM adds what comes through the output to what the cell state carries', () => {
    const { h, c } = lstmCell.next as Record<'h' | 'c', number>;
    expect(formula(lstmCell, c)).toBe('((f * c) + (i * g))');
    expect(formula(lstmCell, h)).toBe('(o * tanh(((f * c) + (i * g))))');
    const squashed = 'tanh(((f * c) + (i * g)))';
    const dc = `(dc + (dh * (o * tanhSlope(${squashed}))))`;
    expect(formulas(lstmCell)).toEqual({
      di: `(${dc} * (g * sigmoidSlope(i)))`,
      df: `(${dc} * (c * sigmoidSlope(f)))`,
      dg: `(${dc} * (i * tanhSlope(g)))`,
      do: `(dh * (${squashed} * sigmoidSlope(o)))`,
      'before h': 'back(ifgo)',
      'before c': `(${dc} * f)`,
    });
  });
  test('of a GRU has what the reset gate weighs apart', () => {
    const toCandidate = '((1 - z) * tanhSlope(n))';
    expect(formulas(gruCell)).toEqual({
      dz: '(dh * ((h - n) * sigmoidSlope(z)))',
      dr: `(dh * ((${toCandidate} * n) * sigmoidSlope(r)))`,
      dn: `(dh * ${toCandidate})`,
      'own dn': `(dh * (${toCandidate} * r))`,
      'before h': '((dh * z) + back(zrn))',
    });
  });
  test('of a GRU whose reset gate comes first goes back through two products', () => {
    expect(formulas(gruResetBeforeCell)).toEqual({
      dz: '(dh * ((h - n) * sigmoidSlope(z)))',
      dr: '(back(n) * (h * sigmoidSlope(r)))',
      dn: '(dh * ((1 - z) * tanhSlope(n)))',
      'before h': '(((dh * z) + (back(n) * r)) + back(zr))',
    });
  });
  test('of an RHN carries 1 - t, and masks what comes back', () => {
    expect(formulas(rhnCell)).toEqual({
      dh: '(ds * (t * tanhSlope(h)))',
      dt: '(ds * ((h - s) * sigmoidSlope(t)))',
      'before s': '((ds * (1 - t)) + (back(ht) * mask))',
    });
  });
  test('keeps the gates, and what the reset gate left or weighs; computes the rest again', () => {
    const keptOf = (cell: Cell): string[] =>
      cellGradient(cell).kept.map(({ node, block }) => block ?? formula(cell, node));
    expect(keptOf(lstmCell)).toEqual(['i', 'f', 'g', 'o']);
    expect(keptOf(gruCell)).toEqual(['z', 'r', 'n', 'n']);
    expect(keptOf(gruResetBeforeCell)).toEqual(['z', 'r', 'n', '(r * h)']);
    expect(keptOf(rhnCell)).toEqual(['h', 't']);
    const { recomputed } = cellGradient(lstmCell);
    expect(recomputed.map((at) => formula(lstmCell, at))).toEqual(['tanh(((f * c) + (i * g)))']);
  });
  test('without hoisting multiplies less often where a gradient goes two ways', () => {
    const products = (hoist: boolean): number =>
      cellGradient(gruCell, { hoist }).nodes.filter(({ op }) => op === 'mul').length;
    expect(products(false)).toBeLessThan(products(true));
  });
});
