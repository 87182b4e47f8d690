import { TensorProto_DataType as Type } from 'onnx-buf';
import * as runtime from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkShapes, formatLayout, formatWeight, recurrentDims } from '@secateur/groups';
import {
  decodeOnnx,
  encodeOnnx,
  OnnxError,
  onnxLayout,
  onnxWeights,
  pruneOnnx,
  verifyOnnx,
  type PruneOnnxOptions,
} from '../src/index.ts';
import { readFloats } from '../src/file/floats.ts';
import { plant } from './corpus.ts';
import {
  constant,
  end,
  file,
  graph,
  integers,
  node,
  retype,
  weights,
  type GraphParts,
} from './hand.ts';

const lstm = { hidden_size: 6 };
const x = { x: ['time', 2, 4] } as const;
const y = { y: undefined } as const;

/** An LSTM of 6 units on 4 features, named `h`, whose output `s` is `[time, batch, 6]`. */
const layer = [
  node('LSTM', ['x', 'l.w', 'l.r', 'l.b'], ['h'], lstm),
  node('Squeeze', ['h', 'one'], ['s']),
];
const layerWeights = [...weights('l', [4, 6, 4]), integers('one', [1])];

/** A layer and what comes after it. */
function after(nodes: GraphParts['nodes'], constants: GraphParts['constants'] = []): GraphParts {
  return {
    ...{ inputs: x, outputs: y, nodes: [...layer, ...nodes] },
    constants: [...layerWeights, ...constants],
  };
}

/** Plants dead units, prunes them, and checks that nothing else changed. */
async function prunesExactly(bytes: Uint8Array, options: PruneOnnxOptions = {}): Promise<number[]> {
  const { states = 'symbolic' } = options;
  const planted = plant(bytes, states);
  const { bytes: pruned, exact, kept } = pruneOnnx(planted.bytes, options);
  expect(exact).toBe(true);
  for (const [dim, dead] of Object.entries(planted.dead)) {
    for (const index of dead) expect(kept[dim]).not.toContain(index);
  }
  const { maxAbsDifference } = await verifyOnnx(planted.bytes, pruned, { runtime });
  expect(maxAbsDifference).toBeLessThanOrEqual(1e-6);
  return Object.values(kept).map(({ length }) => length);
}

describe('onnxLayout', () => {
  it('writes the layout of a layer and a product by hand', () => {
    const bytes = file(after([node('MatMul', ['s', 'out'], ['y'])], [constant('out', [6, 3])]));
    expect(formatLayout(onnxLayout(decodeOnnx(bytes)))).toBe(
      [
        'dims  h = 6',
        '',
        'l.w  1, 4*h <- 4',
        'l.r  1, 4*h <- h',
        'l.b  -> 1, 8*h [unpenalized]',
        'out  h -> 3',
        '',
      ].join('\n'),
    );
  });

  it('names what fixes the units', () => {
    const note = (nodes: GraphParts['nodes'], constants?: GraphParts['constants']): string =>
      onnxLayout(decodeOnnx(file(after(nodes, constants))), { explain: true }).notes.join('\n');
    expect(note([node('Softmax', ['s'], ['y'])])).toBe(
      '"h" (LSTM) keeps its units: "y" (Softmax) mixes the features',
    );
    expect(note([node('Riddle', ['s'], ['y'])])).toBe(
      '"h" (LSTM) keeps its units: "y" (Riddle) may use its features in any way',
    );
    expect(note([node('Identity', ['s'], ['y'])])).toBe(
      '"h" (LSTM) keeps its units: the output "y" of the model holds them',
    );
    expect(note([node('ReduceSum', ['s', 'axis'], ['y'])], [integers('axis', [2])])).toContain(
      'takes all of it together',
    );
    // Two computed tensors: no weight can be zero there.
    expect(
      note([
        node('Transpose', ['s'], ['t'], { perm: [0, 2, 1] }),
        node('MatMul', ['s', 't'], ['y']),
      ]),
    ).toContain('"y" (MatMul) multiplies what is computed');
  });

  it('takes layers that share weights as one', () => {
    const bytes = file({
      ...{ inputs: { x: ['time', 2, 6] }, outputs: y },
      constants: [...weights('l', [6, 6, 4]), integers('one', [1]), constant('out', [6, 3])],
      nodes: [
        ...layer,
        node('LSTM', ['s', 'l.w', 'l.r', 'l.b'], ['h2'], lstm),
        node('Squeeze', ['h2', 'one'], ['s2']),
        node('MatMul', ['s2', 'out'], ['y']),
      ],
    });
    // Its input is the model's, so the shared weight keeps its columns, and with them the units of both.
    expect(recurrentDims(onnxLayout(decodeOnnx(bytes)))).toEqual([]);
  });
});

describe('pruneOnnx', () => {
  it('follows Slice, Concat and Reshape over the features', async () => {
    const bytes = file(
      after(
        [
          node('Slice', ['s', 'zero', 'four', 'two'], ['front']),
          node('Slice', ['s', 'four', 'six', 'two'], ['back']),
          node('MatMul', ['front', 'w1'], ['y1']),
          node('Relu', ['back'], ['back2']),
          node('Concat', ['back2', 'front'], ['turned'], { axis: 2 }),
          node('Reshape', ['turned', 'rows'], ['flat']),
          node('MatMul', ['flat', 'w2'], ['y2']),
          node('Flatten', ['y1'], ['y1f'], { axis: 2 }),
          node('Add', ['y1f', 'y2'], ['y']),
        ],
        [
          ...[
            integers('zero', [0]),
            integers('four', [4]),
            integers('six', [6]),
            integers('two', [2]),
          ],
          ...[integers('rows', [-1, 6]), constant('w1', [4, 3]), constant('w2', [6, 3])],
        ],
      ),
    );
    const layout = onnxLayout(decodeOnnx(bytes));
    expect(Object.values(layout.dims)).toEqual([4, 2]);
    expect(formatWeight(layout.weights['w2']!)).toBe('h_2 + h -> 3');
    // Of two units in the second part one stays, though both are dead.
    await expect(prunesExactly(bytes)).resolves.toEqual([2, 1]);
  });

  it('follows Split with sizes in the node, and in an input', async () => {
    const parts = (opset: number): GraphParts => {
      const old = opset < 13;
      const sizes = old ? {} : { sizes: integers('sizes', [2, 4]) };
      const squeezed = old ? node('Squeeze', ['h'], ['s'], { axes: [1] }) : layer[1]!;
      return {
        ...{ inputs: x, outputs: y },
        constants: [
          ...layerWeights,
          ...Object.values(sizes),
          constant('a', [2, 3]),
          constant('b', [4, 3]),
        ],
        nodes: [
          ...[layer[0]!, squeezed],
          node('Split', ['s', ...Object.keys(sizes)], ['p', 'q'], {
            axis: 2,
            ...(old && { split: [2, 4] }),
          }),
          node('MatMul', ['p', 'a'], ['m']),
          node('MatMul', ['q', 'b'], ['n']),
          node('Add', ['m', 'n'], ['y']),
        ],
      };
    };
    for (const opset of [11, 17]) {
      await expect(prunesExactly(file(parts(opset), opset))).resolves.toEqual([1, 2]);
    }
  });

  it('keeps pieces of one size where Split cuts evenly', () => {
    const bytes = file(
      after(
        [
          node('Split', ['s'], ['p', 'q'], { axis: 2 }),
          node('MatMul', ['p', 'a'], ['m']),
          node('MatMul', ['q', 'b'], ['n']),
          node('Add', ['m', 'n'], ['y']),
        ],
        [constant('a', [3, 3]), constant('b', [3, 3])],
      ),
    );
    const { equal } = onnxLayout(decodeOnnx(bytes), { explain: true });
    expect(equal).toEqual([['h', 'h_2']]);
  });

  it('keeps one unit of a layer that nothing reads', async () => {
    const bytes = file(after([node('MatMul', ['s', 'out'], ['y'])], [constant('out', [6, 3])]));
    const model = decodeOnnx(bytes);
    // What reads itself only would live on.
    for (const tensor of model.graph!.initializer) {
      if (['out', 'l.r'].includes(tensor.name))
        tensor.rawData = new Uint8Array(tensor.rawData.length);
    }
    const dead = encodeOnnx(model);
    const pruned = pruneOnnx(dead);
    expect(pruned.layout.dims).toEqual({ h: 1 });
    const { maxAbsDifference } = await verifyOnnx(dead, pruned.bytes, { runtime });
    expect(maxAbsDifference).toBe(0);
  });

  it('leaves all else as it was, byte for byte', () => {
    const model = decodeOnnx(
      file(
        after(
          [node('MatMul', ['s', 'out'], ['m']), node('Relu', ['m'], ['y'])],
          [constant('out', [6, 3]), constant('spare', [6, 6])],
        ),
      ),
    );
    // A field that no version of the schema knows.
    const bytes = Uint8Array.from([...encodeOnnx(model), 0xfa, 0x3e, 2, 7, 8]);
    const after_ = decodeOnnx(pruneOnnx(bytes, { units: { h: 3 } }).bytes);
    const before = decodeOnnx(bytes);
    const names = ['l.w', 'l.r', 'l.b', 'out'];
    before.graph!.initializer.forEach((tensor, i) => {
      if (!names.includes(tensor.name)) expect(after_.graph!.initializer[i]).toEqual(tensor);
    });
    expect(after_.graph!.node.slice(1)).toEqual(before.graph!.node.slice(1));
    expect({ ...after_, graph: undefined }).toEqual({ ...before, graph: undefined });
    expect(after_.$unknown?.length).toBe(1);
  });

  it('shrinks constants that are inputs as well, with their declared shapes', async () => {
    const model = decodeOnnx(
      file(after([node('MatMul', ['s', 'out'], ['y'])], [constant('out', [6, 3])])),
    );
    model.irVersion = 3n;
    model.graph!.input.push(end('l.r', [1, 24, 6]));
    await prunesExactly(encodeOnnx(model));
    const { bytes } = pruneOnnx(model, { units: { h: 2 } });
    const shape = decodeOnnx(bytes).graph!.input[1]!.type!.value;
    expect(
      shape.case === 'tensorType' && shape.value.shape!.dim.map(({ value }) => value.value),
    ).toEqual([1n, 8n, 2n]);
  });

  it('takes a Buffer of Node, and leaves it as it was', () => {
    const bytes = file(
      after(
        [node('Reshape', ['s', 'rows'], ['flat']), node('MatMul', ['flat', 'out'], ['y'])],
        [integers('rows', [-1, 6]), constant('out', [6, 3])],
      ),
    );
    // One that does not begin where its memory does.
    const buffer = Buffer.from([7, ...bytes]).subarray(1);
    const pruned = pruneOnnx(buffer, { units: { h: 3 } });
    expect(pruned.bytes).toEqual(pruneOnnx(bytes, { units: { h: 3 } }).bytes);
    expect(Uint8Array.from(buffer)).toEqual(bytes);
  });

  it('comes down to a target, in steps', async () => {
    const bytes = file(after([node('MatMul', ['s', 'out'], ['y'])], [constant('out', [6, 3])]));
    const pruned = pruneOnnx(bytes, { macs: 0.5, roundTo: 2 });
    expect(pruned.layout.dims).toEqual({ h: 2 });
    expect(pruned.exact).toBe(false);
    expect(pruned.cost).toMatchObject({ unit: 'multiply-adds', before: 24 * 4 + 24 * 6 + 18 });
    const { maxAbsDifference } = await verifyOnnx(bytes, pruned.bytes, { runtime });
    expect(maxAbsDifference).toBeGreaterThan(0);
  });

  it('refuses what it cannot do', () => {
    const bytes = file(after([node('MatMul', ['s', 'out'], ['y'])], [constant('out', [6, 3])]));
    expect(() => pruneOnnx(bytes, { atLeast: 0 })).toThrow(
      expect.objectContaining({ code: 'argument' }),
    );
    expect(() => pruneOnnx(bytes, { atLeast: 0 })).toThrow('runtimes refuse layers without units');
    expect(() => pruneOnnx(bytes, { kept: { h: [3, 1] } })).toThrow('ascending indices');
    expect(() => pruneOnnx(bytes, { kept: { g: [0] } })).toThrow('(h)');
    expect(() => pruneOnnx(file(after([node('Softmax', ['s'], ['y'])])))).toThrow(
      'mixes the features',
    );
    const lost = file(
      after([node('MatMul', ['nowhere', 'out'], ['y'])], [constant('out', [6, 3])]),
    );
    expect(() => pruneOnnx(lost)).toThrow('expected "nowhere" to be given by an earlier node');
    expect(() => pruneOnnx(lost)).toThrow(OnnxError);
    const short = decodeOnnx(bytes);
    short.graph!.initializer[0]!.rawData = new Uint8Array(8);
    expect(() => pruneOnnx(short)).toThrow(
      'constant "l.w": expected 96 values for the shape [1, 24, 4], found 2.',
    );
  });
});

describe('states from outside', () => {
  const stream = (size: number | string): Uint8Array =>
    file({
      inputs: { x: ['time', 2, 4], h0: [1, 2, size], c0: [1, 2, size] },
      outputs: { y: undefined, hn: [1, 2, size], cn: [1, 2, size] },
      constants: [...layerWeights, constant('out', [6, 3])],
      nodes: [
        node('LSTM', ['x', 'l.w', 'l.r', 'l.b', '', 'h0', 'c0'], ['h', 'hn', 'cn'], lstm),
        layer[1]!,
        node('MatMul', ['s', 'out'], ['y']),
      ],
    });

  it('keeps their size where the file declares it, unless told otherwise', async () => {
    expect(() => pruneOnnx(stream(6))).toThrow('pass states: "resize"');
    await expect(prunesExactly(stream(6), { states: 'resize' })).resolves.toEqual([4]);
    const { changed } = pruneOnnx(stream(6), { states: 'resize', units: { h: 2 } });
    expect(changed.map(({ name, after }) => [name, after])).toEqual(
      ['h0', 'c0', 'hn', 'cn'].map((name) => [name, [1, 2, 2]]),
    );
  });

  it('changes it where the file leaves it open', async () => {
    const bytes = stream('units');
    expect(() => pruneOnnx(bytes, { states: 'keep' })).toThrow('keeps its units');
    const { changed } = pruneOnnx(bytes, { units: { h: 2 } });
    expect(changed).toHaveLength(4);
    await verifyOnnx(bytes, bytes, { runtime, sizes: { units: 6 } });
  });

  it('finds both states in one input and one output', async () => {
    const bytes = file({
      inputs: { x: ['time', 2, 4], state: [2, 2, 6] },
      outputs: { y: undefined, next: [2, 2, 6] },
      constants: [
        ...[...layerWeights, constant('out', [6, 3])],
        ...[integers('zero', [0], []), integers('first', [1], []), integers('front', [0])],
      ],
      nodes: [
        node('Gather', ['state', 'zero'], ['h0']),
        node('Gather', ['state', 'first'], ['c0']),
        node('Unsqueeze', ['h0', 'front'], ['h1']),
        node('Unsqueeze', ['c0', 'front'], ['c1']),
        node('LSTM', ['x', 'l.w', 'l.r', 'l.b', '', 'h1', 'c1'], ['h', 'hn', 'cn'], lstm),
        node('Concat', ['hn', 'cn'], ['next'], { axis: 0 }),
        layer[1]!,
        node('MatMul', ['s', 'out'], ['y']),
      ],
    });
    await expect(prunesExactly(bytes, { states: 'resize' })).resolves.toEqual([4]);
    const { changed } = pruneOnnx(bytes, { states: 'resize', units: { h: 3 } });
    expect(changed.map(({ after }) => after)).toEqual([
      [2, 2, 3],
      [2, 2, 3],
    ]);
  });

  it('never changes a last state that no state comes in for', () => {
    const bytes = file({
      ...{ inputs: x, outputs: { hn: [1, 2, 6] }, constants: layerWeights },
      nodes: [node('LSTM', ['x', 'l.w', 'l.r', 'l.b'], ['', 'hn'], lstm)],
    });
    expect(() => pruneOnnx(bytes, { states: 'resize' })).toThrow(
      'the output "hn" of the model holds them',
    );
  });

  it('lets two graphs of which one runs have units of their own', () => {
    const branch = (name: string): ReturnType<typeof graph> =>
      graph({
        outputs: { [`${name}.s`]: undefined, [`${name}.n`]: undefined },
        constants: [...weights(name, [4, 6, 3]), constant(`${name}.out`, [6, 3])],
        nodes: [
          node(
            'GRU',
            ['x', `${name}.w`, `${name}.r`, `${name}.b`, '', 'h0'],
            [`${name}.h`, `${name}.n`],
            lstm,
          ),
          node('Squeeze', [`${name}.h`, 'one'], [`${name}.q`]),
          node('MatMul', [`${name}.q`, `${name}.out`], [`${name}.s`]),
        ],
      });
    const bytes = file({
      inputs: { x: ['time', 2, 4], h0: [1, 2, 6], c: [1] },
      outputs: { y: undefined, hn: undefined },
      constants: [integers('one', [1]), constant('half', [1])],
      nodes: [
        node('Greater', ['c', 'half'], ['which']),
        node('If', ['which'], ['y', 'hn'], { then_branch: branch('a'), else_branch: branch('b') }),
      ],
    });
    const options = { explain: true, states: 'resize' } as const;
    const { layout, equal } = onnxLayout(decodeOnnx(bytes), options);
    expect(recurrentDims(layout)).toEqual(['a.h', 'b.h']);
    expect(equal).toEqual([['a.h', 'b.h']]);
    const values = onnxWeights(decodeOnnx(bytes));
    checkShapes(
      layout,
      Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape])),
    );
    expect(values['b.out']).toEqual(readFloats(constant('b.out', [6, 3])));
    return expect(prunesExactly(bytes, { states: 'resize' })).resolves.toEqual([4, 4]);
  });
});

describe('loops', () => {
  /** One round of a cell with a state of 6 units: `next = tanh(now + state r)`. */
  const cell = (more: Partial<GraphParts>, inputs: GraphParts['inputs']) =>
    graph({
      ...{ inputs: inputs!, outputs: { next: undefined, kept: undefined } },
      nodes: [
        node('MatMul', ['state', 'r'], ['product']),
        node('Add', ['product', 'now'], ['sum']),
        node('Tanh', ['sum'], ['next']),
        node('Identity', ['next'], ['kept']),
      ],
      ...more,
    });
  const cellWeights = [
    ...[constant('w', [4, 6]), constant('r', [6, 6]), constant('out', [6, 3])],
    ...[constant('s0', [1, 6])],
  ];
  const scanned = (
    body: ReturnType<typeof graph>,
    settings: Readonly<Record<string, number | readonly number[]>> = {},
  ) => [
    node('MatMul', ['x', 'w'], ['z']),
    node('Scan', ['s0', 'z'], ['sn', 'h'], { num_scan_inputs: 1, body, ...settings }),
    node('MatMul', ['h', 'out'], ['y']),
  ];
  const before = { state: [1, 6], now: [1, 6] };

  it('prunes the state of a Scan that goes backwards along another axis', async () => {
    const settings = {
      ...{ scan_input_axes: [1], scan_input_directions: [1] },
      ...{ scan_output_axes: [-2], scan_output_directions: [1] },
    };
    const bytes = file({
      ...{ inputs: { x: [1, 'time', 4] }, outputs: y, constants: cellWeights },
      nodes: scanned(cell({}, before), settings),
    });
    const layout = onnxLayout(decodeOnnx(bytes));
    expect(formatLayout(layout)).toBe(
      [
        'dims  sn = 6',
        '',
        'w    4 -> sn',
        'r    sn -> sn',
        'out  sn -> 3',
        's0   -> 1, sn [unpenalized]',
        '',
      ].join('\n'),
    );
    await expect(prunesExactly(bytes)).resolves.toEqual([4]);
  });

  it('prunes the state of a Loop that carries its weights, and one that comes from outside', async () => {
    const body = graph({
      inputs: { i: [], on: [], state: [1, 6], r: [6, 6] },
      outputs: { on: undefined, next: undefined, r: undefined, kept: undefined },
      nodes: [node('Gather', ['z', 'i'], ['now']), ...cell({}, {}).node],
    });
    retype(body.input[0]!, Type.INT64);
    for (const each of [body.input[1]!, body.output[0]!]) retype(each, Type.BOOL);
    const bytes = file({
      inputs: { x: [5, 1, 4], h0: [1, 6] },
      outputs: { ...y, hn: [1, 6] },
      constants: [...cellWeights.slice(0, 3), integers('five', [5], [])],
      nodes: [
        node('MatMul', ['x', 'w'], ['z']),
        node('Loop', ['five', '', 'h0', 'r'], ['hn', 'same', 'h'], { body }),
        node('MatMul', ['h', 'out'], ['y']),
      ],
    });
    expect(() => pruneOnnx(bytes)).toThrow('"hn" (Loop) keeps its units: the input "h0"');
    await expect(prunesExactly(bytes, { states: 'resize' })).resolves.toEqual([4]);
  });

  it('keeps the units of what changes its shape or mixes its features', () => {
    const notes = (more: Partial<GraphParts>): string =>
      onnxLayout(
        decodeOnnx(
          file({
            ...{ inputs: { x: ['time', 1, 4] }, outputs: y, constants: cellWeights },
            nodes: scanned(cell(more, before)),
          }),
        ),
        { explain: true },
      ).notes.join('\n');
    expect(notes({ nodes: cell({}, {}).node.with(2, node('Softmax', ['sum'], ['next'])) })).toBe(
      '"sn" (Scan) keeps its units: "next" (Softmax) mixes the features',
    );
    const turned = [
      ...cell({}, {}).node.slice(0, 2),
      node('Transpose', ['sum'], ['next'], { perm: [1, 0] }),
      node('Identity', ['next'], ['kept']),
    ];
    expect(notes({ nodes: turned })).toContain('"sn" (Scan) keeps its units');
    const flat = [...cell({}, {}).node.slice(0, 2)].concat(
      node('Squeeze', ['sum'], ['next']),
      node('Identity', ['next'], ['kept']),
    );
    expect(notes({ nodes: flat })).toContain('"sn" (Scan) keeps');
  });
});
