import {
  dispose,
  disposeVariables,
  memory,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { models, type LayersModel } from '@tensorflow/tfjs-layers';
import {
  layersModelLayout,
  recurrentDims,
  type Layout,
  type LayersModelLike,
} from '@secateur/groups';
import { pruneLayersModel } from '@secateur/pruner/tfjs';
import {
  childrenOf,
  disposeLayer,
  isModel,
  ownWeights,
  type Layer,
  type LayerVariable,
  type Recurrent,
} from '../../../src/tfjs/layers-model/layer-objects.ts';
import { choices, type Choices } from './choices.ts';
import { hasStrayMask } from './masks.ts';
import { BATCH, randomModel } from './model.ts';

/** What a random model had. */
export interface Checked {
  /** Components that were killed. */
  readonly killed: number;
  /** Components that went. */
  readonly removed: number;
  /** Kinds of layers in the model. */
  readonly kinds: ReadonlySet<string>;
}

/** A random model that TensorFlow.js itself cannot run, pruned or not. */
export class NotRunnable extends Error {}

/**
 * Builds the random model of a seed, kills random components, prunes, and throws if the smaller model predicts something
 * else, differs in more than its sizes, or can be pruned again.
 */
export async function checkRandomModel(seed: number): Promise<Checked> {
  const c = choices(seed);
  const model = runnable(() => randomModel(c));
  if (model.weights.length === 0) throw new NotRunnable('a model without weights');
  const made: LayersModel[] = [model];
  try {
    fill(c, model);
    const layout = layersModelLayout(model as unknown as LayersModelLike);
    const killed = kill(c, model, layout);
    const inputs = randomInputs(c, model);
    // This leaves states behind where layers are stateful, and twice, since some faults come the second time only.
    runnable(() => predict(model, inputs));
    runnable(() => predict(model, inputs));
    const tensors = memory().numTensors;
    const { model: small, kept, exact, report } = pruneLayersModel(model);
    made.push(small);
    if (model.optimizer === undefined || model.optimizer === null) {
      expect(memory().numTensors - tensors, 'the number of new tensors', tensorsOf(small));
    }
    expect(exact, 'the result is exact', true);
    for (const [dim, dead] of Object.entries(killed)) {
      const left = kept[dim]!.filter((index) => dead.includes(index)).length;
      // A component stays where it is the last of its layer or fills up a direction of a bidirectional layer.
      const size = layout.dims[dim]!;
      const padded = report.notes.some((note) => note.includes(`"${dim}" needs`));
      if (dead.length < size && !padded) {
        expect(left, `dead components of "${dim}" that stay`, 0);
      }
    }
    comparePredictions(predict(model, inputs), predict(small, inputs));
    // Again: states went the same way.
    comparePredictions(predict(model, inputs), predict(small, inputs));
    compareConfigs(model, small);
    compareLayers(model as unknown as Layer, small as unknown as Layer);
    compareCompiled(model, small);
    const again = pruneLayersModel(small);
    made.push(again.model);
    for (const [dim, { before, after }] of Object.entries(again.report.sizes)) {
      expect(after, `size of "${dim}" after a second pruning`, before);
    }
    await compareFresh(model, small, made);
    dispose(inputs);
    const count = (lists: Readonly<Record<string, readonly number[]>>): number =>
      Object.values(lists).reduce((sum, list) => sum + list.length, 0);
    const before = Object.keys(kept).reduce((sum, dim) => sum + layout.dims[dim]!, 0);
    return { killed: count(killed), removed: before - count(kept), kinds: kindsOf(model) };
  } catch (error) {
    if (error instanceof NotRunnable) throw error;
    // Most such models are run in an order that spares the layers without a mask; this one was not.
    if (hasStrayMask(everyLayer(model as unknown as Layer))) {
      throw new NotRunnable(`a stray mask: ${(error as Error).message}`);
    }
    throw new Error(`random model ${seed}: ${(error as Error).message}`, { cause: error });
  } finally {
    disposeAll(made);
  }
}

/** Does what TensorFlow.js may not be able to do. */
function runnable<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw new NotRunnable((error as Error).message);
  }
}

function expect<T>(found: T, what: string, wanted: T): void {
  if (Object.is(found, wanted)) return;
  throw new Error(`expected ${what} to be ${String(wanted)}, found ${String(found)}`);
}

function everyLayer(layer: Layer, seen = new Set<Layer>()): Set<Layer> {
  if (seen.has(layer)) return seen;
  seen.add(layer);
  if (isModel(layer)) for (const inner of layer.layers) everyLayer(inner, seen);
  for (const { layer: inner } of childrenOf(layer)) everyLayer(inner, seen);
  return seen;
}

/** The tensors that a model holds that was never called: its weights and the states of its stateful layers. */
function tensorsOf(model: LayersModel): number {
  const layers = [...everyLayer(model as unknown as Layer)];
  const states = layers.flatMap((layer) => (layer as Partial<Recurrent>).states_ ?? []);
  return new Set(model.weights).size + states.length;
}

function kindsOf(model: LayersModel): Set<string> {
  return new Set([...everyLayer(model as unknown as Layer)].map((layer) => layer.getClassName()));
}

/** Gives every weight values that are never 0, past constraints, as training does; a variance is positive. */
function fill(c: Choices, model: LayersModel): void {
  for (const { val, name } of model.weights as unknown as LayerVariable[]) {
    const value = (): number => {
      const real = 0.8 * c.real() + 1e-3;
      return name.includes('variance') ? Math.abs(real) + 0.1 : real;
    };
    setValues({ val }, Float32Array.from({ length: val.size }, value));
  }
}

function setValues({ val }: Pick<LayerVariable, 'val'>, data: Float32Array): void {
  tidy(() => val.assign(tensor(data, val.shape)));
}

/** Zeroes everything that reads some components of each recurrent dimension. */
function kill(c: Choices, model: LayersModel, layout: Layout): Record<string, number[]> {
  const dead: Record<string, number[]> = {};
  for (const dim of recurrentDims(layout)) {
    dead[dim] = [];
    for (let k = 0; k < layout.dims[dim]!; k++) if (c.chance(0.4)) dead[dim].push(k);
  }
  for (const weight of model.weights as unknown as LayerVariable[]) {
    const { shape } = weight.val;
    const data = Float32Array.from(weight.val.dataSync());
    layout.weights[weight.name]!.axes.forEach(({ role, segments }, axis) => {
      if (role === 'writes') return;
      const gone = new Set(
        segments.flatMap(({ dim, start }) =>
          (dim === undefined ? [] : (dead[dim] ?? [])).map((k) => start + k),
        ),
      );
      const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
      for (let i = 0; i < data.length; i++) {
        if (gone.has(Math.floor(i / stride) % shape[axis]!)) data[i] = 0;
      }
    });
    setValues(weight, data);
  }
  return dead;
}

function randomInputs(c: Choices, model: LayersModel): Tensor[] {
  return model.inputs.map((input) => {
    const shape = [BATCH, ...(input.shape.slice(1) as number[])];
    const size = shape.reduce((product, length) => product * length, 1);
    const words = input.dtype === 'int32';
    const data = Float32Array.from({ length: size }, () => (words ? c.whole(0, 4) : c.real()));
    return tensor(data, shape, words ? 'int32' : 'float32');
  });
}

function predict(model: LayersModel, inputs: Tensor[]): Float32Array[] {
  return tidy(() =>
    [model.predict(inputs, { batchSize: BATCH })]
      .flat()
      .map((output) => Float32Array.from(output.dataSync())),
  );
}

function comparePredictions(wanted: readonly Float32Array[], found: readonly Float32Array[]): void {
  expect(found.length, 'the number of outputs', wanted.length);
  wanted.forEach((values, output) => {
    values.forEach((value, i) => {
      const difference = Math.abs(value - found[output]![i]!);
      const same = difference <= 1e-5 * Math.max(1, Math.abs(value));
      if (!same && !(Number.isNaN(value) && Number.isNaN(found[output]![i]!))) {
        throw new Error(
          `expected ${value} in output ${output} at ${i}, found ${found[output]![i]!}`,
        );
      }
    });
  });
}

const sizeKeys = new Set(
  'units outputDim filters batchInputShape noiseShape targetShape'.split(' '),
);

/** Two configurations that differ in sizes only, and in none that grew. */
function compareConfigs(model: LayersModel, small: LayersModel): void {
  const walk = (wanted: unknown, found: unknown, path: readonly string[]): void => {
    if (typeof wanted === 'object' && wanted !== null) {
      const there = typeof found === 'object' && found !== null ? found : {};
      expect(
        Object.keys(there).join(),
        `the keys of ${path.join('.')}`,
        Object.keys(wanted).join(),
      );
      for (const [key, value] of Object.entries(wanted)) {
        walk(value, (there as Record<string, unknown>)[key], [...path, key]);
      }
      return;
    }
    const sized = path.some((key) => sizeKeys.has(key));
    if (sized && typeof wanted === 'number' && typeof found === 'number' && found <= wanted) return;
    expect(found, path.join('.'), wanted);
  };
  walk(
    JSON.parse(JSON.stringify(model.getConfig())),
    JSON.parse(JSON.stringify(small.getConfig())),
    [],
  );
}

/** The same layers in the same order, with the same flags and weights of the same names. */
function compareLayers(model: Layer, small: Layer): void {
  const [layers, copies] = [[...everyLayer(model)], [...everyLayer(small)]];
  expect(copies.length, 'the number of layers', layers.length);
  layers.forEach((layer, i) => {
    const copy = copies[i]!;
    const flags = ({ name, trainable, stateful, weights }: Layer, kind: string): string =>
      JSON.stringify([name, kind, trainable, stateful, weights.map(({ trainable: t }) => t)]);
    expect(flags(copy, copy.getClassName()), 'a layer', flags(layer, layer.getClassName()));
    const weights = (one: Layer): string =>
      ownWeights(one)
        .map(({ originalName, dtype, constraint }) =>
          [originalName, dtype, constraint?.constructor.name].join(' '),
        )
        .join();
    expect(weights(copy), `the weights of "${layer.name}"`, weights(layer));
  });
  const order = (one: Layer): string => one.weights.map(({ originalName }) => originalName).join();
  expect(order(small), 'the order of weights', order(model));
}

function compareCompiled(model: LayersModel, small: LayersModel): void {
  const settings = ({ optimizer, loss, metrics }: LayersModel): string =>
    JSON.stringify([optimizer?.getClassName(), optimizer?.getConfig(), loss, metrics]);
  expect(settings(small), 'what the model was compiled with', settings(model));
}

/** The architecture alone makes a model with the smaller sizes and random weights. */
async function compareFresh(
  model: LayersModel,
  small: LayersModel,
  made: LayersModel[],
): Promise<void> {
  const rebuild = async (from: LayersModel): Promise<LayersModel | undefined> => {
    try {
      const fresh = await models.modelFromJSON(from.toJSON(null, false) as never);
      made.push(fresh);
      return fresh;
    } catch {
      return undefined;
    }
  };
  // TensorFlow.js cannot write every model that it can build; where it can write the old one, it can the new one.
  const before = await rebuild(model);
  if (before === undefined || before.weights.length !== model.weights.length) return;
  const fresh = await rebuild(small);
  const shapes = (one: LayersModel | undefined): string =>
    (one?.weights ?? [])
      .map(({ shape, originalName }) => `${originalName} [${shape.join()}]`)
      .sort()
      .join();
  expect(shapes(fresh), 'the weights of a model made from the JSON', shapes(small));
  const isZero = (one: LayersModel): boolean =>
    one.weights.every((weight) =>
      weight
        .read()
        .dataSync()
        .every((value) => value === 0),
    );
  // A model may have no weight that begins with anything else.
  if (isZero(fresh!) && !isZero(before)) {
    throw new Error('expected random weights in a model made from the JSON, found zeros');
  }
}

function disposeAll(made: readonly LayersModel[]): void {
  for (const model of made) {
    model.optimizer?.dispose();
    for (const layer of everyLayer(model as unknown as Layer)) {
      disposeLayer(layer);
      // A cell keeps the dropout masks of its last call.
      const { dropoutMask, recurrentDropoutMask } = layer as unknown as Record<string, Tensor[]>;
      dispose([dropoutMask ?? [], recurrentDropoutMask ?? []].flat());
    }
  }
  // The random layers that found no place in the model.
  disposeVariables();
}
