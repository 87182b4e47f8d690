import type { DescribedRecurrent, NamedArray, Weights } from '@secateur/groups';
import {
  biasNames,
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  peepholeLstmCell,
  simpleRnnCell,
  simpleRnnReluCell,
  type Cell,
} from '@secateur/kernels';
import { convertGates, foldForgetBias } from '@secateur/pruner';
import type { RecurrentOp } from './recurrent-op.ts';

/** How ONNX computes a cell. */
interface KnownCell {
  readonly cell: Cell;
  readonly op: RecurrentOp['op'];
  readonly order: string;
  readonly attributes?: RecurrentOp['attributes'];
}

/** The cells that ONNX has an operator for. */
const knownCells: readonly KnownCell[] = [
  { cell: lstmCell, op: 'LSTM', order: lstmCell.orders['onnx']! },
  { cell: peepholeLstmCell, op: 'LSTM', order: lstmCell.orders['onnx']! },
  {
    ...{ cell: gruCell, op: 'GRU', order: gruCell.orders['onnx']! },
    attributes: { linear_before_reset: 1 },
  },
  { cell: gruResetBeforeCell, op: 'GRU', order: gruCell.orders['onnx']! },
  { cell: simpleRnnCell, op: 'RNN', order: 'h' },
  { cell: simpleRnnReluCell, op: 'RNN', order: 'h', attributes: { activations: ['Relu'] } },
];

/** A layer as an operator of ONNX computes it, or undefined if none does. */
export function knownCell(layer: DescribedRecurrent, weights: Weights): RecurrentOp | undefined {
  const known = knownCells.find(({ cell }) => computesAlike(cell, layer.cell));
  if (known === undefined) return undefined;
  const { op, order, attributes } = known;
  const part = (which: string): NamedArray =>
    convertGates(weights[`${layer.name}/${which}`]!, layer.order, order);
  const { recurrent: recurrentBias } = biasNames(layer.cell);
  const { forgetBias = layer.cell.settings['forgetBias'] ?? 0 } = layer.settings;
  const bias = part('bias');
  return {
    ...{ op, kernel: part('kernel'), recurrent: part('recurrent') },
    bias: forgetBias === 0 ? bias : foldForgetBias(bias, order, forgetBias),
    recurrentBias: recurrentBias === undefined ? undefined : part(recurrentBias),
    peepholes: layer.cell.parameters.length === 0 ? undefined : peepholes(layer.name, weights),
    ...(attributes && { attributes }),
  };
}

function peepholes(name: string, weights: Weights): NamedArray {
  const parts = ['inputPeephole', 'outputPeephole', 'forgetPeephole'].map((part) => [
    ...weights[`${name}/${part}`]!.data,
  ]);
  const data = Float32Array.from(parts.flat());
  return { shape: [data.length], data };
}

/** A cell of the name of ours may be anybody's, so the equations are compared. */
function computesAlike(a: Cell, b: Cell): boolean {
  const equations = ({ name, nodes, next, output, bias, blocks, settings }: Cell): string =>
    JSON.stringify([name, nodes, next, output, bias, blocks, settings]);
  return a === b || equations(a) === equations(b);
}
