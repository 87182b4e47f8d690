import {
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { Choices } from './choices.ts';
import { recurrentLayer, sequenceLayer, vectorLayer, type AnyLayer, type Namer } from './layers.ts';

/** Rows of a batch in every random model: stateful layers need to know it. */
export const BATCH = 2;

interface Growth {
  readonly c: Choices;
  readonly name: Namer;
  readonly stateful: boolean;
  readonly depth: number;
  /** Layers that may be called again on what has the same shape. */
  readonly reusable: { readonly layer: AnyLayer; readonly shape: string }[];
}

/** A model of random layers: sequential or functional, with models inside to a depth of two. */
export function randomModel(c: Choices): LayersModel {
  const counts = new Map<string, number>();
  const name: Namer = (kind) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind}_${count}`;
  };
  const growth = { c, name, stateful: c.chance(0.15), depth: 0, reusable: [] };
  const model = c.chance(0.3) ? chain(growth, inputShape(c)) : graph(growth);
  freeze(c, model);
  if (c.chance(0.3)) {
    model.compile({
      optimizer: c.one(['sgd', 'adam', 'rmsprop', 'adagrad']),
      loss: model.outputs.map(() => c.one(['meanSquaredError', 'meanAbsoluteError'])),
      ...(c.chance(0.5) && { metrics: ['mse'] }),
    });
  }
  return model;
}

function inputShape(c: Choices): [number, number] {
  return [c.whole(2, 4), c.whole(1, 3)];
}

/** A Sequential model; as an inner one it gives vectors or sequences. */
function chain(growth: Growth, shape: [number, number], keepSequence = false): LayersModel {
  const { c, name, depth } = growth;
  const made = sequential({ name: name('chain') });
  if (c.chance(0.3)) {
    made.add(
      layers.inputLayer({ batchInputShape: [BATCH, ...shape], name: name('given') }) as never,
    );
  } else {
    const first = recurrentLayer(c, name('first'), {
      returnSequences: true,
      stateful: growth.stateful,
      batchInputShape: [BATCH, ...shape],
    });
    made.add(first as never);
  }
  let steps = shape[0];
  for (let i = c.whole(1, 3); i > 0; i--) {
    const inner =
      depth < 2 && c.chance(0.2)
        ? chain({ ...growth, depth: depth + 1 }, shapeOf(made) as [number, number], true)
        : sequenceLayer(c, name('layer'), steps, growth.stateful);
    made.add(inner as never);
    steps = shapeOf(made)[0]!;
  }
  if (keepSequence) return made;
  made.add(toVector(growth, name('last')) as never);
  if (c.chance(0.85)) made.add(vectorLayer(c, name('head')) as never);
  if (depth === 0 || c.chance(0.5)) made.add(layers.dense({ units: 2, name: name('answer') }));
  return made;
}

/** The shape of what a Sequential model gives so far, without the batch. */
function shapeOf(model: LayersModel): number[] {
  return (model.outputs[0]!.shape as number[]).slice(1);
}

function toVector({ c, stateful }: Growth, name: string): AnyLayer {
  return c.one([
    () => recurrentLayer(c, name, { returnSequences: false, stateful }),
    () => recurrentLayer(c, name, { returnSequences: false, stateful }),
    () => layers.globalAveragePooling1d({ name } as never) as never,
    () => layers.globalMaxPooling1d({ name } as never) as never,
    () => layers.flatten({ name }) as never,
  ])();
}

/** A functional model: tensors are combined until a few are left, which dense layers turn into outputs. */
function graph(growth: Growth): LayersModel {
  const { c, name } = growth;
  const inputs = Array.from({ length: c.whole(1, 3) }, () => root(growth));
  const unused = c.chance(0.1) ? [root(growth)] : [];
  let tensors = inputs.map((tensor) =>
    tensor.dtype === 'int32' ? call(embedding(c, name('words')), tensor) : tensor,
  );
  for (let i = c.whole(3, 7); i > 0; i--) tensors = grow(growth, tensors);
  // Everything must be reached from some output.
  const vectors = tensors.map((tensor) =>
    isSequence(tensor) ? call(toVector(growth, name('last')), tensor) : tensor,
  );
  const ends = c.chance(0.5) && vectors.length > 1 ? [join(growth, vectors)] : vectors;
  const outputs = ends.map((tensor) =>
    c.chance(0.9)
      ? call(layers.dense({ units: 2, name: name('answer') }) as never, tensor)
      : tensor,
  );
  const distinct = [...new Set(outputs)].filter((tensor) => !inputs.includes(tensor));
  if (distinct.length === 0) {
    distinct.push(call(layers.dense({ units: 1, name: name('answer') }) as never, outputs[0]!));
  }
  return functional({ inputs: [...inputs, ...unused], outputs: distinct, name: name('graph') });
}

function root({ c, name }: Growth): SymbolicTensor {
  const [steps, width] = inputShape(c);
  const words = c.chance(0.2);
  return input({
    batchShape: words ? [BATCH, steps] : [BATCH, steps, width],
    name: name(words ? 'ids' : 'input'),
    ...(words && { dtype: 'int32' }),
  });
}

function embedding(c: Choices, name: string): AnyLayer {
  return layers.embedding({ inputDim: 5, outputDim: c.whole(1, 4), name }) as never;
}

function grow(growth: Growth, tensors: SymbolicTensor[]): SymbolicTensor[] {
  const { c, name, depth, stateful, reusable } = growth;
  const at = c.whole(0, tensors.length - 1);
  const tensor = tensors[at]!;
  const others = tensors.filter((_, i) => i !== at);
  const kind = c.whole(0, 15);
  if (kind === 0 && others.length > 0) return merge(growth, tensor, others);
  if (kind === 1) {
    const again = reusable.filter(({ shape }) => shape === String(tensor.shape));
    if (again.length > 0) return [...others, tensor, call(c.one(again).layer, tensor)];
  }
  if (kind === 2 && depth < 2 && isSequence(tensor)) {
    const inner = innerModel({ ...growth, depth: depth + 1 }, tensor);
    reusable.push({ layer: inner, shape: String(tensor.shape) });
    return [...others, call(inner, tensor)];
  }
  if (kind === 3 && isSequence(tensor)) return withStates(growth, tensor, others);
  if (kind === 4 && !isSequence(tensor)) {
    return [...others, call(layers.repeatVector({ n: 2, name: name('repeat') }) as never, tensor)];
  }
  if (kind === 5 && isSequence(tensor)) return [...others, ...diamond(growth, tensor)];
  if (kind === 7 && isSequence(tensor)) {
    const [, steps, width] = tensor.shape as number[];
    const targetShape = c.one([
      [1, steps! * width!],
      [steps!, width!],
    ]);
    const side = layers.reshape({ name: name('fold'), targetShape });
    return [...others, call(side as never, tensor)];
  }
  if (kind === 6 && isSequence(tensor)) return [...others, ...bothDirections(growth, tensor)];
  const layer = isSequence(tensor)
    ? sequenceLayer(c, name('layer'), tensor.shape[1]!, stateful)
    : vectorLayer(c, name('layer'));
  const result = call(layer, tensor);
  reusable.push({ layer, shape: String(tensor.shape) });
  return c.chance(0.2) ? [...others, tensor, result] : [...others, result];
}

/** A model inside, whose own layers may have the names of those outside. */
function innerModel(growth: Growth, tensor: SymbolicTensor): AnyLayer {
  const { c, name } = growth;
  const shape = tensor.shape.slice(1) as [number, number];
  const counts = new Map<string, number>();
  const own: Namer = (kind) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind}_${count}`;
  };
  const inside = { ...growth, reusable: c.chance(0.3) ? growth.reusable : [], name: own };
  if (c.chance(0.5)) {
    const made = chain(inside, shape, c.chance(0.5));
    made.name = name('inner');
    return made as never;
  }
  const x = input({ batchShape: [BATCH, ...shape], name: own('input') });
  let tensors = [x];
  for (let i = c.whole(1, 3); i > 0; i--) tensors = grow(inside, tensors);
  const [result] = tensors.filter((one) => one !== x);
  const output = result ?? call(sequenceLayer(c, own('layer'), shape[0], growth.stateful), x);
  return functional({ inputs: x, outputs: output, name: name('inner') }) as never;
}

/** A layer whose states begin another of the same size. */
function withStates(
  { c, name, stateful }: Growth,
  tensor: SymbolicTensor,
  others: SymbolicTensor[],
): SymbolicTensor[] {
  const units = c.whole(1, 4);
  const make = c.one([layers.lstm, layers.gru]) as (options: object) => AnyLayer;
  const options = { units, recurrentInitializer: 'glorotUniform', returnSequences: true };
  const first = make({ ...options, returnState: true, name: name('encoder'), stateful });
  const [sequence, ...states] = first.apply(tensor) as SymbolicTensor[];
  const second = make({ ...options, name: name('decoder') });
  return [...others, sequence!, second.apply([tensor, ...states]) as SymbolicTensor];
}

/** Two recurrent layers of one size, which meet elementwise or along time. */
function diamond({ c, name, stateful }: Growth, tensor: SymbolicTensor): SymbolicTensor[] {
  const units = c.whole(1, 4);
  const make = () => c.one([layers.lstm, layers.gru, layers.simpleRNN]) as (o: object) => AnyLayer;
  const sides = [name('left'), name('right')].map((own) => {
    const options = { units, recurrentInitializer: 'glorotUniform', returnSequences: true };
    return call(make()({ ...options, name: own, stateful }), tensor);
  });
  const meet = c.one([
    () => elementwise(c, name('meet')),
    () => elementwise(c, name('meet')),
    () => layers.concatenate({ name: name('meet'), axis: 1 }) as never,
    () => layers.dot({ name: name('meet'), axes: 2 }) as never,
  ])() as AnyLayer;
  const merged = meet.apply(sides) as SymbolicTensor;
  return c.chance(0.3) ? [sides[0]!, merged] : [merged];
}

/** A bidirectional layer whose directions stay apart, or that gives its states as well. */
function bothDirections({ c, name }: Growth, tensor: SymbolicTensor): SymbolicTensor[] {
  const inner = layers.lstm({
    ...{ units: c.whole(1, 4), recurrentInitializer: 'glorotUniform' as const },
    ...{ returnSequences: true, name: name('inside') },
  });
  const mergeMode = null as never;
  const both = layers.bidirectional({ layer: inner as never, mergeMode, name: name('both') });
  return both.apply(tensor) as SymbolicTensor[];
}

function elementwise(c: Choices, name: string): AnyLayer {
  const make = c.one([
    layers.add,
    layers.average,
    layers.maximum,
    layers.minimum,
    layers.multiply,
  ]) as (options: object) => AnyLayer;
  return make({ name });
}

function merge(growth: Growth, tensor: SymbolicTensor, others: SymbolicTensor[]): SymbolicTensor[] {
  const { c, name } = growth;
  const alike = others.filter(({ shape }) => String(shape) === String(tensor.shape));
  if (alike.length > 0 && c.chance(0.7)) {
    const other = c.one(alike);
    const merged = elementwise(c, name('merge')).apply([tensor, other]) as SymbolicTensor;
    return [...others.filter((one) => one !== other), merged];
  }
  const joinable = others.filter(
    ({ shape }) => String(shape.slice(0, -1)) === String(tensor.shape.slice(0, -1)),
  );
  if (joinable.length === 0) return [...others, tensor];
  const other = c.one(joinable);
  return [...others.filter((one) => one !== other), join(growth, [tensor, other])];
}

function join({ name }: Growth, tensors: readonly SymbolicTensor[]): SymbolicTensor {
  const layer = layers.concatenate({ name: name('join') });
  return layer.apply([...tensors]) as SymbolicTensor;
}

function call(layer: AnyLayer, tensor: SymbolicTensor): SymbolicTensor {
  return layer.apply(tensor) as SymbolicTensor;
}

function isSequence(tensor: SymbolicTensor): boolean {
  return tensor.shape.length === 3;
}

/** Freezes some layers, some models inside, and sometimes the whole model. */
function freeze(c: Choices, model: LayersModel): void {
  for (const layer of model.layers) {
    if (c.chance(0.12)) layer.trainable = false;
    const inside = (layer as unknown as LayersModel).layers;
    for (const inner of inside ?? []) if (c.chance(0.12)) inner.trainable = false;
  }
  if (c.chance(0.05)) (model as unknown as AnyLayer).trainable = false;
}
