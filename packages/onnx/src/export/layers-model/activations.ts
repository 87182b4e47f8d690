import type { LayerLike } from '@secateur/groups';
import type { OnnxAttribute } from '../attributes.ts';
import type { OnnxGraph } from '../graph.ts';
import { unfit } from './facts.ts';

const lastAxis = { attributes: { axis: -1 } };

/** The activations of TensorFlow.js by name; those of one operator by the operator's. */
const activations: Readonly<Record<string, string | ((graph: OnnxGraph, x: string) => string)>> = {
  ...{ relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', hardSigmoid: 'HardSigmoid', elu: 'Elu' },
  ...{ selu: 'Selu', softplus: 'Softplus', softsign: 'Softsign' },
  linear: (_, x) => x,
  relu6: (graph, x) => clipped(graph, x, 6),
  softmax: (graph, x) => graph.node('Softmax', [x], lastAxis),
  logSoftmax: (graph, x) => graph.node('LogSoftmax', [x], lastAxis),
  swish: (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
  mish: (graph, x) => graph.node('Mul', [x, graph.node('Tanh', [graph.node('Softplus', [x])])]),
};

/** `x` between 0 and a number. */
export function clipped(graph: OnnxGraph, x: string, most: number): string {
  return graph.node('Clip', [x, graph.scalar(0), graph.scalar(most)]);
}

/** Adds an activation that a layer has as a setting. */
export function addActivation(
  graph: OnnxGraph,
  layer: LayerLike,
  name: unknown,
  x: string,
): string {
  const known = Object.hasOwn(activations, String(name)) ? activations[String(name)] : undefined;
  if (known === undefined) {
    throw unfit(
      layer,
      `one of the activations ${Object.keys(activations).join(', ')}, found ${String(name)}`,
    );
  }
  return typeof known === 'string' ? graph.node(known, [x]) : known(graph, x);
}

/** Those that ONNX's recurrent operators know; numbers are written out, as not everything that reads files has the defaults. */
const gates: Readonly<Record<string, { readonly name: string; alpha?: number; beta?: number }>> = {
  ...{ relu: { name: 'Relu' }, sigmoid: { name: 'Sigmoid' }, tanh: { name: 'Tanh' } },
  hardSigmoid: { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  ...{ softplus: { name: 'Softplus' }, softsign: { name: 'Softsign' } },
  elu: { name: 'Elu', alpha: 1 },
  linear: { name: 'Affine', alpha: 1, beta: 0 },
};

/** The activations of a recurrent operator as its attributes. */
export function gateActivations(
  layer: LayerLike,
  names: readonly unknown[],
): Record<string, OnnxAttribute> {
  const found = names.map((name) => {
    const known = Object.hasOwn(gates, String(name)) ? gates[String(name)] : undefined;
    if (known !== undefined) return known;
    throw unfit(
      layer,
      `one of the activations ${Object.keys(gates).join(', ')} in its cell, found ${String(name)}`,
    );
  });
  const numbers = (key: 'alpha' | 'beta'): number[] =>
    found.flatMap((each) => (each[key] === undefined ? [] : [each[key]]));
  const [alphas, betas] = [numbers('alpha'), numbers('beta')];
  return {
    activations: found.map(({ name }) => name),
    ...(alphas.length > 0 && { activation_alpha: { floats: alphas } }),
    ...(betas.length > 0 && { activation_beta: { floats: betas } }),
  };
}
