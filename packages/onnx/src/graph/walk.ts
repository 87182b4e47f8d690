import type { GraphProto, ModelProto, NodeProto, TypeProto, ValueInfoProto } from 'onnx-buf';
import { fileError } from '../error.ts';
import { shapeOf } from '../file/tensor.ts';
import { attributeOf, textOf } from './attributes.ts';
import { constantNode, constantValue } from './constants.ts';
import type { Call, Context } from './context.ts';
import { operators, reasons } from './operators.ts';
import { fix, fixedAxis, newAxis } from './span.ts';
import { fixValue, freeze, MOST_STACKED, newValue, opaque, stacked, type Value } from './value.ts';

/** The values that a graph can name: its own, then those of the graph around it. */
interface Scope {
  readonly values: Map<string, Value>;
  readonly outer: Scope | undefined;
}

/** Follows the graph of a model from its inputs to its outputs. */
export function followModel(model: ModelProto, stateInputs: ReadonlySet<string>): Context {
  const graph = model.graph!;
  const opset = model.opsetImport.find(({ domain }) => isStandard(domain))?.version;
  const context: Context = {
    opset: Number(opset ?? 1n),
    stateInputs,
    foundStates: new Set(),
    ...{
      weights: [],
      literals: [],
      ties: [],
      recurrent: [],
      strangers: [],
      shapes: [],
      values: [],
    },
    directional: directionalConstants(graph),
    known: new Map(),
  };
  const own = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const values = new Map(inputs.map((input) => [input.name, modelInput(input, context)]));
  const outputs = followGraph(graph, { values, outer: undefined }, context, own);
  graph.output.forEach(({ name }, i) => {
    const value = outputs[i]!;
    if (value.each === undefined) fixValue(value, `the output "${name}" of the model holds them`);
    freeze(value, `the output "${name}" of the model`);
    for (const axes of value.each ?? []) {
      const free = value.state === true ? axes.length - 1 : -1;
      axes.forEach((axis, k) => {
        if (k !== free) fix(axis, `the output "${name}" of the model holds them`);
      });
    }
  });
  return context;
}

/** Whether a domain is that of the standard operators. */
function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** What comes from outside keeps its width, unless it is a state that may change. */
function modelInput({ name, type }: ValueInfoProto, context: Context): Value {
  const sizes = shapeOf(type);
  if (sizes === undefined) return opaque(name, undefined, `the input "${name}" of the model`);
  const free = context.stateInputs.has(name);
  const reason = `the input "${name}" of the model holds them`;
  const origins = [{ input: name, axes: sizes.map((_, i) => i) }];
  const fixed = sizes.map((size) => fixedAxis(size, reason));
  if (!free) return newValue(name, fixed, { origins });
  const count = sizes.length > 2 ? (sizes[0] ?? 1) : 1;
  const each = Array.from({ length: count <= MOST_STACKED ? count : 1 }, () => {
    const [last] = newAxis(name, sizes.at(-1) ?? 0, 0, 'state');
    return fixed.with(-1, [{ ...last!, size: sizes.at(-1) }]);
  });
  for (const axes of each.slice(1)) {
    context.ties.push({ pair: [each[0]!.at(-1)!, axes.at(-1)!], user: `the input "${name}"` });
  }
  return stacked(name, 0, each, { origins });
}

/** Constants of the outermost graph whose two halves belong to the directions of a recurrent node. */
function directionalConstants(graph: GraphProto): Set<string> {
  const found = new Set<string>();
  const visit = ({ node: nodes }: GraphProto): void => {
    for (const node of nodes) {
      if (isStandard(node.domain) && textOf(node, 'direction', '') === 'bidirectional') {
        for (const name of node.input) found.add(name);
      }
      for (const { g } of node.attribute) if (g !== undefined) visit(g);
    }
  };
  visit(graph);
  return found;
}

function followGraph(
  graph: GraphProto,
  scope: Scope,
  context: Context,
  functions: ReadonlySet<string>,
): Value[] {
  const { values } = scope;
  const define = (name: string, value: Value): void => {
    if (name === '') return;
    if (values.has(name)) {
      throw fileError(
        `onnxLayout: expected one value of each name in the graph "${graph.name}", found two of "${name}"; is the file damaged?`,
      );
    }
    values.set(name, value);
  };
  for (const tensor of graph.initializer)
    define(tensor.name, constantValue(tensor.name, tensor, context));
  for (const { values: tensor } of graph.sparseInitializer) {
    const name = tensor?.name ?? '';
    define(name, opaque(name, undefined, `constant "${name}" is sparse`));
  }
  const types = new Map<string, TypeProto>();
  for (const { name, type } of [...graph.valueInfo, ...graph.output]) {
    if (type !== undefined) types.set(name, type);
  }
  for (const node of graph.node) {
    const call = callOf(node, scope, context, types, functions);
    const outputs = callNode(call, scope, functions);
    node.output.forEach((name, i) => {
      const output = outputs[i];
      define(name, output ?? opaque(name, shapeOf(types.get(name)), `${call.label} gives it`));
    });
  }
  const outputs = graph.output.map(({ name }) => lookUp(name, scope, `graph "${graph.name}"`));
  const outermost = scope.outer === undefined;
  for (const [kind, list] of [
    ['input', graph.input],
    ['output', graph.output],
    [undefined, graph.valueInfo],
  ] as const) {
    for (const { name, type } of list) {
      const value =
        values.get(name) ?? (kind === 'output' ? lookUp(name, scope, graph.name) : undefined);
      if (value === undefined || type === undefined) continue;
      const end = outermost && kind !== undefined ? { kind, name } : undefined;
      context.shapes.push({ value, type, ...(end && { end }) });
    }
  }
  context.values.push(...values.values());
  return outputs;
}

/** The value of a name; the graphs around are asked last. */
function lookUp(name: string, scope: Scope, user: string): Value {
  for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
    const found = each.values.get(name);
    if (found !== undefined) return found;
  }
  throw fileError(
    `onnxLayout: expected "${name}" to be given by an earlier node, an input or a constant, found none for ${user}; sort the nodes, or check whether the file is damaged.`,
  );
}

function callOf(
  node: NodeProto,
  scope: Scope,
  context: Context,
  types: ReadonlyMap<string, TypeProto>,
  functions: ReadonlySet<string>,
): Call {
  const name = node.name === '' ? (node.output.find((output) => output !== '') ?? '') : node.name;
  const label = `"${name}" (${node.opType})`;
  return {
    ...{ context, node, label, name },
    inputs: node.input.map((input) => (input === '' ? undefined : lookUp(input, scope, label))),
    declared: (output) => shapeOf(types.get(output)),
    body: (attribute, inputsOf) => {
      const graph = attributeOf(node, attribute)?.g;
      if (graph === undefined) return undefined;
      const names = graph.input.map((input) => input.name);
      const inputs = inputsOf?.(names) ?? [];
      const values = new Map(inputs.map((value, i) => [names[i]!, value]));
      return followGraph(graph, { values, outer: scope }, context, functions);
    },
  };
}

/** What a node gives, after its rule has seen it. */
function callNode(call: Call, scope: Scope, functions: ReadonlySet<string>): Value[] {
  const { node, label, context } = call;
  const standard = isStandard(node.domain) && !functions.has(`${node.domain}:${node.opType}`);
  if (standard && node.opType === 'Constant') return constantNode(call);
  const entry = standard ? operators.get(node.opType) : undefined;
  if (entry !== undefined && entry.numbers !== 'all') {
    const { numbers } = entry;
    call.inputs.forEach((input, i) => {
      if (!numbers.includes(i)) freeze(input, `${label} computes with it`);
    });
  }
  const outputs = entry?.rule(call);
  if (outputs !== undefined) return outputs;
  const known =
    reasons.get(node.opType) ??
    (entry === undefined
      ? 'may use its features in any way'
      : 'is called in a way that is not known');
  if (['LSTM', 'GRU', 'RNN'].includes(node.opType)) {
    context.strangers.push(`${label} keeps its units: it ${known}`);
  }
  for (const input of call.inputs) fixValue(input, `${label} ${known}`);
  for (const { g, graphs } of node.attribute) {
    for (const graph of g === undefined ? graphs : [g])
      fixCaptured(graph, scope, `${label} ${known}`);
  }
  return node.output.map((name) => opaque(name, call.declared(name), `${label} gives it`));
}

/** A graph inside a node that no rule fits may use whatever it names. */
function fixCaptured(graph: GraphProto, scope: Scope, reason: string): void {
  const used = [
    ...graph.node.flatMap(({ input }) => input),
    ...graph.output.map(({ name }) => name),
  ];
  for (const name of used) {
    for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
      fixValue(each.values.get(name), reason);
    }
  }
  for (const node of graph.node) {
    for (const { g } of node.attribute) if (g !== undefined) fixCaptured(g, scope, reason);
  }
}
