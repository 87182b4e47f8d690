import { isRecord } from '@secateur/input';
import type {
  LayerLike,
  LayersModelLike,
  LayerVariableLike,
  NodeLike,
  SymbolicTensorLike,
} from '@secateur/groups';
import { FileError } from '../opened.ts';
import { outputShape, type Config, type Shape } from './shapes.ts';

/** A layer as `model.json` has it. */
export interface LayerJson {
  readonly class_name: string;
  readonly config: Record<string, unknown>;
  readonly name?: string;
  readonly inbound_nodes?: readonly unknown[];
}

type Node = { inputTensors: SymbolicTensorLike[]; outputTensors: SymbolicTensorLike[] } & NodeLike;

type Layer = LayerLike & { readonly inboundNodes: Node[]; readonly json: LayerJson };

/** A model's graph, made of its `model.json` alone, in the form that `layersModelLayout` follows. */
export function graphOf(
  { class_name: kind, config }: LayerJson,
  variables: readonly LayerVariableLike[],
): LayersModelLike & { readonly layers: readonly Layer[] } {
  const listed = (Array.isArray(config) ? config : config['layers']) as
    readonly LayerJson[] | undefined;
  if (!Array.isArray(listed))
    throw new FileError('model.json: expected a model with layers, found none.');
  const layers = listed.map((json) => layerOf(json as LayerJson, variables));
  let ids = 0;
  const call = (
    layer: Layer,
    inputTensors: SymbolicTensorLike[],
    shape: Shape,
  ): SymbolicTensorLike => {
    const nodeIndex = layer.inboundNodes.length;
    const output = { id: ids++, shape, sourceLayer: layer, nodeIndex, tensorIndex: 0 };
    layer.inboundNodes.push({ inputTensors, outputTensors: [output] });
    return output;
  };
  const inputs: SymbolicTensorLike[] = [];
  const enter = (layer: Layer, shape: unknown): SymbolicTensorLike => {
    if (!Array.isArray(shape)) {
      throw new FileError(
        `model.json: expected the shape of what "${layer.name}" reads, found none.`,
      );
    }
    const tensor = call(layer, [], shape as Shape);
    inputs.push(tensor);
    return tensor;
  };
  const apply = (layer: Layer, tensors: SymbolicTensorLike[]): SymbolicTensorLike =>
    call(
      layer,
      tensors,
      outputShape(
        layer.getClassName(),
        layer.getConfig() as Config,
        tensors.map(({ shape }) => shape),
      ),
    );

  const outputs: SymbolicTensorLike[] = [];
  if (kind === 'Sequential') {
    let last: SymbolicTensorLike | undefined;
    for (const layer of layers) {
      const shape = (layer.getConfig() as Config)['batchInputShape'];
      if (layer.getClassName() === 'InputLayer') last = enter(layer, shape);
      else {
        last ??= enter(inputLayer(`${layer.name}_input`), shape);
        last = apply(layer, [last]);
      }
    }
    outputs.push(last!);
  } else {
    outputs.push(...functional(config, layers, enter, apply));
  }
  return { inputs, outputs, layers, weights: variables, trainableWeights: trainable(layers) };
}

/** Calls the layers of a graph once their inputs are there, and gives its outputs. */
function functional(
  config: Record<string, unknown>,
  layers: readonly Layer[],
  enter: (layer: Layer, shape: unknown) => SymbolicTensorLike,
  apply: (layer: Layer, tensors: SymbolicTensorLike[]) => SymbolicTensorLike,
): SymbolicTensorLike[] {
  const known = new Map<string, SymbolicTensorLike>();
  const waiting = layers.flatMap((layer) =>
    (layer.json.inbound_nodes ?? []).map((node, i) => ({
      layer,
      place: `${layer.name}/${i}`,
      reads: readsOf(node),
    })),
  );
  for (const layer of layers) {
    if (layer.getClassName() === 'InputLayer') {
      known.set(`${layer.name}/0`, enter(layer, (layer.getConfig() as Config)['batchInputShape']));
    }
  }
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ reads }) => reads.every((each) => known.has(each)));
    if (next < 0)
      throw new FileError(
        'model.json: expected layers that read each other, found one that reads nothing known.',
      );
    const [{ layer, place, reads }] = waiting.splice(next, 1) as [(typeof waiting)[number]];
    known.set(
      place,
      apply(
        layer,
        reads.map((each) => known.get(each)!),
      ),
    );
  }
  return (config['output_layers'] as [string, number, number][]).map(([name, node]) =>
    known.get(`${name}/${node}`)!,
  );
}

/** What a call reads, as places `layer/call`: `[["name", 0, 0, {}], ...]` in the file. */
function readsOf(node: unknown): string[] {
  if (!Array.isArray(node))
    throw new FileError('model.json: expected calls as lists, found others.');
  return (node as [string, number, number][]).map(([name, call]) => `${name}/${call}`);
}

function inputLayer(name: string): Layer {
  return layerOf({ class_name: 'InputLayer', config: { name } }, []);
}

/** A layer with its own weights; those of wrapped ones and of cells are theirs too. */
function layerOf(json: LayerJson, variables: readonly LayerVariableLike[]): Layer {
  const name = String(json.config['name'] ?? json.name);
  const own = variables.filter(({ originalName }) => originalName.startsWith(`${name}/`));
  return { ...objectOf(json, name, own), json };
}

const cells = ['LSTM', 'GRU', 'ResetAfterGRU', 'SimpleRNN'];

function objectOf(
  { class_name: kind, config }: LayerJson,
  name: string,
  weights: readonly LayerVariableLike[],
): LayerLike & { readonly inboundNodes: Node[] } {
  const settings = inJavaScript(config) as Config;
  const layer = {
    ...{ name, weights, inboundNodes: [] as Node[] },
    getClassName: () => kind,
    getConfig: () => settings,
  };
  if (cells.includes(kind)) {
    return Object.assign(layer, { cell: { ...layer, getClassName: () => `${kind}Cell` } });
  }
  const inner = config['layer'] as LayerJson | undefined;
  if (kind === 'Bidirectional' && inner !== undefined) {
    const direction = (which: string): LayerLike => {
      const own = weights.filter(({ originalName }) =>
        originalName.split('/').at(-2)!.startsWith(which),
      );
      return objectOf(inner, `${which}_${String(inner.config['name'])}`, own);
    };
    return Object.assign(layer, {
      mergeMode: 'mergeMode' in settings ? settings['mergeMode'] : 'concat',
      forwardLayer: direction('forward'),
      backwardLayer: direction('backward'),
    });
  }
  if (kind === 'TimeDistributed' && inner !== undefined) {
    return Object.assign(layer, { layer: objectOf(inner, String(inner.config['name']), weights) });
  }
  return layer;
}

function trainable(layers: readonly Layer[]): LayerVariableLike[] {
  return layers
    .filter((layer) => (layer.getConfig() as Config)['trainable'] !== false)
    .flatMap(({ weights }) => weights);
}

/** Settings with the names that TensorFlow.js gives them in JavaScript. */
function inJavaScript(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inJavaScript);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      inJavaScript(each),
    ]),
  );
}
