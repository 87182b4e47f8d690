import { type Layout, type NamedArray, type Weights } from '@secateur/groups';
import { addLayer, onnxGraph, onnxModel, type OnnxGraph } from '@secateur/onnx';
import { withUnits } from '@secateur/pruner';
import { NEVER } from './attention.ts';
import { layers } from './layers.ts';

/** A model as it is written. */
export interface BidafOnnxOptions {
  readonly weights: Weights;
  readonly layout: Layout;
  /** Vectors of words that are not trained, whose ids come after those of the trained ones. */
  readonly fixed?: NamedArray | undefined;
  /** What was removed when. */
  readonly history?: readonly unknown[];
}

/** The file of a network. */
export type OnnxModel = ReturnType<typeof onnxModel>;

/** Values by their names in the graph; `lengths` are int32, `mask` is `[batch, time]`. */
interface Text {
  readonly x: string;
  readonly lengths: string;
  readonly mask: string;
}

/**
 * BiDAF as one ONNX graph, operator by operator what `bidaf` computes. For `context` and `question` each it takes
 * `words` and `spelling` `[batch, time]`, `spellings` `[count, characters]` and `lengths` `[batch]`, all int32, and gives the logits
 * `start` and `end` `[batch, time]` of the context; places beyond its end are at -1e30.
 */
export function bidafToOnnx({ fixed, history, ...given }: BidafOnnxOptions): OnnxModel {
  const { weights, layout } = withUnits(given.weights, given.layout);
  const graph = onnxGraph();
  const op = operators(graph);
  const words = joined(weights['words']!, fixed);
  const both = (name: 'context' | 'modelling1' | 'modelling2' | 'output', x: string, of: Text) => {
    const { y } = addLayer(graph, layers[name], graph.swapTime(x), {
      weights,
      lengths: of.lengths,
    });
    return graph.swapTime(y);
  };
  const context = text(graph, 'context', weights, words);
  const question = text(graph, 'question', weights, words);
  const h = both('context', context.x, context);
  const u = both('context', question.x, question);

  const p0 = attention(graph, weights['attention/kernel']!, { h, u }, { context, question });
  const g0 = both('modelling1', p0, context);
  const g1 = both('modelling2', g0, context);
  const pointer = (x: string, name: 'start' | 'end'): string => {
    const scores = addLayer(graph, layers[name], op.beside(p0, x), { weights }).y;
    return masked(graph, op.without(scores, 2), context.mask);
  };
  const start = pointer(g1, 'start');
  // The same at every step.
  const a1 = graph.node('Expand', [weightedMean(graph, g1, start), graph.node('Shape', [g1])]);
  const g2 = both('output', op.beside(p0, g1, a1, op.mul(g1, a1)), context);
  graph.output('start', start, 'float32', ['batch', 'context']);
  graph.output('end', pointer(g2, 'end'), 'float32', ['batch', 'context']);
  return onnxModel(graph, { layout, history });
}

/** Short names for what is used often. */
function operators(graph: OnnxGraph) {
  return {
    add: (a: string, b: string) => graph.node('Add', [a, b]),
    sub: (a: string, b: string) => graph.node('Sub', [a, b]),
    mul: (a: string, b: string) => graph.node('Mul', [a, b]),
    beside: (...all: string[]) => graph.node('Concat', all, { attributes: { axis: -1 } }),
    with: (x: string, axis: number) => graph.node('Unsqueeze', [x, graph.integers(axis)]),
    without: (x: string, axis: number) => graph.node('Squeeze', [x, graph.integers(axis)]),
    softmax: (x: string) => graph.node('Softmax', [x], { attributes: { axis: -1 } }),
    most: (x: string, axis: number) =>
      graph.node('ReduceMax', [x], { attributes: { axes: [axis], keepdims: 0 } }),
  };
}

/** The table of all words, those that are not trained after the others. */
function joined(trained: NamedArray, fixed: NamedArray | undefined): NamedArray {
  if (fixed === undefined) return trained;
  const data = new Float32Array(trained.data.length + fixed.data.length);
  data.set(trained.data);
  data.set(fixed.data, trained.data.length);
  return { shape: [trained.shape[0]! + fixed.shape[0]!, trained.shape[1]!], data };
}

/** The inputs of a text, what each token is read as, and where the text is. */
function text(
  graph: OnnxGraph,
  name: 'context' | 'question',
  weights: Weights,
  table: NamedArray,
): Text {
  const op = operators(graph);
  const input = (part: string, ...shape: string[]): string =>
    graph.input(`${name}/${part}`, 'int32', shape);
  const words = input('words', 'batch', name);
  const spelling = input('spelling', 'batch', name);
  const spellings = input('spellings', `${name}/spellings`, `${name}/characters`);
  const lengths = input('lengths', 'batch');

  const vectors = graph.node('Gather', [graph.constant('words', table), words]);
  const spelt = characterFeatures(graph, weights, spellings);
  let x = op.beside(vectors, graph.node('Gather', [spelt, spelling]));
  for (const layer of [layers.highway1, layers.highway2]) {
    const product = addLayer(graph, layer, x, { weights }).y;
    const width = weights[`${layer.name}/kernel`]!.shape[0]!;
    const halves = [product, graph.integers(width, width)];
    const [h, t] = graph.nodes('Split', halves, 2, { attributes: { axis: -1 } });
    const changed = op.sub(graph.node('Relu', [h!]), x);
    x = op.add(op.mul(graph.node('Sigmoid', [t!]), changed), x);
  }
  return { x, lengths, mask: maskOf(graph, words, lengths) };
}

/** The maximum over all windows of the characters of each spelling, `[spellings, filters]`. */
function characterFeatures(graph: OnnxGraph, weights: Weights, spellings: string): string {
  const op = operators(graph);
  const characters = addLayer(graph, layers.chars, spellings, { weights }).y;
  const window = weights['charCnn/kernel']!.shape[0]! / weights['chars']!.shape[1]!;
  const shifted = Array.from({ length: window }, (_, k) => {
    // To so many places before the end that every window is whole.
    const end = k === window - 1 ? Number.MAX_SAFE_INTEGER : k - window + 1;
    const [from, to, axis] = [k, end, 1].map((value) => graph.integers(value));
    return graph.node('Slice', [characters, from!, to!, axis!]);
  });
  const product = addLayer(graph, layers.charCnn, op.beside(...shifted), { weights }).y;
  return op.most(graph.node('Relu', [product]), 1);
}

/** One for each place of a text and zero beyond its length, `[batch, time]`. */
function maskOf(graph: OnnxGraph, words: string, lengths: string): string {
  const op = operators(graph);
  const time = graph.node('Shape', [words], { attributes: { start: 1, end: 2 } });
  const [from, to, by] = [graph.integers(0), time, graph.integers(1)].map((x) => op.without(x, 0));
  const positions = op.with(graph.node('Range', [from!, to!, by!]), 0);
  const end = graph.node('Cast', [op.with(lengths, 1)], { attributes: { to: 7 } });
  return graph.node('Cast', [graph.node('Less', [positions, end])], { attributes: { to: 1 } });
}

/** Logits of which those outside of the mask are so low that a softmax gives them nothing. */
function masked(graph: OnnxGraph, logits: string, mask: string): string {
  const op = operators(graph);
  const outside = op.mul(op.sub(graph.scalar(1), mask), graph.scalar(NEVER));
  return op.add(op.mul(logits, mask), outside);
}

/** The mean of `x` `[batch, time, width]` weighed by the softmax of `logits` `[batch, time]`, `[batch, 1, width]`. */
function weightedMean(graph: OnnxGraph, x: string, logits: string): string {
  const op = operators(graph);
  return graph.node('MatMul', [op.with(op.softmax(logits), 1), x]);
}

/** Attention flow both ways, as `attentionFlow` has it. */
function attention(
  graph: OnnxGraph,
  kernel: NamedArray,
  { h, u }: { readonly h: string; readonly u: string },
  texts: { readonly context: Text; readonly question: Text },
): string {
  const op = operators(graph);
  const width = kernel.shape[0]! / 3;
  const part = (k: number, shape: readonly number[]): string =>
    graph.constant(`attention/kernel/${k}`, {
      shape,
      data: kernel.data.slice(k * width, (k + 1) * width),
    });
  const turned = (x: string) => graph.node('Transpose', [x], { attributes: { perm: [0, 2, 1] } });
  const ofContext = graph.node('MatMul', [h, part(0, [width, 1])]);
  const ofQuestion = turned(graph.node('MatMul', [u, part(1, [width, 1])]));
  const ofBoth = graph.node('MatMul', [op.mul(h, part(2, [1, 1, width])), turned(u)]);
  const similarity = op.add(op.add(ofBoth, ofContext), ofQuestion);
  const heard = masked(graph, similarity, op.with(texts.question.mask, 1));
  const ua = graph.node('MatMul', [op.softmax(heard), u]);
  const asked = masked(graph, op.most(heard, 2), texts.context.mask);
  const ha = weightedMean(graph, h, asked);
  return op.beside(h, ua, op.mul(h, ua), op.mul(h, ha));
}
