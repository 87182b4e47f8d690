import { AttributeProto_AttributeType as Kind, type GraphProto, type ModelProto } from 'onnx-buf';
import { changeBytes, type Random } from '@secateur/testing/damage';
import { decodeOnnx, encodeOnnx } from '../../src/index.ts';

/** Sizes that are lies: none, negative, beyond every memory, and such that nearly fit. */
const lies = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  5n,
  6n,
  7n,
  12n,
  24n,
  1n << 31n,
  (1n << 31n) + 1n,
  1n << 53n,
  1n << 62n,
];

const graphChanges: readonly ((graph: GraphProto, random: Random) => void)[] = [
  function lieAboutConstant({ initializer }, random) {
    const tensor = pick(initializer, random);
    if (tensor?.dims.length) tensor.dims[random.below(tensor.dims.length)] = random.of(lies);
  },
  function changeRank({ initializer }, random) {
    const tensor = pick(initializer, random);
    if (tensor === undefined) return;
    if (random.below(2) === 0) tensor.dims.push(1n);
    else tensor.dims.shift();
  },
  function changeType({ initializer }, random) {
    const tensor = pick(initializer, random);
    if (tensor !== undefined) tensor.dataType = random.below(24);
  },
  function lieAboutShape({ input, output, valueInfo }, random) {
    const type = pick([...input, ...output, ...valueInfo], random)?.type?.value;
    const dims = type?.case === 'tensorType' ? type.value.shape?.dim : undefined;
    const dim = dims && pick(dims, random);
    if (dim !== undefined) dim.value = { case: 'dimValue', value: random.of(lies) };
  },
  function rewire({ node, input, initializer }, random) {
    const chosen = pick(node, random);
    if (!chosen?.input.length) return;
    const names = [
      '',
      ...[...input, ...initializer].map(({ name }) => name),
      ...node.flatMap(({ output }) => output),
    ];
    chosen.input[random.below(chosen.input.length)] = random.of(names);
  },
  function makeCycle({ node }, random) {
    const chosen = pick(node, random);
    if (chosen?.input.length && chosen.output.length) chosen.input[0] = chosen.output[0]!;
  },
  function swapNodes({ node }, random) {
    if (node.length === 0) return;
    const [a, b] = [random.below(node.length), random.below(node.length)];
    [node[a], node[b]] = [node[b]!, node[a]!];
  },
  function doubleOutput({ node }, random) {
    const [one, other] = [pick(node, random), pick(node, random)];
    if (one?.output.length && other?.output.length) one.output[0] = other.output[0]!;
  },
  function changeOperator({ node }, random) {
    const chosen = pick(node, random);
    if (chosen === undefined) return;
    chosen.opType = random.of([
      'LSTM',
      'GRU',
      'RNN',
      'MatMul',
      'Gemm',
      'Reshape',
      'Concat',
      'Split',
      'Slice',
      'Gather',
      'Add',
      'Expand',
      'If',
      'Loop',
      'Transpose',
      'Squeeze',
      'Nobody',
    ]);
  },
  function changeAttribute({ node }, random) {
    const attribute = pick(pick(node, random)?.attribute ?? [], random);
    if (attribute === undefined) return;
    if (attribute.type === Kind.INT) attribute.i = random.of(lies);
    else if (attribute.type === Kind.INTS && attribute.ints.length > 0)
      attribute.ints[random.below(attribute.ints.length)] = random.of(lies);
    else if (attribute.type === Kind.STRING)
      attribute.s = new TextEncoder().encode(
        random.of(['bidirectional', 'reverse', 'forward', 'sideways']),
      );
    else if (attribute.t?.dims.length) attribute.t.dims[0] = random.of(lies);
  },
  function changeNumbers({ initializer, node }, random) {
    const tensors = [
      ...initializer,
      ...node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? [])),
    ];
    const tensor = pick(
      tensors.filter(({ dataType, rawData }) => dataType === 7 && rawData.length >= 8),
      random,
    );
    if (tensor === undefined) return;
    const raw = tensor.rawData.slice();
    new DataView(raw.buffer).setBigInt64(
      8 * random.below(Math.floor(raw.length / 8)),
      random.of(lies),
      true,
    );
    tensor.rawData = raw;
  },
  function takeNodeOut({ node }, random) {
    if (node.length > 0) node.splice(random.below(node.length), 1);
  },
];

function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list.length === 0 ? undefined : random.of(list);
}

/** A file that somebody or something changed: its bytes, or what they mean. */
export function mutate(bytes: Uint8Array, random: Random): { bytes: Uint8Array; change: string } {
  if (random.below(3) === 0) {
    return { bytes: changeBytes(Buffer.from(bytes), random), change: 'bytes' };
  }
  const model: ModelProto = decodeOnnx(bytes);
  const changes = Array.from({ length: 1 + random.below(3) }, () => random.of(graphChanges));
  for (const change of changes) change(model.graph!, random);
  return { bytes: encodeOnnx(model), change: changes.map(({ name }) => name).join(' ') };
}
