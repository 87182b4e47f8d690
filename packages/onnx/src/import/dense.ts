import type { NodeProto } from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import { transpose } from '@secateur/pruner';
import { newDim, unify, type DenseDraft, type Draft, type Value } from './draft.ts';
import { attributeOf, integerOf, requireConstant, unfit } from './graph-index.ts';
import type { Reader } from './reader.ts';

/** Rows of a table for word ids. */
export function readEmbedding(reader: Reader, node: NodeProto): Value {
  const { value: table, origin } = requireConstant(reader.index, node, 0);
  const ids = reader.read(node.input[1] ?? '');
  const isIds = ids.layers.length === 0 && ids.axes.length === 2;
  if (!isIds || integerOf(node, 'axis', 0) !== 0 || table.shape.length !== 2)
    throw unfit(node, 'rows of a table [words, width] for the word ids of the input');
  reader.claim(node, origin);
  const [words, width] = table.shape as [number, number];
  const draft: Draft = {
    ...{ kind: 'embedding', name: reader.nameOf('embedding', origin, ''), table, origin },
    ...{ vocab: newDim('vocab', words), width: newDim('embed', width) },
  };
  return { ...ids, axes: [...ids.axes, 'features'], layers: [draft], features: [draft.width] };
}

/** A product of features with a constant matrix. */
export function readDense(reader: Reader, node: NodeProto): Value {
  return product(reader, node, reader.read(node.input[0] ?? ''), false);
}

/** A product and a bias for rows of features. */
export function readGemm(reader: Reader, node: NodeProto): Value {
  const [alpha, beta] = ['alpha', 'beta'].map((name) => attributeOf(node, name)?.f ?? 1);
  if (alpha !== 1 || beta !== 1 || integerOf(node, 'transA', 0) !== 0)
    throw unfit(node, 'alpha and beta of 1 and no transA');
  const x = reader.read(node.input[0] ?? '');
  const made = product(reader, node, x, integerOf(node, 'transB', 0) !== 0);
  return (node.input[2] ?? '') === '' ? made : withBias(reader, node, made, 2);
}

/** A bias after a product. */
export function readBias(reader: Reader, node: NodeProto): Value {
  const place = reader.index.constantOf(node.input[0] ?? '') === undefined ? 1 : 0;
  return withBias(reader, node, reader.read(node.input[1 - place] ?? ''), place);
}

function product(reader: Reader, node: NodeProto, x: Value, turned: boolean): Value {
  if (x.axes.at(-1) !== 'features' || x.axes.includes('direction'))
    throw unfit(node, 'features at every step as its input');
  const found = requireConstant(reader.index, node, 1);
  const { origin } = found;
  if (found.value.shape.length !== 2)
    throw unfit(node, `a matrix, found one of shape [${found.value.shape.join(', ')}]`);
  const kernel = turned ? transpose(found.value) : found.value;
  const [rows, columns] = kernel.shape as [number, number];
  const input = x.features.length > 0 ? x.features : [newDim('features', rows)];
  const width = input.reduce((sum, { size }) => sum + size, 0);
  if (width !== rows) throw unfit(node, `a matrix of ${width} rows, found ${rows}`);
  const [table] = x.layers;
  const [read, ...others] = input;
  const same = table?.kind === 'embedding' && table.origin === origin;
  if (same && found.transposed !== turned && others.length === 0) {
    unify(table.width, read!);
    const draft = denseDraft('softmax', undefined, input, table.vocab, table.name);
    return { ...x, layers: [...x.layers, draft], features: [table.vocab], before: x };
  }
  reader.claim(node, origin);
  const name = reader.nameOf('dense', origin, '/kernel');
  const draft = denseDraft(name, kernel, input, newDim(`${name}.out`, columns), undefined);
  return { ...x, layers: [...x.layers, draft], features: [draft.output], before: x };
}

function denseDraft(
  name: string,
  kernel: NamedArray | undefined,
  input: DenseDraft['input'],
  output: DenseDraft['output'],
  tiedTo: string | undefined,
): DenseDraft {
  return { kind: 'dense', name, kernel, bias: undefined, input, output, tiedTo };
}

/** The last layer of a value, with a constant added to what it gives. */
function withBias({ index, nameOf }: Reader, node: NodeProto, x: Value, place: number): Value {
  const last = x.layers.at(-1);
  const { value, origin } = requireConstant(index, node, place);
  const width = last?.kind === 'dense' ? last.output.size : 0;
  const isBias = value.data.length === width && value.shape.at(-1) === width;
  if (last?.kind !== 'dense' || last.bias !== undefined || !isBias)
    throw unfit(node, 'a constant as the bias of the dense layer before it');
  const bias = { shape: [width], data: value.data };
  // A layer of a shared table is known by its bias only.
  const name = last.tiedTo === undefined ? last.name : nameOf('softmax', origin, '/bias');
  return { ...x, layers: [...x.layers.slice(0, -1), { ...last, name, bias }] };
}
