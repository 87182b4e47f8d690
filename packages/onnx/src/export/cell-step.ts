import type { DescribedRecurrent, NamedArray, Weights } from '@secateur/groups';
import { biasNames, blockOrder, isSum, type Cell, type Node } from '@secateur/kernels';
import type { OnnxGraph } from './graph.ts';

/** A cell with its weights, as a step is made from. */
export interface CellStep {
  readonly cell: Cell;
  readonly units: number;
  /** The input's part of all blocks, `x K + b`: constants `[input, blocks * units]` and `[blocks * units]`. */
  readonly inputPart: { readonly kernel: NamedArray; readonly bias: NamedArray } | undefined;
  /** Adds a step: from the input's part `[batch, blocks * units]` and the states `[batch, units]` to the states after it. */
  add(
    graph: OnnxGraph,
    input: string,
    states: Readonly<Record<string, string>>,
  ): Record<string, string>;
}

/** A step of any cell, operator by operator as its equations say. */
export function cellStep(layer: DescribedRecurrent, weights: Weights): CellStep {
  const { cell, name } = layer;
  const order = blockOrder(cell, layer.order);
  const biases = biasNames(cell);
  const weight = (part: string | undefined): NamedArray | undefined =>
    part === undefined ? undefined : weights[`${name}/${part}`];
  const kernel = weight('kernel');
  const recurrent = weight('recurrent');
  const units = recurrent?.shape[0] ?? kernel!.shape[1]! / order.input.length;
  const depth =
    recurrent === undefined ? 1 : recurrent.shape[1]! / (units * order.recurrent.length);
  const shiftOf = (block: string): number => shiftOfBlock(layer, block);
  // What is added to a block goes with its recurrent part, where it has one.
  const inputShifts = [...order.input].map((b) => (order.recurrent.includes(b) ? 0 : shiftOf(b)));
  const inputPart = kernel && {
    kernel,
    bias: shifted(weight(biases.input), inputShifts, units),
  };

  /** `read R + b` of some blocks at a repetition. */
  const product = (graph: OnnxGraph, read: string, blocks: string, level: number): string => {
    const places = [...blocks].map(
      (block) => level * order.recurrent.length + order.recurrent.indexOf(block),
    );
    const matrix = graph.constant(
      `${name}/recurrent/${blocks}${level}`,
      blocksOf(recurrent!, places, units),
    );
    const sum = graph.node('MatMul', [read, matrix], { name: `${name}/product` });
    const all = weight(biases.recurrent);
    const own = all && blocksOf(all, places, units);
    const bias = shifted(own, [...blocks].map(shiftOf), units);
    if (bias.data.every((value) => value === 0)) return sum;
    return graph.node('Add', [sum, graph.constant(`${name}/shift/${blocks}${level}`, bias)]);
  };

  const step = (
    graph: OnnxGraph,
    input: string | undefined,
    states: Readonly<Record<string, string>>,
    level: number,
  ): Record<string, string> => {
    const operations = operationsOf(graph, layer, weights, states);
    const sums = new Map<string, string>();
    const inputs = input === undefined ? [] : splitBlocks(graph, input, order.input, units);
    inputs.forEach((value, k) => sums.set(`input ${order.input[k]!}`, value));
    const gates = (): void => {
      for (const { name: block } of cell.blocks) {
        const parts = ['input', 'recurrent'].flatMap((part) => sums.get(`${part} ${block}`) ?? []);
        const whole = parts.length < 2 ? parts[0] : graph.node('Add', parts);
        if (whole !== undefined) sums.set(`gate ${block}`, whole);
      }
    };
    cell.start.forEach(operations.evaluate);
    for (const { products, blocks, nodes } of cell.stages) {
      for (const { read, blocks: own } of products) {
        const value = product(graph, operations.rowsOf(read), own, level);
        splitBlocks(graph, value, own, units).forEach((part, k) =>
          sums.set(`recurrent ${own[k]!}`, part),
        );
      }
      gates();
      cell.nodes.forEach(({ op, name: block }, place) => {
        const value = sums.get(`${op} ${block ?? ''}`);
        if (block !== undefined && blocks.includes(block) && value !== undefined)
          operations.set(place, value);
      });
      nodes.forEach(operations.evaluate);
    }
    return Object.fromEntries(
      cell.states.map((state) => [state, operations.rowsOf(cell.next[state]!)]),
    );
  };

  return {
    ...{ cell, units, inputPart },
    add(graph, input, before) {
      let states = { ...before };
      for (let level = 0; level < depth; level++)
        states = step(graph, level === 0 ? input : undefined, states, level);
      return states;
    },
  };
}

/** The nodes of a cell as operators: leaves when they are asked for, others in turn. */
function operationsOf(
  graph: OnnxGraph,
  layer: DescribedRecurrent,
  weights: Weights,
  states: Readonly<Record<string, string>>,
) {
  const { nodes } = layer.cell;
  const values = new Map<number, string>();
  /** Values that are the same for all sequences. */
  const constants = new Set<string>();
  const leaf = (node: Node): string => {
    if (node.op === 'state') return states[node.name!]!;
    const value = constantLeaf(node);
    constants.add(value);
    return value;
  };
  const constantLeaf = ({ op, name = '', value = 0 }: Node): string => {
    if (op === 'parameter')
      return graph.constant(`${layer.name}/${name}`, weights[`${layer.name}/${name}`]!);
    // A block without a recurrent part is what is added to it alone, at the repetitions that read no input.
    if (isSum(op)) return graph.scalar(op === 'gate' ? shiftOfBlock(layer, name) : 0);
    return graph.scalar(op === 'mask' ? 1 : op === 'constant' ? value : settingOf(layer, name));
  };
  const valueOf = (place: number): string => values.get(place) ?? leaf(nodes[place]!);
  const isOne = (place: number): boolean => nodes[place]!.op === 'mask';
  return {
    valueOf,
    /** The value of a node as `[batch, units]`, as products and states want it. */
    rowsOf(place: number): string {
      const value = valueOf(place);
      if (!constants.has(value)) return value;
      const shape = graph.node('Shape', [states[layer.cell.output]!]);
      return graph.node('Expand', [value, shape]);
    },
    set: (place: number, value: string) => void values.set(place, value),
    evaluate: (place: number): void => {
      const { op, args } = nodes[place]!;
      // Nothing is masked outside of training.
      const others = op === 'mul' ? args.filter((arg) => !isOne(arg)) : args;
      const from = args.map(valueOf);
      const value =
        op === 'mul' && others.length === 1
          ? valueOf(others[0]!)
          : graph.node(operators[op]!, from, { name: `${layer.name}/${op}` });
      if (from.every((each) => constants.has(each))) constants.add(value);
      values.set(place, value);
    },
  };
}

const operators: Readonly<Record<string, string>> = {
  ...{ add: 'Add', sub: 'Sub', mul: 'Mul' },
  ...{ sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' },
};

function settingOf({ cell, settings }: DescribedRecurrent, name: string): number {
  return settings[name] ?? cell.settings[name]!;
}

function shiftOfBlock(layer: DescribedRecurrent, block: string): number {
  const { shift = 0 } = layer.cell.blocks.find((each) => each.name === block)!;
  return typeof shift === 'number' ? shift : settingOf(layer, shift);
}

/** Blocks of columns side by side. */
function blocksOf(
  { shape, data }: NamedArray,
  places: readonly number[],
  units: number,
): NamedArray {
  const columns = shape.at(-1)!;
  const rows = data.length / columns;
  const width = places.length * units;
  const chosen = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    places.forEach((place, k) => {
      const from = row * columns + place * units;
      chosen.set(data.subarray(from, from + units), row * width + k * units);
    });
  }
  return { shape: [...shape.slice(0, -1), width], data: chosen };
}

/** A bias with a number added to each block; of zeros where there is none. */
function shifted(
  bias: NamedArray | undefined,
  shifts: readonly number[],
  units: number,
): NamedArray {
  const data = bias?.data.slice() ?? new Float32Array(shifts.length * units);
  shifts.forEach((shift, block) => {
    for (let j = block * units; j < (block + 1) * units; j++) data[j]! += shift;
  });
  return { shape: [data.length], data };
}

function splitBlocks(graph: OnnxGraph, value: string, blocks: string, units: number): string[] {
  if (blocks.length < 2) return [value];
  const widths = graph.integers(...[...blocks].map(() => units));
  return graph.nodes('Split', [value, widths], blocks.length, { attributes: { axis: 1 } });
}
