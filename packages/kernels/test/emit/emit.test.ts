import { cellGradient, emitter, lstmCell, type Dialect } from '@secateur/kernels';
import { expect, test } from 'vitest';

const signs: Partial<Record<string, string>> = { add: '+', sub: '-', mul: '*' };

/** JavaScript that reads leaves from an object. */
const script: Dialect = {
  leaf: ({ op, name, value }) => (op === 'constant' ? String(value) : `given["${op} ${name}"]`),
  apply: (op, [a, b]) => (b === undefined ? `functions.${op}(${a})` : `${a} ${signs[op]} ${b}`),
  declare: (name, value) => `const ${name} = ${value};`,
};

const functions = {
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  sigmoidSlope: (y: number) => y * (1 - y),
  tanhSlope: (y: number) => 1 - y * y,
};

const given = {
  ...{ 'gate i': 0.3, 'gate f': -0.2, 'gate g': 0.7, 'gate o': 0.1 },
  ...{ 'state h': 0.4, 'state c': -0.6, 'setting forgetBias': 0 },
};

/** Runs lines and returns values by name. */
function run(lines: readonly string[], names: readonly string[], from: object): number[] {
  const made = new Function('given', 'functions', `${lines.join('\n')}\nreturn [${names.join()}]`);
  return (made as (...args: unknown[]) => number[])(from, functions);
}

test('the lines compute the step of the cell', () => {
  const out = emitter(lstmCell.nodes, script);
  lstmCell.stages.forEach(({ nodes }) => out.evaluate(nodes));
  const [h, c] = run(
    out.lines,
    [out.name(lstmCell.next['h']!), out.name(lstmCell.next['c']!)],
    given,
  );
  const { sigmoid } = functions;
  const next = sigmoid(-0.2) * -0.6 + sigmoid(0.3) * Math.tanh(0.7);
  expect(c).toBeCloseTo(next, 12);
  expect(h).toBeCloseTo(sigmoid(0.1) * Math.tanh(next), 12);
});

test('leaves are read once, and nodes that were set are not evaluated', () => {
  const gradient = cellGradient(lstmCell);
  const out = emitter(gradient.nodes, script);
  gradient.kept.forEach(({ node }, k) => out.set(node, String(k)));
  gradient.stages.forEach(({ nodes }) => out.evaluate(nodes));
  const defined = out.lines.map((line) => /^const (v\d+) =/.exec(line)![1]);
  expect(new Set(defined).size).toBe(defined.length);
  expect(out.lines.join('\n')).not.toContain('given["gate');
  out.line('// done');
  expect(out.lines.at(-1)).toBe('// done');
});
