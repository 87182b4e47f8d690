import { isRecord, shown } from '@secateur/input';
import type { KernelError } from '../error.ts';
import { cellError } from '../error.ts';
import { BIAS_FORMS, type Block } from './cell.ts';
import type { CellDeclaration } from './define-cell.ts';
import type { Expression } from './expression.ts';

type Declaration = CellDeclaration<string, string, string, string>;

/** What the weights of products and their biases are called; a parameter of that name would be taken for one of them. */
const productWeights: readonly string[] = ['kernel', 'recurrent', 'bias', 'recurrentBias'];

/** Checks everything of a declaration but its equations. */
export function checkDeclaration(declaration: Declaration): void {
  if (!isRecord(declaration)) {
    throw refusal('a declaration', shown(declaration), 'pass an object with name, states, blocks');
  }
  const { name, states, output, blocks, bias = 'input', equations } = declaration;
  const { parameters = [], masks = [], settings = {}, orders = {} } = declaration;
  if (typeof name !== 'string' || name === '') {
    throw refusal('a cell to have a name', shown(name), 'name it, lstm for instance');
  }
  for (const [kind, each] of Object.entries({ settings, orders })) {
    if (isRecord(each)) continue;
    throw refusal(
      `${kind} of ${shown(name)} to be an object`,
      shown(each),
      'leave it out for none',
    );
  }
  const names: readonly (readonly [string, readonly string[]])[] = [
    ['states', states],
    ['masks', masks],
    ['parameters', parameters],
    ['settings', Object.keys(settings)],
  ];
  const seen = new Set<string>();
  for (const [kind, each] of names) {
    if (!Array.isArray(each)) {
      throw refusal(
        `${kind} of ${shown(name)} to be a list of names`,
        shown(each),
        'pass an array',
      );
    }
    for (const one of each as readonly unknown[]) {
      if (typeof one !== 'string' || !/^[A-Za-z]\w*$/.test(one)) {
        const wanted = `${kind} of ${shown(name)} to be names of letters and digits`;
        throw refusal(wanted, shown(one), 'rename it');
      }
      if (one in {} || (kind === 'parameters' && productWeights.includes(one))) {
        const wanted = `${kind} of ${shown(name)} to have names of their own`;
        const taken = one in {} ? 'which every object has' : 'a weight of the products';
        throw refusal(wanted, `${shown(one)}, ${taken}`, 'rename it');
      }
      if (seen.has(one)) {
        throw refusal(`the names of ${shown(name)} to differ`, `${shown(one)} twice`, 'rename one');
      }
      seen.add(one);
    }
  }
  if (states.length === 0) {
    throw refusal(`${shown(name)} to have a state`, 'none', 'name its output among states');
  }
  if (output !== undefined && !states.includes(output)) {
    const wanted = `the output of ${shown(name)} to be one of ${states.join(', ')}`;
    throw refusal(wanted, shown(output), 'name a state');
  }
  if (
    typeof blocks !== 'string' ||
    !/^[a-z]+$/.test(blocks) ||
    new Set(blocks).size < blocks.length
  ) {
    const wanted = `blocks of ${shown(name)} to be different lower-case letters`;
    throw refusal(wanted, shown(blocks), 'write them in a row, "ifgo" for instance');
  }
  if (!BIAS_FORMS.includes(bias)) {
    const wanted = `bias of ${shown(name)} to be one of ${BIAS_FORMS.join(', ')}`;
    throw refusal(wanted, shown(bias), 'leave it out for a bias beside the input');
  }
  for (const [setting, value] of Object.entries(settings)) {
    if (!Number.isFinite(value)) {
      const wanted = `setting ${setting} of ${shown(name)} to be a finite number`;
      throw refusal(wanted, shown(value), 'give it a default');
    }
  }
  for (const [framework, order] of Object.entries(orders)) {
    if (!isOrder(order, blocks)) {
      const wanted = `the order of ${framework} to be a permutation of "${blocks}"`;
      throw refusal(wanted, shown(order), 'name each block once');
    }
  }
  if (typeof equations !== 'function') {
    throw refusal(`equations of ${shown(name)} to be a function`, shown(equations), 'pass one');
  }
}

const operandCounts: Readonly<Record<string, number>> = {
  ...{ state: 0, mask: 0, parameter: 0, setting: 0, constant: 0, gate: 0, recurrent: 0, input: 0 },
  ...{ sigmoid: 1, tanh: 1, relu: 1, add: 2, sub: 2, mul: 2 },
} satisfies Record<Expression['op'], number>;

const operations = Object.keys(operandCounts).filter((op) => operandCounts[op]! > 0);

/** Checks the operation of an expression, which a caller may have written by hand. */
export function checkExpression(cell: string, expression: Expression): void {
  const { op } = expression as { readonly op: unknown };
  if (typeof op !== 'string' || !Object.hasOwn(operandCounts, op)) {
    const wanted = `the operations of ${shown(cell)} to be some of ${operations.join(', ')}`;
    throw refusal(wanted, shown(op), 'write them with the functions of this package');
  }
  const {
    of = [],
    read,
    value,
  } = expression as unknown as Readonly<Record<'of' | 'read' | 'value', unknown>>;
  const hand = 'write it with the functions of this package';
  const count = operandCounts[op];
  if (!(Array.isArray(of) && of.length === count && of.every(isExpression))) {
    const wanted = `${op} in the equations of ${shown(cell)} to take ${count} expressions`;
    throw refusal(wanted, shown(of), hand);
  }
  if ((op === 'gate' || op === 'recurrent') && !isExpression(read)) {
    throw refusal(
      `${op} in the equations of ${shown(cell)} to read an expression`,
      shown(read),
      hand,
    );
  }
  if (op === 'constant' && !Number.isFinite(value)) {
    const wanted = `constant in the equations of ${shown(cell)} to have a finite value`;
    throw refusal(wanted, shown(value), hand);
  }
}

const isExpression = (value: unknown): boolean => isRecord(value) && 'op' in value;

/** Checks that equations returned each state and nothing else. */
export function checkEquations(
  name: string,
  states: readonly string[],
  returned: Readonly<Record<string, Expression>>,
): void {
  const actual: unknown = returned;
  if (typeof actual !== 'object' || actual === null) {
    throw refusal(
      `equations of ${shown(name)} to return the states`,
      shown(actual),
      'return { h }',
    );
  }
  for (const state of states) {
    const value: unknown = returned[state];
    if (typeof value === 'object' && value !== null && 'op' in value) continue;
    const wanted = `equations of ${shown(name)} to return an expression for the state ${state}`;
    throw refusal(wanted, shown(value), `return it beside the others`);
  }
  const extra = Object.keys(returned).find((key) => !states.includes(key));
  if (extra === undefined) return;
  const wanted = `equations of ${shown(name)} to return ${states.join(', ')}`;
  throw refusal(wanted, `${shown(extra)} beside them`, 'declare it as a state or leave it out');
}

/** A mask or weight that does nothing would be a setting without effect. */
export function checkAllUsed(
  name: string,
  declared: readonly string[],
  used: ReadonlySet<unknown>,
): void {
  const idle = declared.find((each) => !used.has(each));
  if (idle === undefined) return;
  const wanted = `the equations of ${shown(name)} to use ${shown(idle)}`;
  throw refusal(wanted, 'no use of it', 'leave it out of the declaration');
}

/** Checks that the weights of a cell that repeats tell how often it does. */
export function checkRepeats(name: string, repeats: boolean, blocks: readonly Block[]): void {
  if (!repeats || blocks.some(({ recurrent }) => recurrent)) return;
  const wanted = `a block of ${shown(name)} with a recurrent part, as it repeats`;
  throw refusal(wanted, 'none', 'leave out repeats');
}

/** Tells whether one list of letters is a permutation of another. */
export function isOrder(order: unknown, letters: string): boolean {
  const sorted = (text: string): string => [...text].sort().join('');
  return order === letters || (typeof order === 'string' && sorted(order) === sorted(letters));
}

/** What {@link checkDeclaration} and its like throw. */
export function refusal(expected: string, found: string, remedy: string): KernelError {
  return cellError(`defineCell: expected ${expected}, found ${found}; ${remedy}.`);
}
