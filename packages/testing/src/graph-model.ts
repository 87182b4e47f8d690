import { GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { io } from '@tensorflow/tfjs-core';

/** What a converter writes of a graph with one weight, which its input is multiplied by. */
export const graphModelArtifacts = {
  format: 'graph-model',
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '2' }] } } },
      },
      {
        name: 'lstm/kernel',
        op: 'Const',
        attr: {
          dtype: { type: 'DT_FLOAT' },
          value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '2' }] } } },
        },
      },
      {
        name: 'y',
        op: 'Mul',
        input: ['x', 'lstm/kernel'],
        attr: { T: { type: 'DT_FLOAT' } },
      },
    ],
    versions: {},
  },
  weightSpecs: [{ name: 'lstm/kernel', shape: [2], dtype: 'float32' as const }],
  weightData: Float32Array.of(3, 4).buffer,
};

/** A `tf.GraphModel` of {@link graphModelArtifacts}, as TensorFlow.js loads it. */
export async function smallGraphModel(): Promise<GraphModel> {
  const model = await loadGraphModel(io.fromMemory(graphModelArtifacts));
  return model as GraphModel;
}

/** A `tf.GraphModel` before it is loaded, most of whose properties fail. */
export function unloadedGraphModel(): GraphModel {
  return new GraphModel('model.json');
}
