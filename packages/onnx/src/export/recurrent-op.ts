import type { NamedArray } from '@secateur/groups';
import { transpose } from '@secateur/pruner';
import type { OnnxAttribute } from './attributes.ts';
import type { OnnxGraph } from './graph.ts';

/** A recurrent layer as ONNX's own operators compute it; blocks of columns stand in ONNX's order. */
export interface RecurrentOp {
  readonly op: 'LSTM' | 'GRU' | 'RNN';
  /** `[input, blocks * units]` */
  readonly kernel: NamedArray;
  /** `[units, blocks * units]` */
  readonly recurrent: NamedArray;
  /** `[blocks * units]`; zeros where left out. */
  readonly bias?: NamedArray | undefined;
  /** `[blocks * units]`; zeros where left out. */
  readonly recurrentBias?: NamedArray | undefined;
  /** `[3 * units]`, in the order `iof`. */
  readonly peepholes?: NamedArray | undefined;
  /** Settings beside `hidden_size` and `direction`. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** What a recurrent layer runs on. */
export interface RecurrentInputs {
  /** `[time, batch, input]` */
  readonly x: string;
  /** Steps of each sequence, `[batch]` int32; all where left out. */
  readonly lengths?: string | undefined;
  /** States before the first step, `[1, batch, units]`; zeros where left out. */
  readonly states?: readonly string[] | undefined;
  /** Whether each sequence is read from its end. */
  readonly reverse?: boolean | undefined;
}

/** What a recurrent layer gives. */
export interface RecurrentOutputs {
  /** `[time, batch, units]` */
  readonly y: string;
  /** States after the last step, `[1, batch, units]`. */
  readonly states: readonly string[];
}

/** Adds a recurrent layer of ONNX to a graph. Its constants are called `name/W`, `name/R`, `name/B` and `name/P`. */
export function addRecurrentOp(
  graph: OnnxGraph,
  name: string,
  layer: RecurrentOp,
  { x, lengths = '', states = [], reverse = false }: RecurrentInputs,
): RecurrentOutputs {
  const { op, recurrent, peepholes, attributes = {} } = layer;
  const [units, columns] = recurrent.shape as [number, number];
  const both = new Float32Array(2 * columns);
  both.set(layer.bias?.data ?? []);
  both.set(layer.recurrentBias?.data ?? [], columns);
  const constants = [
    graph.constant(`${name}/W`, oneDirection(transpose(layer.kernel))),
    graph.constant(`${name}/R`, oneDirection(transpose(recurrent))),
    graph.constant(`${name}/B`, oneDirection({ shape: [2 * columns], data: both })),
  ];
  const inputs = [x, ...constants, lengths, ...states];
  if (peepholes !== undefined) {
    while (inputs.length < 7) inputs.push('');
    inputs.push(graph.constant(`${name}/P`, oneDirection(peepholes)));
  }
  // What is left out at the end need not be named.
  while (inputs.at(-1) === '') inputs.pop();
  const [all, ...after] = graph.nodes(op, inputs, op === 'LSTM' ? 3 : 2, {
    name: `${name}/Y`,
    attributes: {
      hidden_size: units,
      ...(reverse ? { direction: 'reverse' } : {}),
      ...attributes,
    },
  });
  // [time, directions, batch, units], of one direction
  const y = graph.node('Squeeze', [all!, graph.integers(1)], { name: `${name}/y` });
  return { y, states: after };
}

function oneDirection({ shape, data }: NamedArray): NamedArray {
  return { shape: [1, ...shape], data };
}
