import fc from 'fast-check';
import { layoutFromJson, type Layout } from '../src/index.ts';

const names = ['h1', 'embed', '_x/y', 'fw-1', 'a:b.c'];

const axis: fc.Arbitrary<string> = fc.letrec<{ sum: string; term: string }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...names),
    fc.integer({ min: 1, max: 7 }).map(String),
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), tie('sum'))
      .map(([times, body]) => `${times}*(${body})`),
  ),
  sum: fc.array(tie('term'), { minLength: 1, maxLength: 3 }).map((terms) => terms.join(' + ')),
})).sum;

const side = fc.array(axis, { maxLength: 2 }).map((axes) => axes.join(', '));
const attributes = fc.constantFrom('', '[lookup]', '[unpenalized]', '[penalized, lookup]');
const weight = fc
  .tuple(side, fc.constantFrom('->', '<-', '<->'), side, attributes)
  .map((parts) => parts.join(' '));
const weightName = fc
  .oneof(fc.constantFrom('lstm1/kernel', 'dims', 'a b', 'x-y', '"', '# 1', '->'), fc.string())
  .filter((name) => name !== '' && name !== '__proto__');

/** Layouts over up to five dimensions or fixed widths, with every arrow, attribute and nesting of the notation. */
export const anyLayout: fc.Arbitrary<Layout> = fc
  .tuple(
    fc.dictionary(weightName, weight, { minKeys: 1, maxKeys: 5 }),
    fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 5 }),
    fc.subarray(names),
  )
  .map(([weights, sizes, held]) => {
    const text = Object.values(weights).join(' ');
    const used = names.filter((name) => text.includes(name));
    const sized = (these: string[]): Record<string, number> =>
      Object.fromEntries(these.map((name) => [name, sizes[names.indexOf(name)]!]));
    return layoutFromJson({
      dims: sized(used.filter((name) => !held.includes(name))),
      fixed: sized(used.filter((name) => held.includes(name))),
      weights: { ...weights },
    });
  });
