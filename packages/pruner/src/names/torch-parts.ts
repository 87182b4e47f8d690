import { layoutToJson, type NamedArray, type Weights } from '@secateur/groups';
import { gruCell, lstmCell } from '@secateur/kernels';
import { weightsError } from '../pruner-error.ts';
import { transpose } from '../matrix.ts';
import { torchGruLayout, torchLstmLayout } from '../torch/layouts.ts';
import { torchModules } from '../torch/modules.ts';
import { torchToSecateur } from '../torch/torch-to-secateur.ts';
import type { OwnCell, OwnLayer, Part, Parts } from './part.ts';

type Module = ReturnType<typeof torchModules>[number];

/** The modules of a state dict of PyTorch: `nn.LSTM`, `nn.GRU`, `nn.RNN`, `nn.Linear` with its bias, `nn.Embedding`. */
export function torchParts(weights: Weights): Parts {
  const names = Object.keys(weights);
  const modules = torchModules(names);
  const nameOf = dimNames();
  const parts: Part[] = modules.map((module) =>
    recurrentPart(module, weights, modules.length > 1, nameOf),
  );
  const known = new Set(parts.flatMap((part) => Object.keys(part.notation('1'))));
  for (const name of names) {
    const matrix = weights[name]!;
    if (known.has(name) || !name.endsWith('.weight') || matrix.shape.length !== 2) continue;
    const module = name.slice(0, -'.weight'.length);
    const bias = `${module}.bias`;
    const hasBias = weights[bias]?.shape.join() === String(matrix.shape[0]);
    const part = hasBias
      ? linearPart(module, matrix, nameOf)
      : embeddingPart(module, matrix, parts, nameOf);
    if (part === undefined) continue;
    parts.push(part);
    for (const each of Object.keys(part.notation('1'))) known.add(each);
  }
  return { dialect: 'PyTorch', parts, rest: names.filter((name) => !known.has(name)) };
}

function recurrentPart(
  { prefix, directions }: Module,
  weights: Weights,
  several: boolean,
  nameOf: NameOf,
): Part {
  const weightOf = (kind: string, suffix: string): NamedArray | undefined =>
    weights[`${prefix}${kind}_${suffix}`];
  const first = directions.find(({ suffix }) => suffix === 'l0') ?? directions[0]!;
  const [rows = 0, input = 0] = weightOf('weight_ih', first.suffix)!.shape;
  const state = weightOf('weight_hh', first.suffix)?.shape[1] ?? 0;
  const projected = weightOf('weight_hr', first.suffix) !== undefined;
  const gates = projected ? 4 : rows / state;
  const count = 1 + Math.max(...directions.map(({ layer }) => layer));
  const twoWays = directions.some(({ reverse }) => reverse);
  const where = several ? prefix.replace(/[^\w.]/g, '_') : '';
  const dimsOf = (letter: string): string[][] =>
    Array.from({ length: count }, (_, layer) => {
      const dim = `${where}${letter}${layer + 1}`;
      return (twoWays ? [`${dim}/forward`, `${dim}/backward`] : [dim]).map(nameOf);
    });
  const units = dimsOf('h');
  const states = projected ? dimsOf('p') : units;
  const dims: Record<string, number> = {};
  for (const { layer, reverse, suffix } of directions) {
    const at = (names: readonly string[][]): string => names[layer]![reverse ? 1 : 0]!;
    dims[at(units)] = (weightOf('weight_ih', suffix)!.shape[0] ?? 0) / gates;
    if (projected) dims[at(states)] = weightOf('weight_hr', suffix)?.shape[0] ?? 0;
  }
  const bias = weightOf('bias_ih', first.suffix) !== undefined;
  const pairs = (names: readonly string[][]): (string | [string, string])[] =>
    names.map(([forward, backward]) => (backward === undefined ? forward! : [forward!, backward]));
  const name = prefix === '' ? 'rnn' : prefix.slice(0, -1);
  return {
    ...{ name, kind: 'recurrent', input, reads: true, dims, outputs: states.at(-1)! },
    notation(read) {
      if (gates !== 4 && gates !== 3 && gates !== 1) {
        throw weightsError(
          `expected the weights of an nn.LSTM, nn.GRU or nn.RNN under "${prefix}", found weight_ih_l0 with ${rows} rows for ${state} units; are they of one module?`,
        );
      }
      const free = Object.fromEntries(
        [...read.matchAll(/[A-Za-z_][\w./:@$]*/g)].map(([dim]) => [dim, 1]),
      );
      const options = {
        prefix,
        input: read,
        units: pairs(units),
        bias,
        dims: { ...free, ...dims },
      };
      const layout =
        gates === 3
          ? torchGruLayout(options)
          : torchLstmLayout(projected ? { ...options, projections: pairs(states) } : options);
      const notation = layoutToJson(layout).weights;
      if (gates !== 1) return notation;
      return Object.fromEntries(
        Object.entries(notation).map(([key, text]) => [key, text.replace(/^4\*/, '')]),
      );
    },
    layers(own) {
      if (projected || gates === 1) {
        throw weightsError(
          `no cell of ours runs ${projected ? 'an nn.LSTM with proj_size' : 'an nn.RNN'}, found one as "${name}"`,
        );
      }
      return ownLayers(own, prefix, gates === 4 ? 'lstm' : 'gru', name, [count, twoWays]);
    },
  };
}

function ownLayers(
  weights: Weights,
  prefix: string,
  cell: 'lstm' | 'gru',
  name: string,
  [count, twoWays]: readonly [number, boolean],
): OwnLayer[] {
  const mine = Object.entries(weights).filter(([key]) => key.startsWith(prefix));
  const ours = torchToSecateur(Object.fromEntries(mine), {
    ...{ cell, prefix, name: (layer, reverse) => `${layer}${reverse ? 'b' : 'f'}` },
  });
  return Array.from({ length: count }, (_, layer): OwnLayer => {
    const direction = (letter: string): OwnCell => ({
      ...{ cell: cell === 'lstm' ? lstmCell : gruCell, depth: 1, settings: {} },
      weights: Object.fromEntries(
        Object.entries(ours)
          .filter(([key]) => key.startsWith(`${layer}${letter}/`))
          .map(([key, value]) => [key.slice(key.indexOf('/') + 1), value]),
      ),
    });
    const directions = twoWays ? [direction('f'), direction('b')] : [direction('f')];
    return { kind: 'recurrent', name: count === 1 ? name : `${name}.${layer + 1}`, directions };
  });
}

function linearPart(
  name: string,
  { shape: [out = 0, input = 0] }: NamedArray,
  nameOf: NameOf,
): Part {
  const dim = nameOf(name);
  return {
    ...{ name, kind: 'dense', input, reads: true },
    ...{ dims: { [dim]: out }, outputs: [dim] },
    notation: (read) => ({
      [`${name}.weight`]: `${dim} <- ${read}`,
      [`${name}.bias`]: `${dim} <-`,
    }),
    layers: (weights) => [
      {
        ...{ kind: 'dense', name, kernel: transpose(weights[`${name}.weight`]!), tied: false },
        bias: weights[`${name}.bias`],
      },
    ],
  };
}

/** A matrix without a bias is a table when some module reads its width; it may also be an `nn.Linear` without one. */
function embeddingPart(
  name: string,
  { shape: [rows = 0, width = 0] }: NamedArray,
  parts: readonly Part[],
  nameOf: NameOf,
): Part | undefined {
  if (!parts.some(({ kind, input }) => kind === 'recurrent' && input === width)) return undefined;
  const dim = nameOf(name);
  return {
    ...{ name, kind: 'embedding', input: rows, reads: false },
    ...{ dims: { [dim]: width }, outputs: [dim] },
    notation: () => ({ [`${name}.weight`]: `${rows} -> ${dim} [lookup]` }),
    layers: (weights) => [{ kind: 'embedding', name, table: weights[`${name}.weight`]! }],
  };
}

/** Gives names for the notation, each once. */
export type NameOf = (name: string) => string;

/** Names of dimensions that no other part of the same file has. */
export function dimNames(): NameOf {
  const taken = new Set<string>();
  return (name) => {
    const plain = dimName(name);
    let free = plain;
    for (let i = 2; taken.has(free); i++) free = `${plain}_${i}`;
    taken.add(free);
    return free;
  };
}

const dimName = (name: string): string =>
  /^[A-Za-z_]/.test(name)
    ? name.replace(/[^\w./:@$]/g, '_')
    : `_${name.replace(/[^\w./:@$]/g, '_')}`;
