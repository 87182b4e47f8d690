import type { NodeProto } from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import {
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  peepholeLstmCell,
  simpleRnnCell,
  simpleRnnReluCell,
  type Cell,
} from '@secateur/kernels';
import { convertGates, transpose } from '@secateur/pruner';
import { attributeOf, integerOf, requireConstant, unfit, type GraphIndex } from './graph-index.ts';

/** One direction of a recurrent node as a layer of ours has it. */
export interface RecurrentPart {
  readonly cell: Cell;
  /** The order of the blocks in its weights, the cell's own. */
  readonly order: string;
  /** By the part's name: `kernel`, `recurrent`, `bias` and what else the cell has. */
  readonly weights: Readonly<Record<string, NamedArray>>;
}

/** A recurrent node of ONNX. */
export interface RecurrentNode {
  readonly direction: 'forward' | 'reverse' | 'bidirectional';
  /** One part, or that of the forward direction and that of the backward one. */
  readonly parts: readonly RecurrentPart[];
  /** The initializers of its products, which may not be another layer's too. */
  readonly origins: readonly string[];
}

const kinds: Readonly<Record<string, { readonly order: string; readonly activations: string }>> = {
  LSTM: { order: lstmCell.orders['onnx']!, activations: 'Sigmoid,Tanh,Tanh' },
  GRU: { order: gruCell.orders['onnx']!, activations: 'Sigmoid,Tanh' },
  RNN: { order: 'h', activations: 'Tanh' },
};

/** Whether a node is one of the recurrent operators. */
export const isRecurrent = ({ opType, domain }: NodeProto): boolean =>
  domain === '' && Object.hasOwn(kinds, opType);

/** Reads the weights and settings of a recurrent node; one that no cell of ours computes is an error. */
export function readRecurrent(index: GraphIndex, node: NodeProto): RecurrentNode {
  const direction = directionNameOf(node);
  const count = direction === 'bidirectional' ? 2 : 1;
  const cell = cellOf(node, count);
  const { order } = kinds[node.opType]!;
  const [w, r] = [1, 2].map((place) => requireConstant(index, node, place)) as [
    ReturnType<typeof requireConstant>,
    ReturnType<typeof requireConstant>,
  ];
  const units = r.value.shape[2] ?? 0;
  const rows = order.length * units;
  const input = w.value.shape[2] ?? 0;
  requireShape(node, 'W', w.value, [count, rows, input]);
  requireShape(node, 'R', r.value, [count, rows, units]);
  const optional = (place: number, shape: readonly number[], name: string) => {
    if ((node.input[place] ?? '') === '') return undefined;
    const { value } = requireConstant(index, node, place);
    requireShape(node, name, value, shape);
    return value;
  };
  const biases = optional(3, [count, 2 * rows], 'B');
  const peepholes = optional(7, [count, 3 * units], 'P');
  const own = cell.blocks.map(({ name }) => name).join('');
  const parts = Array.from({ length: count }, (_, k): RecurrentPart => {
    const ours = (weight: NamedArray): NamedArray => convertGates(weight, order, own);
    const matrix = (weight: NamedArray): NamedArray => ours(transpose(directionOf(weight, k)));
    const [bias, recurrentBias] = biasesOf(biases, k, rows);
    const weights = {
      kernel: matrix(w.value),
      recurrent: matrix(r.value),
      ...(cell.bias === 'both'
        ? { bias: ours(bias), recurrentBias: ours(recurrentBias) }
        : { bias: ours(sumOf(bias, recurrentBias)) }),
      ...(peepholes === undefined ? {} : peepholesOf(directionOf(peepholes, k), units)),
    };
    return { order: own, cell: cellWith(cell, peepholes !== undefined), weights };
  });
  return { direction, parts, origins: [w.origin, r.origin] };
}

function directionNameOf(node: NodeProto): RecurrentNode['direction'] {
  const found = textOf(attributeOf(node, 'direction')?.s) || 'forward';
  const known = ['forward', 'reverse', 'bidirectional'] as const;
  const direction = known.find((name) => name === found);
  if (direction === undefined)
    throw unfit(node, `a direction of ${known.join(', ')}, found ${found}`);
  return direction;
}

/** Names of directions and activations are ASCII; what is none of them is cut, as it goes into messages only. */
function textOf(bytes: Uint8Array | undefined): string {
  return String.fromCharCode(...(bytes ?? new Uint8Array()).subarray(0, 40));
}

/** The cell that computes what the node's settings say. */
function cellOf(node: NodeProto, count: number): Cell {
  const { activations: usual } = kinds[node.opType]!;
  const names = attributeOf(node, 'activations')?.strings.map(textOf) ?? [];
  const perDirection = names.length === 0 ? usual : names.slice(0, names.length / count).join();
  const repeated = Array.from({ length: count }, () => perDirection).join();
  const relu = node.opType === 'RNN' && perDirection === 'Relu';
  if ((names.length > 0 && names.join() !== repeated) || !(relu || perDirection === usual)) {
    throw unfit(node, `the activations ${usual}, found ${names.join()}`);
  }
  for (const [name, usualValue] of [
    ['layout', 0],
    ['input_forget', 0],
  ] as const) {
    const found = integerOf(node, name, usualValue);
    if (found !== usualValue) throw unfit(node, `${name} ${usualValue}, found ${found}`);
  }
  const clip = attributeOf(node, 'clip');
  if (clip !== undefined) throw unfit(node, `no clip, found ${clip.f}`);
  if (node.opType === 'LSTM') return lstmCell;
  if (node.opType === 'RNN') return relu ? simpleRnnReluCell : simpleRnnCell;
  return integerOf(node, 'linear_before_reset', 0) === 0 ? gruResetBeforeCell : gruCell;
}

const cellWith = (cell: Cell, peepholes: boolean): Cell => (peepholes ? peepholeLstmCell : cell);

function requireShape(
  node: NodeProto,
  name: string,
  { shape }: NamedArray,
  wanted: readonly number[],
): void {
  if (shape.join() === wanted.join()) return;
  throw unfit(node, `${name} of shape [${wanted.join(', ')}], found [${shape.join(', ')}]`);
}

/** One direction of a weight whose first axis is that of the directions. */
function directionOf({ shape, data }: NamedArray, k: number): NamedArray {
  const size = data.length / shape[0]!;
  return { shape: shape.slice(1), data: data.slice(k * size, (k + 1) * size) };
}

function biasesOf(
  biases: NamedArray | undefined,
  k: number,
  rows: number,
): [input: NamedArray, recurrent: NamedArray] {
  const both = biases && directionOf(biases, k).data;
  const half = (which: number): NamedArray => ({
    shape: [rows],
    data: both?.slice(which * rows, (which + 1) * rows) ?? new Float32Array(rows),
  });
  return [half(0), half(1)];
}

function sumOf(a: NamedArray, b: NamedArray): NamedArray {
  return { shape: a.shape, data: a.data.map((value, k) => value + b.data[k]!) };
}

/** ONNX has them side by side, in the order `iof`. */
function peepholesOf({ data }: NamedArray, units: number): Record<string, NamedArray> {
  const names = ['inputPeephole', 'outputPeephole', 'forgetPeephole'];
  return Object.fromEntries(
    names.map((name, k) => [
      name,
      { shape: [units], data: data.slice(k * units, (k + 1) * units) },
    ]),
  );
}
