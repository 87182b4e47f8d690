import { CommandError } from '../command-error.ts';
import { describeChain, type Chain } from '../network/chain.ts';
import { loadFolderTools } from './folder-tools.ts';
import { readBack } from './read-back.ts';
import { factsOf } from './write-format.ts';

/** Writes a chain as a model directory of ours. */
export async function writeDirectory(out: string, chain: Chain): Promise<void> {
  const { writeModelDirectory } = await import('@secateur/pruner/node');
  const { weights, layout, network } = describeChain(chain);
  const layers = network.layers.map(({ kind, name }) => ({ kind, name }));
  const facts = factsOf(chain);
  readBack(chain, weights, facts);
  await writeModelDirectory(out, {
    ...{ weights, layout, modelType: 'sequence' },
    architecture: { layers, ...facts },
  });
}

/** Writes a chain as a stock `tf.LayersModel`, by TensorFlow.js of the user's folder. */
export async function writeLayersModel(out: string, chain: Chain, folder: string): Promise<void> {
  if (chain.layers.some((layer) => layer.kind === 'recurrent' && layer.directions.length > 1)) {
    throw new CommandError(
      'expected layers of one direction for a tf.LayersModel, found a bidirectional one; choose another format.',
    );
  }
  const tools = await loadFolderTools(folder);
  const { network, weights, layout } = describeChain(chain);
  const model = tools.tfjs.toLayersModel(network, { weights, layout });
  await tools.node.saveLayersModel(model, out);
}
