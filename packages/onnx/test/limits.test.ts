import { expect, test } from 'vitest';
import { decodeOnnx, OnnxError } from '../src/index.ts';

/** Field 7, the graph, of a model, and in a graph field 1, a node. */
const [GRAPH, NODE] = [0x3a, 0x0a];
/** In a node field 5, an attribute, and in an attribute field 6, a graph. */
const [ATTRIBUTE, INNER] = [0x2a, 0x32];

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const field = (tag: number, body: Uint8Array): Uint8Array =>
  Uint8Array.from([tag, ...varint(body.length), ...body]);

const refusal = (file: Uint8Array): unknown => {
  try {
    return decodeOnnx(file);
  } catch (error) {
    return error;
  }
};

test('a small file of a million empty nodes is refused before it is read', () => {
  const nodes = new Uint8Array(2_000_000);
  for (let i = 0; i < nodes.length; i += 2) nodes[i] = NODE;
  const error = refusal(Uint8Array.from([GRAPH, ...varint(nodes.length), ...nodes]));
  expect(error).toBeInstanceOf(OnnxError);
  expect(error).toHaveProperty('code', 'file');
  expect(String(error)).toContain(
    'expected at most 500000 fields in an ONNX file, found more; is the file damaged?',
  );
});

test('graphs in nodes of graphs, and so on, are refused beyond a depth', () => {
  let graph: Uint8Array = new Uint8Array();
  for (let depth = 0; depth < 200; depth++) {
    graph = field(NODE, field(ATTRIBUTE, field(INNER, graph)));
  }
  const error = refusal(field(GRAPH, graph));
  expect(error).toBeInstanceOf(OnnxError);
  expect(error).toHaveProperty('code', 'file');
  expect(String(error)).toContain('expected messages at most 100 deep inside each other');
});

test('a length beyond the end of the file is no reason to read on', () => {
  const error = refusal(Uint8Array.of(GRAPH, 0x7f, NODE, 0));
  expect(error).toBeInstanceOf(OnnxError);
  expect(error).toHaveProperty('code', 'file');
  expect(String(error)).toContain('is the file truncated?');
});
