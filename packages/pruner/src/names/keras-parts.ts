import type { NamedArray, Weights } from '@secateur/groups';
import {
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  rhnCell,
  simpleRnnCell,
  type Cell,
} from '@secateur/kernels';
import { convertGates } from '../gates.ts';
import { kerasGruToSecateur } from '../keras/gru-weights.ts';
import { transpose } from '../matrix.ts';
import { weightsError } from '../pruner-error.ts';
import type { Dialect, OwnCell, OwnLayer, Part, Parts } from './part.ts';
import { dimNames, type NameOf } from './torch-parts.ts';

/** What is known of a network beside its weights, as the `architecture` of our model directories says it. */
export interface Facts {
  /** Order of the blocks of an LSTM's gates; Keras's, `ifgo`, when left out. */
  readonly gates?: string;
  readonly forgetBias?: number;
  readonly transformBias?: number;
}

/** The weights of one layer or direction by the ends of their names, such as `kernel`, each with its whole name. */
interface Layer {
  readonly name: string;
  readonly own: Readonly<Record<string, string>>;
}

/**
 * The layers that names such as `lstm/recurrent_kernel` (Keras) or `lstm1/recurrent` (ours) show.
 *
 * @example
 * ```ts
 * import { kerasParts } from '@secateur/pruner/names';
 *
 * const zeros = (a: number, b: number) => ({ shape: [a, b], data: new Float32Array(a * b) });
 * const { parts } = kerasParts(
 *   { 'lstm/lstm_cell/kernel': zeros(4, 12), 'lstm/lstm_cell/recurrent_kernel': zeros(3, 12) },
 *   'Keras',
 * );
 * parts.map(({ name, input, dims }) => [name, input, dims]); // => [['lstm', 4, { lstm: 3 }]]
 * const notation = parts[0]?.notation('words');
 * notation?.['lstm/lstm_cell/kernel']; // => 'words -> 4*lstm'
 * ```
 */
export function kerasParts(weights: Weights, dialect: Dialect, facts: Facts = {}): Parts {
  const layers = layersOf(weights, dialect);
  const pairs = new Map(
    layers.map((layer) => [layer, layers.find(({ name }) => name === backwardOf(layer.name))]),
  );
  const seconds = new Set(pairs.values());
  const parts: Part[] = [];
  const nameOf = dimNames();
  const used = new Set<string>();
  for (const layer of layers) {
    if (seconds.has(layer)) continue;
    const backward = pairs.get(layer);
    const table = layer.own['embeddings'] ?? (dialect === 'Secateur' ? layer.own[''] : undefined);
    if (recurrentOf(layer) !== undefined) {
      const directions = backward === undefined ? [layer] : [layer, backward];
      parts.push(recurrentPart(directions, weights, facts, nameOf));
      for (const each of directions) used.add(each.name);
    } else if (table !== undefined && weights[table]!.shape.length === 2) {
      parts.push(embeddingPart(layer.name, table, weights, nameOf));
      used.add(layer.name);
    }
  }
  for (const layer of layers) {
    const part = used.has(layer.name) ? undefined : densePart(layer, weights, parts, nameOf);
    if (part !== undefined) parts.push(part);
  }
  const known = new Set(parts.flatMap((part) => Object.keys(part.notation('1'))));
  return { dialect, parts, rest: Object.keys(weights).filter((name) => !known.has(name)) };
}

/** Weights by layer: what stands before the last slash, without the cell of a Keras layer and the `:0` of a variable. */
function layersOf(weights: Weights, dialect: Dialect): Layer[] {
  const layers = new Map<string, Record<string, string>>();
  for (const full of Object.keys(weights)) {
    const [, path = '', last = ''] = /^(?:(.*)\/)?([^/]*?)(?::0)?$/s.exec(full) ?? [];
    const isTable = dialect === 'Secateur' && path === '';
    const name = isTable ? last : path.replace(/\/(?:lstm|gru|simple_rnn)_cell(?:_\d+)?$/, '');
    const own = layers.get(name) ?? {};
    own[isTable ? '' : last] = full;
    layers.set(name, own);
  }
  return [...layers].map(([name, own]) => ({ name, own }));
}

/** How the other direction of a layer is called: `a/backward_b` beside `a/forward_b`, `a/backward` beside `a`. */
const backwardOf = (name: string): string =>
  /(^|\/)forward(?=_|$)/.test(name)
    ? name.replace(/(^|\/)forward(?=_|$)/, '$1backward')
    : `${name}/backward`;

const recurrentOf = ({ own }: Layer): string | undefined =>
  own['recurrent_kernel'] ?? own['recurrent'];

function recurrentPart(
  directions: readonly Layer[],
  weights: Weights,
  facts: Facts,
  nameOf: NameOf,
): Part {
  const cells = directions.map((layer) => cellOf(layer, weights));
  const names = directions.map(({ name }) => nameOf(name));
  const dims = Object.fromEntries(names.map((name, i) => [name, cells[i]!.units]));
  const name = directions[0]!.name.replace(/\/forward(?:_[^/]*)?$/, '');
  return {
    ...{ name, kind: 'recurrent', input: cells[0]!.input, reads: true, dims, outputs: names },
    notation: (read) =>
      Object.fromEntries(
        directions.flatMap(({ own }, i) =>
          Object.entries(own).flatMap(([end, full]) => {
            const text = cells[i]!.texts(end, read, names[i]!);
            return text === undefined ? [] : [[full, text]];
          }),
        ),
      ),
    layers: (now) => [
      {
        ...{ kind: 'recurrent', name },
        directions: directions.map((layer) => cellOf(layer, now).own(facts)),
      },
    ],
  };
}

interface FoundCell {
  readonly units: number;
  readonly input: number;
  /** A weight in the notation, by the end of its name; undefined for one that the cell does not have. */
  texts(end: string, read: string, units: string): string | undefined;
  own(facts: Facts): OwnCell;
}

/** Which cell it is, by the number of blocks that its weights have. */
function cellOf({ name, own }: Layer, weights: Weights): FoundCell {
  const recurrent = weights[own['recurrent_kernel'] ?? own['recurrent']!]!;
  const kernel = own['kernel'] === undefined ? undefined : weights[own['kernel']];
  const [units = 0, width = 0] = recurrent.shape;
  const [input = 0, kernelWidth = 0] = kernel?.shape ?? [];
  const blocks = width / units;
  const bias = own['bias'] === undefined ? undefined : weights[own['bias']];
  const depth = kernelWidth === 2 * units && blocks % 2 === 0 ? blocks / 2 : 1;
  const resets = own['recurrentBias'] !== undefined || bias?.shape.length === 2;
  const cells: Record<number, Cell> = {
    ...{ 1: simpleRnnCell, 3: resets ? gruCell : gruResetBeforeCell, 4: lstmCell },
  };
  const cell =
    kernelWidth === 2 * units ? rhnCell : kernelWidth === width ? cells[blocks] : undefined;
  if (kernel?.shape.length !== 2 || recurrent.shape.length !== 2 || cell === undefined) {
    throw weightsError(
      `expected the weights of an LSTM, a GRU, a SimpleRNN or a Recurrent Highway layer as "${name}", found a kernel [${kernel?.shape.join(', ') ?? 'none'}] and recurrent weights [${recurrent.shape.join(', ')}]`,
    );
  }
  return {
    ...{ units, input },
    texts(end, read, dim) {
      const times = (count: number): string => (count === 1 ? dim : `${count}*${dim}`);
      if (end === 'kernel') return `${read} -> ${times(kernelWidth / units)}`;
      if (end === 'recurrent_kernel' || end === 'recurrent') return `${dim} -> ${times(blocks)}`;
      if (end === 'bias' && bias?.shape.length === 2) return `-> 2, ${times(blocks)} [unpenalized]`;
      return end === 'bias' || end === 'recurrentBias'
        ? `-> ${times((weights[own[end]!]!.shape[0] ?? 0) / units)}`
        : undefined;
    },
    own({ gates = 'ifgo', forgetBias = 0, transformBias = 0 }) {
      if (blocks === 3 && bias === undefined && own['recurrentBias'] === undefined) {
        throw weightsError(
          `expected a bias of the GRU "${name}", whose shape says whether it resets before the recurrent product, found none; give it a bias of zeros: [${width}] with reset_after false, [2, ${width}] with reset_after true`,
        );
      }
      return {
        ...{ cell, depth },
        settings: cell === lstmCell ? { forgetBias } : cell === rhnCell ? { transformBias } : {},
        weights: inOrder(
          cell === lstmCell ? gates : undefined,
          ownWeights(cell, kernel, recurrent, bias, own['recurrentBias'], weights, blocks * units),
        ),
      };
    },
  };
}

/** Weights with their gates in Keras's order. */
function inOrder(gates: string | undefined, weights: Weights): Weights {
  if (gates === undefined || gates === 'ifgo') return weights;
  return Object.fromEntries(
    Object.entries(weights).map(([name, array]) => [name, convertGates(array, gates, 'ifgo')]),
  );
}

function ownWeights(
  cell: Cell,
  kernel: NamedArray,
  recurrent: NamedArray,
  bias: NamedArray | undefined,
  second: string | undefined,
  weights: Weights,
  width: number,
): Weights {
  if (cell === gruCell && second === undefined) {
    const ours = kerasGruToSecateur({ kernel, recurrentKernel: recurrent, bias }, { name: 'gru' });
    return Object.fromEntries(Object.entries(ours).map(([key, value]) => [key.slice(4), value]));
  }
  const zeros = { shape: [width], data: new Float32Array(width) };
  return {
    ...{ kernel, recurrent, bias: bias ?? zeros },
    ...(second === undefined ? {} : { recurrentBias: weights[second]! }),
  };
}

function embeddingPart(name: string, table: string, weights: Weights, nameOf: NameOf): Part {
  const [rows = 0, width = 0] = weights[table]!.shape;
  const dim = nameOf(name);
  return {
    ...{ name, kind: 'embedding', input: rows, reads: false },
    ...{ dims: { [dim]: width }, outputs: [dim] },
    notation: () => ({ [table]: `${rows} -> ${dim} [lookup]` }),
    layers: (now) => [{ kind: 'embedding', name, table: now[table]! }],
  };
}

/** A dense layer; one with nothing but a bias has the table of the embedding as its kernel. */
function densePart(
  { name, own }: Layer,
  weights: Weights,
  parts: readonly Part[],
  nameOf: NameOf,
): Part | undefined {
  const { kernel, bias } = own;
  if (kernel !== undefined && weights[kernel]!.shape.length === 2) {
    const [input = 0, out = 0] = weights[kernel]!.shape;
    const dim = nameOf(name);
    const known = {
      ...{ name, kind: 'dense' as const, input, reads: true },
      ...{ dims: { [dim]: out }, outputs: [dim] },
    };
    return {
      ...known,
      notation: (read) => ({
        [kernel]: `${read} -> ${dim}`,
        ...(bias === undefined ? {} : { [bias]: `-> ${dim}` }),
      }),
      layers: (now): OwnLayer[] => [
        {
          ...{ kind: 'dense', name, kernel: now[kernel]!, tied: false },
          bias: bias === undefined ? undefined : now[bias],
        },
      ],
    };
  }
  const table = parts.find(({ kind }) => kind === 'embedding');
  const size = bias === undefined ? undefined : weights[bias]!.shape[0];
  if (kernel !== undefined || bias === undefined || table === undefined || size !== table.input)
    return undefined;
  const [width] = Object.values(table.dims);
  const dim = nameOf(name);
  return {
    ...{ name, kind: 'dense', input: width!, reads: false },
    ...{ dims: { [dim]: size }, outputs: [dim] },
    notation: () => ({ [bias]: `-> ${dim}` }),
    layers: (now) => {
      const [found] = table.layers(now);
      const stored = (found as Extract<OwnLayer, { kind: 'embedding' }>).table;
      return [{ kind: 'dense', name, kernel: transpose(stored), bias: now[bias], tied: true }];
    },
  };
}
