import { serialization, type io } from '@tensorflow/tfjs-core';
import { messageOf } from '../../check-weights.ts';
import { kerasToTfjs } from '../../keras/keras-to-tfjs.ts';
import { modelError } from '../../pruner-error.ts';

/**
 * Artifacts as TensorFlow.js builds them, from those that its converter makes of a Keras model; others are handed on.
 *
 * @throws `PrunerError` if TensorFlow.js would compute something else, or does not know a layer of `@secateur/cells`.
 */
export function convertKeras(artifacts: io.ModelArtifacts, place: string): io.ModelArtifacts {
  const { modelTopology, weightSpecs = [] } = artifacts;
  let converted: { modelTopology?: unknown; weightsManifest?: unknown };
  try {
    converted = kerasToTfjs({ modelTopology, weightsManifest: [{ weights: weightSpecs }] });
  } catch (cause) {
    throw modelError(
      `loadLayersModel: expected a layers model${place} that TensorFlow.js can compute, found one that it cannot: ${messageOf(cause)}`,
      { cause },
    );
  }
  const topology = converted.modelTopology as object;
  checkRegistered(topology, place);
  const [group] = converted.weightsManifest as [{ weights: io.WeightsManifestEntry[] }];
  return { ...artifacts, modelTopology: topology, weightSpecs: group.weights };
}

/** Keras's GRU becomes a layer that TensorFlow.js has not, so somebody must have told it. */
function checkRegistered(topology: object, place: string): void {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const text = JSON.stringify(topology);
  const missing = ['ResetAfterGRU', 'ResetAfterGRUCell'].find(
    (name) => !Object.hasOwn(classNameMap, name) && text.includes(`"class_name":"${name}"`),
  );
  if (missing === undefined) return;
  throw modelError(
    `loadLayersModel: expected the layer ${missing}, a GRU with reset_after${place}, to be known to TensorFlow.js, found that it is not; call registerLayers() of @secateur/cells/layers first.`,
  );
}
