import { registeredVariables } from '@secateur/optimizer-state';
import { dispose, io, keep, tidy, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { models, type LayersModel } from '@tensorflow/tfjs-layers';
import { checkCalls } from './check-calls.ts';
import { withoutInitializers } from './without-initializers.ts';

/**
 * Builds a model from artifacts as TensorFlow.js's `loadLayersModel` does, in its order: layers, training config, metadata,
 * weights, state of the optimizer. When one of them fails, nothing of it stays on the backend, which TensorFlow.js leaves there.
 */
export async function buildModel(artifacts: io.ModelArtifacts): Promise<LayersModel> {
  const { weightData, weightSpecs, trainingConfig, userDefinedMetadata } = artifacts;
  checkCalls(artifacts.modelTopology);
  const decoded = weightData === undefined ? undefined : decode(weightData, weightSpecs ?? []);
  const registered = new Set(Object.keys(registeredVariables()));
  let made: string[] = [];
  let model: LayersModel | undefined;
  try {
    // All of the building is done when the call returns, so that the variables that are new are those of the model.
    const build = (): Promise<LayersModel> =>
      models.modelFromJSON({ modelTopology: artifacts.modelTopology as never });
    // Without weights in the file, the initializers have to make them.
    const building =
      decoded === undefined ? build() : withoutInitializers(numbersIn(weightSpecs ?? []), build);
    made = Object.keys(registeredVariables()).filter((name) => !registered.has(name));
    model = await building;
    if (trainingConfig !== undefined) model.loadTrainingConfig(trainingConfig as never);
    if (userDefinedMetadata !== undefined) model.setUserDefinedMetadata(userDefinedMetadata);
    if (decoded !== undefined) {
      model.loadWeights(decoded.model);
      if (isCompiled(model) && decoded.optimizer.length > 0) {
        await model.optimizer.setWeights(decoded.optimizer);
      }
    }
    return model;
  } catch (error) {
    if (model !== undefined && isCompiled(model)) model.optimizer.dispose();
    const variables = registeredVariables();
    dispose(made.flatMap((name) => variables[name] ?? []));
    throw error;
  } finally {
    if (decoded !== undefined) {
      dispose(decoded.model);
      dispose(decoded.optimizer.map(({ tensor }) => tensor));
    }
  }
}

/** The types promise an optimizer; before `compile` there is none. */
const isCompiled = (model: LayersModel): boolean =>
  (model.optimizer as LayersModel['optimizer'] | undefined) !== undefined;

/** Weights of a file on the backend, apart from those of its optimizer; nothing stays there when one cannot be made. */
function decode(
  data: io.WeightData,
  specs: readonly io.WeightsManifestEntry[],
): {
  readonly model: NamedTensorMap;
  readonly optimizer: Parameters<LayersModel['optimizer']['setWeights']>[0];
} {
  const tensors = tidy(() => {
    const all = io.decodeWeights(data, [...specs]);
    for (const tensor of Object.values(all)) keep(tensor);
    return all;
  });
  const model: NamedTensorMap = {};
  const optimizer: { name: string; tensor: NamedTensorMap[string] }[] = [];
  for (const { name, group } of specs) {
    const tensor = tensors[name]!;
    if (group === 'optimizer') optimizer.push({ name, tensor });
    else model[name] = tensor;
  }
  return { model, optimizer };
}

/** How many numbers the weights of a file hold. */
function numbersIn(specs: readonly io.WeightsManifestEntry[]): number {
  return specs.reduce((sum, { shape }) => sum + shape.reduce((size, n) => size * n, 1), 0);
}
