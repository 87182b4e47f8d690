import type { DescribedRecurrent, Weights } from '@secateur/groups';
import { cellStep, type CellStep } from './cell-step.ts';
import type { OnnxGraph } from './graph.ts';
import type { RecurrentInputs, RecurrentOutputs } from './recurrent-op.ts';

/**
 * Adds a cell that ONNX has no operator for, from its equations: a Scan over time, or with `once` a single step, for runtimes
 * without loops. The products with the input are made for all steps together.
 */
export function addCellLoop(
  graph: OnnxGraph,
  layer: DescribedRecurrent,
  weights: Weights,
  { x, states: given, reverse = false }: RecurrentInputs,
  once: boolean,
): RecurrentOutputs {
  const { name, cell } = layer;
  const step = cellStep(layer, weights);
  const input = inputPart(graph, name, step, x);
  const first = graph.integers(0);
  const before = cell.states.map((state, k) =>
    given === undefined
      ? zeros(graph, x, step.units)
      : graph.node('Squeeze', [given[k]!, first], { name: `${name}/${state}` }),
  );
  const byName = (values: readonly string[]): Record<string, string> =>
    Object.fromEntries(cell.states.map((state, k) => [state, values[k]!]));
  const whole = (state: string): string =>
    graph.node('Unsqueeze', [state, first], { name: `${name}/state` });
  if (once) {
    const now = graph.node('Squeeze', [input, first], { name: `${name}/now` });
    const after = step.add(graph, now, byName(before));
    const states = cell.states.map((state) => whole(after[state]!));
    return { y: whole(after[cell.output]!), states };
  }

  const body = graph.body();
  const inner = cell.states.map((state) =>
    body.input(`${name}/before/${state}`, 'float32', ['batch', step.units]),
  );
  const now = body.input(`${name}/now`, 'float32', ['batch', 'blocks']);
  const after = step.add(body, now, byName(inner));
  for (const state of cell.states)
    body.output(`${name}/after/${state}`, after[state]!, 'float32', ['batch', step.units]);
  body.output(`${name}/out`, after[cell.output]!, 'float32', ['batch', step.units]);
  const direction = [reverse ? 1 : 0];
  const found = graph.nodes('Scan', [...before, input], before.length + 1, {
    name: `${name}/scan`,
    attributes: {
      body: { graph: body.proto(`${name}/step`) },
      num_scan_inputs: 1,
      scan_input_directions: direction,
      scan_output_directions: direction,
    },
  });
  return { y: found.at(-1)!, states: found.slice(0, -1).map(whole) };
}

/** `x K + b` for all steps, `[time, batch, blocks * units]`. */
function inputPart(
  graph: OnnxGraph,
  name: string,
  { inputPart: part }: CellStep,
  x: string,
): string {
  if (part === undefined) return x;
  const product = graph.node('MatMul', [x, graph.constant(`${name}/kernel`, part.kernel)], {
    name: `${name}/input`,
  });
  if (part.bias.data.every((value) => value === 0)) return product;
  return graph.node('Add', [product, graph.constant(`${name}/bias`, part.bias)]);
}

/** Zeros `[batch, units]` for `x` `[time, batch, features]`. */
function zeros(graph: OnnxGraph, x: string, units: number): string {
  const batch = graph.node('Shape', [x], { attributes: { start: 1, end: 2 } });
  const shape = graph.node('Concat', [batch, graph.integers(units)], { attributes: { axis: 0 } });
  return graph.node('Expand', [graph.scalar(0), shape]);
}
