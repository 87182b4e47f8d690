import {
  fixDims,
  formatAxis,
  layoutFromJson,
  type Layout,
  type WeightLayout,
  type Weights,
} from '@secateur/groups';
import { checkOptions, namesText } from '@secateur/input';
import { argumentError } from '../pruner-error.ts';
import { readersAmong } from './among.ts';
import { outputWidth, readersOf, type Part, type Parts } from './part.ts';

/** How the parts of a file hang together. */
export interface Linked {
  readonly layout: Layout;
  /** One sentence for each part whose units stay, and what was taken for granted. */
  readonly notes: readonly string[];
  /** The names of the parts one after the other, when they are a chain. */
  readonly order: readonly string[] | undefined;
}

/** How notes say to whoever reads them what would settle a doubt. */
export interface Advice {
  /** How the order of the parts is given, such as `order: ['lstm', 'head']`. */
  order(names: readonly string[]): string;
  /** How a whole layout is given in place of this one. */
  readonly layout: string;
}

/** What is done in code. */
const adviceInCode: Advice = {
  order: (names) => `order: [${names.map((name) => `'${name}'`).join(', ')}]`,
  layout: 'write it with layout of @secateur/groups',
};

/** Options of {@link linkParts}. */
export interface LinkOptions {
  /** The names of the parts, each reading what the one before writes; found by widths when left out. */
  readonly order?: readonly string[] | undefined;
  /** Other words for what settles a doubt, for those who write no code. */
  readonly advice?: Advice;
}

/**
 * Makes the layout of what names and shapes show. Parts follow each other where the widths leave one way only, or as `order`
 * says; what may be read by more than one is not offered for pruning.
 *
 * @throws PrunerError (code `argument`) when `order` names other parts than there are, or two that do not fit.
 *
 * @example
 * ```ts
 * import { formatWeight } from '@secateur/groups';
 * import { linkParts, partsOf } from '@secateur/pruner/names';
 *
 * const square = { shape: [4, 4], data: new Float32Array(16) };
 * const wide = { shape: [4, 16], data: new Float32Array(64) };
 * const rnn = { 'rnn/kernel': wide, 'rnn/recurrent_kernel': wide };
 * const weights = { 'a/kernel': square, 'b/kernel': square, ...rnn };
 * // All widths are 4, so that only an order says which layer reads the units.
 * const { layout } = linkParts(partsOf(weights), weights, { order: ['b', 'rnn', 'a'] });
 * formatWeight(layout.weights['rnn/kernel']!); // => 'b -> 4*rnn'
 * formatWeight(layout.weights['a/kernel']!); // => 'rnn -> a'
 * ```
 */
export function linkParts(found: Parts, weights: Weights, options: LinkOptions = {}): Linked {
  checkOptions('linkParts', options, { order: true, advice: true }, argumentError);
  const { order, advice = adviceInCode } = options;
  const { parts, rest } = found;
  const inOrder = `name them in their order: ${advice.order(parts.map(({ name }) => name))}`;
  const whole = `give a layout: ${advice.layout}`;
  const chain = order === undefined ? clearChain(parts) : chainOf(order, parts);
  const sources = new Map<Part, Part>();
  const notes: string[] = [];
  const fixed = new Set<string>();
  const keep = (part: Part, why: string): void => {
    for (const dim of part.outputs) fixed.add(dim);
    if (part.kind === 'recurrent') notes.push(`${part.outputs.join(', ')}: ${why}`);
  };
  if (chain !== undefined) {
    chain.forEach((part, i) => {
      if (i > 0) sources.set(part, chain[i - 1]!);
    });
    if (order === undefined && chain.length > 1) {
      notes.push(
        `${chain.map(({ name }) => name).join(', ')} are taken to follow each other, the only way in which their widths fit, and nothing else to read their outputs`,
      );
    }
  }
  const among = readersAmong(found, weights);
  for (const part of parts) {
    const readers =
      chain === undefined
        ? readersOf(part, parts)
        : parts.filter((each) => sources.get(each) === part);
    const width = outputWidth(part);
    const others = rest.filter((name) => weights[name]!.shape.includes(width));
    const [reader] = readers;
    if (reader === undefined)
      keep(part, 'kept, as nothing in the file reads them: they are what the network gives');
    else if (readers.length > 1) {
      keep(part, `kept, as ${listed(readers.map(({ name }) => name))} may read them; ${inOrder}`);
    } else if (others.length > 0) {
      if (chain !== undefined || isOnlySource(part, reader, parts)) sources.set(reader, part);
      keep(part, `kept, as ${listed(others)} may act on them; ${whole}`);
    } else if (chain === undefined && !isOnlySource(part, reader, parts)) {
      keep(part, `kept, as ${reader.name} may read another part of this width; ${inOrder}`);
    } else sources.set(reader, part);
    const [mixer] = chain === undefined ? among.parts(part) : [];
    const unknown = among
      .weights(part, order !== undefined)
      .filter((name) => !others.includes(name));
    const free = Object.keys(part.dims).filter((dim) => !fixed.has(dim));
    if (free.length === 0 || (mixer === undefined && unknown.length === 0)) continue;
    for (const dim of free) fixed.add(dim);
    if (part.kind !== 'recurrent') continue;
    const may =
      mixer === undefined
        ? `${listed(unknown)} may read them`
        : `they may be among the ${mixer.input} numbers that ${mixer.name} reads`;
    notes.push(`${free.join(', ')}: kept, as ${may}; ${whole}`);
  }
  for (const part of order === undefined ? twins(parts) : []) {
    for (const dim of Object.keys(part.dims)) fixed.add(dim);
    notes.push(
      `${part.name}: kept, as another module has as many layers of its sizes, and the two may hand on their states; ${whole}`,
    );
  }
  const texts: Record<string, string> = {};
  for (const part of parts) {
    const source = sources.get(part);
    const read = source === undefined ? String(part.input) : source.outputs.join(' + ');
    Object.assign(texts, part.notation(read));
    // A kernel that is the table of an embedding is not written down here.
    if (source !== undefined && !part.reads) {
      keep(source, `kept, as ${part.name} reads them by the table of an embedding; ${whole}`);
    }
  }
  for (const name of rest) texts[name] = `-> ${weights[name]!.shape.join(', ') || '1'}`;
  const dims: Record<string, number> = Object.assign({}, ...parts.map((part) => part.dims));
  const layout = fixDims(
    layoutOf(dims, texts, weights),
    [...fixed].filter((dim) => dim in dims),
  );
  return { layout, notes, order: chain?.map(({ name }) => name) };
}

/** Scalars have no axis that the notation could name. */
function layoutOf(
  dims: Record<string, number>,
  texts: Record<string, string>,
  weights: Weights,
): Layout {
  for (const [name, { shape }] of Object.entries(weights))
    if (shape.length === 0) texts[name] = '->';
  return layoutFromJson({ dims, weights: texts });
}

const listed = (names: readonly string[]): string =>
  names.length > 3 ? namesText(names, 3) : names.join(' and ');

const isOnlySource = (part: Part, reader: Part, parts: readonly Part[]): boolean =>
  parts.every((each) => each === part || each === reader || outputWidth(each) !== reader.input);

/** Recurrent modules that could start from each other's states: those of an encoder and its decoder have the same sizes. */
function twins(parts: readonly Part[]): Part[] {
  const sizes = (part: Part): string => Object.values(part.dims).join();
  const several = parts.filter(
    ({ kind, dims }) => kind === 'recurrent' && Object.keys(dims).length > 1,
  );
  return several.filter((part) =>
    several.some((each) => each !== part && sizes(each) === sizes(part)),
  );
}

/**
 * The only order in which each part reads what the one before writes, if no other part is as wide as what a recurrent layer
 * gives: two heads may stand beside each other.
 */
function clearChain(parts: readonly Part[]): Part[] | undefined {
  const clear = parts.every(
    (part) => part.kind !== 'recurrent' || readersOf(part, parts).length < 2,
  );
  return clear ? onlyChain(parts) : undefined;
}

/** The only order in which each part reads what the one before writes; undefined when there is none, or more than one. */
function onlyChain(
  parts: readonly Part[],
  follows = (last: Part, next: Part): boolean => next.input === outputWidth(last),
): Part[] | undefined {
  const found: Part[][] = [];
  let steps = 0;
  const extend = (chain: readonly Part[], left: readonly Part[]): void => {
    // Of many alike there is more than one order; a search without an end helps nobody.
    if (found.length > 1 || ++steps > 20_000) return;
    if (left.length === 0) found.push([...chain]);
    const last = chain.at(-1);
    for (const next of left) {
      const fits = last === undefined || (next.kind !== 'embedding' && follows(last, next));
      if (fits)
        extend(
          [...chain, next],
          left.filter((each) => each !== next),
        );
    }
  };
  extend([], parts);
  return found.length === 1 && steps <= 20_000 ? found[0] : undefined;
}

function chainOf(order: readonly string[], parts: readonly Part[]): Part[] {
  const names = parts.map(({ name }) => name);
  const chain = order.flatMap((name) => parts.find((part) => part.name === name) ?? []);
  if (chain.length !== order.length || new Set(order).size !== parts.length) {
    throw argumentError(
      `linkParts: expected as the order each of ${names.join(', ')} once, found ${order.join(', ')}; name all of them in their order, or write the layout yourself.`,
    );
  }
  chain.forEach((part, i) => {
    const before = chain[i - 1];
    if (before === undefined) return;
    const width = outputWidth(before);
    if (part.kind !== 'embedding' && part.input === width) return;
    throw argumentError(
      `linkParts: expected "${part.name}" to read the ${width} numbers that "${before.name}" writes, found that it reads ${part.kind === 'embedding' ? 'ids' : part.input}; correct the order.`,
    );
  });
  return chain;
}

/**
 * The order in which a layout says that parts read each other; undefined when they are no chain.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { orderIn, partsOf } from '@secateur/pruner/names';
 *
 * const square = { shape: [4, 4], data: new Float32Array(16) };
 * const wide = { shape: [4, 16], data: new Float32Array(64) };
 * const weights = { 'out/kernel': square, 'rnn/kernel': wide, 'rnn/recurrent_kernel': wide };
 * const layout = parseLayout(`
 *   dims  words = 4  rnn = 4  classes = 4
 *   rnn/kernel            words -> 4*rnn
 *   rnn/recurrent_kernel  rnn -> 4*rnn
 *   out/kernel            rnn -> classes
 * `);
 * orderIn(layout, partsOf(weights)); // => ['rnn', 'out']
 * ```
 */
export function orderIn(layout: Layout, { parts }: Parts): readonly string[] | undefined {
  const ends = new Map(parts.map((part) => [part, endsOf(part, layout)]));
  const chain = onlyChain(parts, (last, next) => {
    const { input } = ends.get(next)!;
    return input === undefined
      ? next.input === outputWidth(last)
      : input === ends.get(last)!.output;
  });
  return chain?.map(({ name }) => name);
}

/** What a part reads and writes, as a layout names it. */
function endsOf(
  part: Part,
  layout: Layout,
): { readonly input?: string | undefined; readonly output: string } {
  let input = 'what_it_reads';
  while (input in part.dims) input += '_';
  const weights = part.notation(input);
  const own = layoutFromJson({
    dims: { ...part.dims, ...(part.reads ? { [input]: part.input } : {}) },
    weights,
  });
  const textOf = (dim: string): string | undefined => {
    for (const [name, weight] of Object.entries(own.weights)) {
      const at = axisTexts(weight).indexOf(dim);
      const same = layout.weights[name];
      if (at >= 0) return same && axisTexts(same)[at];
    }
    return undefined;
  };
  return { input: textOf(input), output: part.outputs.map(textOf).join(' + ') };
}

/** The axes of a weight in the notation, in storage order. */
const axisTexts = ({ before, after }: WeightLayout): string[] =>
  [...before, ...after].map(formatAxis);
