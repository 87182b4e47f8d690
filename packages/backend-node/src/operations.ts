// TensorFlow's operations on raw handles. TensorFlow.js's own way to run one makes a tensor of every result and tracks it;
// a sequence makes hundreds, of which a handful leave the kernel. All that a kernel makes is deleted as it ends.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute, Binding, Handle, NativeBackend } from './native-backend.ts';

/** Runs TensorFlow's operations for the length of one kernel. */
export interface Operations {
  /** The handle of an input of the kernel; with a shape, read in that shape. */
  input(info: TensorInfo, shape?: readonly number[]): Handle;
  /** Makes an output of the kernel, which outlives it; of what is an output already, or an input, it makes another. */
  output(handle: Handle): TensorInfo;
  /** Makes a tensor from numbers. */
  constant(shape: readonly number[], values: Float32Array | Int32Array): Handle;
  /** Makes a whole number of 64 bits. */
  long(value: number): Handle;
  /** Runs any operation with `count` results. */
  run(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Handle[],
    count: number,
  ): Handle[];
  /** Runs an operation whose only attribute is the type of its arguments, float32, and which has one result. */
  float(name: string, ...inputs: Handle[]): Handle;
  /** The product of two matrices, either read transposed. */
  matMul(a: Handle, b: Handle, transposeA?: boolean, transposeB?: boolean): Handle;
  /** Swaps the first two axes of `[a, b, c]`. */
  swap(x: Handle): Handle;
  /** The same numbers in another shape, without a copy. */
  reshape(x: Handle, shape: readonly number[]): Handle;
  /** Cuts into equal parts along an axis. */
  split(x: Handle, count: number, axis: number): Handle[];
  /** Prepares the cut into parts of these lengths along an axis. */
  cutter(lengths: readonly number[], axis: number): (x: Handle) => Handle[];
  /** Joins along an axis; a single part is returned as it is. */
  concat(parts: readonly Handle[], axis: number): Handle;
  /** A part of a matrix that starts at `begin` `[2]` and has the shape `size` `[2]`. */
  slice(x: Handle, begin: Handle, size: Handle): Handle;
  /** Runs `body` and deletes all that it made but what it returns, in lists or alone. */
  scope<T extends readonly (Handle | readonly Handle[])[]>(body: () => T): T;
  /** Picks indices along an axis. */
  gather(x: Handle, indices: Int32Array, axis: number): Handle;
  /** Whole numbers of 32 bits as floats. */
  toFloat(x: Handle): Handle;
  /** Whole numbers of classes, given as floats `[rows, 1]`, as rows `[rows, classes]` with `on` at the class and 0 elsewhere. */
  oneHot(x: Handle, classes: number, on: number): Handle;
  /** Sums over some axes. */
  sum(x: Handle, axes: readonly number[]): Handle;
  /** An attribute that is a float. */
  floatAttribute(name: string, value: number): Attribute;
  /** An attribute that is true or false. */
  flag(name: string, value: boolean): Attribute;
  /** The attribute `T`, float32. */
  readonly type: Attribute;
}

/** Runs `body` with operations on a backend, and deletes every handle that it made and did not make an output of. */
export function withOperations<T>(backend: NativeBackend, body: (ops: Operations) => T): T {
  const { binding } = backend;
  const { types, axes } = fixed(binding);
  const handles: number[] = [];
  const run: Operations['run'] = (name, attributes, inputs, count) => {
    const ids = inputs.map(({ id }) => id);
    const results = binding.executeOp(name, attributes, ids, count);
    for (const { id } of results) handles.push(id);
    return results;
  };
  const flag = (name: string, value: boolean): Attribute => ({
    name,
    type: binding.TF_ATTR_BOOL,
    value,
  });
  const integer = (name: string, value: number): Attribute => ({
    name,
    type: binding.TF_ATTR_INT,
    value,
  });
  const ops: Operations = {
    type: types.float,
    flag,
    floatAttribute: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    input(info, shape = info.shape) {
      const [id] = backend.getInputTensorIds([info]) as [number];
      // TensorFlow.js may read data in another shape than the addon has it in; the addon's is what operations see.
      const storedShape = backend.tensorMap.get(info.dataId).shape;
      const handle = { id, shape: storedShape, dtype: binding.TF_FLOAT };
      const same =
        storedShape.length === shape.length &&
        storedShape.every((length, k) => length === shape[k]);
      return same ? handle : ops.reshape(handle, shape);
    },
    output(handle) {
      const { id, shape, dtype } = handles.includes(handle.id)
        ? handle
        : ops.float('Identity', handle);
      const dataId = {};
      backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
      handles.splice(handles.indexOf(id), 1);
      return { dataId, shape, dtype: 'float32' };
    },
    constant(shape, values) {
      const dtype = values instanceof Int32Array ? binding.TF_INT32 : binding.TF_FLOAT;
      const id = binding.createTensor(shape, dtype, values);
      handles.push(id);
      return { id, shape: [...shape], dtype };
    },
    long(value) {
      // The addon reads the two halves, the low one first.
      const id = binding.createTensor([], binding.TF_INT64, Int32Array.of(value, 0));
      handles.push(id);
      return { id, shape: [], dtype: binding.TF_INT64 };
    },
    run,
    float: (name, ...inputs) => run(name, [types.float], inputs, 1)[0]!,
    matMul: (a, b, transposeA = false, transposeB = false) =>
      run(
        'MatMul',
        [types.float, flag('transpose_a', transposeA), flag('transpose_b', transposeB)],
        [a, b],
        1,
      )[0]!,
    swap: (x) =>
      run(
        'Transpose',
        [types.float, types.permutation],
        [x, ops.constant([3], Int32Array.of(1, 0, 2))],
        1,
      )[0]!,
    reshape: (x, shape) =>
      run(
        'Reshape',
        [types.float, types.shape],
        [x, ops.constant([shape.length], Int32Array.from(shape))],
        1,
      )[0]!,
    split: (x, count, axis) =>
      count === 1
        ? [x]
        : run('Split', [integer('num_split', count), types.float], [axes[axis]!, x], count),
    cutter(lengths, axis) {
      const attributes = [integer('num_split', lengths.length), types.float, types.length];
      const sizes = ops.constant([lengths.length], Int32Array.from(lengths));
      return (x) => run('SplitV', attributes, [x, sizes, axes[axis]!], lengths.length);
    },
    concat: (parts, axis) =>
      parts.length === 1
        ? parts[0]!
        : run(
            'ConcatV2',
            [integer('N', parts.length), types.float, types.index],
            [...parts, axes[axis]!],
            1,
          )[0]!,
    slice: (x, begin, size) => run('Slice', [types.float, types.start], [x, begin, size], 1)[0]!,
    scope(inner) {
      const start = handles.length;
      const kept = inner();
      const keep = new Set((kept.flat() as Handle[]).map(({ id }) => id));
      for (const id of handles.splice(start)) {
        if (keep.has(id)) handles.push(id);
        else binding.deleteTensor(id);
      }
      return kept;
    },
    gather: (x, indices, axis) =>
      run(
        'GatherV2',
        types.gather,
        [x, ops.constant([indices.length], indices), axes[axis]!],
        1,
      )[0]!,
    toFloat: (x) => run('Cast', types.toFloat, [x], 1)[0]!,
    oneHot(x, classes, on) {
      const [indices] = run('Cast', types.toInteger, [ops.reshape(x, [x.shape[0]!])], 1);
      const depth = ops.constant([], Int32Array.of(classes));
      const [full, none] = [on, 0].map((value) => ops.constant([], Float32Array.of(value)));
      return run('OneHot', types.oneHot, [indices!, depth, full!, none!], 1)[0]!;
    },
    sum: (x, over) =>
      run(
        'Sum',
        [flag('keep_dims', false), types.float, types.index],
        [x, ops.constant([over.length], Int32Array.from(over))],
        1,
      )[0]!,
  };
  try {
    return body(ops);
  } finally {
    for (const id of handles) binding.deleteTensor(id);
  }
}

/** What every kernel needs and none changes; made once for each addon and never deleted. */
interface Fixed {
  readonly types: Record<
    'float' | 'index' | 'permutation' | 'shape' | 'start' | 'length',
    Attribute
  > & {
    readonly gather: readonly Attribute[];
    readonly toFloat: readonly Attribute[];
    readonly toInteger: readonly Attribute[];
    readonly oneHot: readonly Attribute[];
  };
  /** The numbers 0 to 2 as tensors. */
  readonly axes: readonly Handle[];
}

const fixedOf = new WeakMap<Binding, Fixed>();

function fixed(binding: Binding): Fixed {
  let known = fixedOf.get(binding);
  if (known === undefined) {
    const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = binding;
    const cast = (from: number, to: number): Attribute[] => [
      { name: 'SrcT', type, value: from },
      { name: 'DstT', type, value: to },
      { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false },
    ];
    known = {
      types: {
        float: { name: 'T', type, value: TF_FLOAT },
        index: { name: 'Tidx', type, value: TF_INT32 },
        permutation: { name: 'Tperm', type, value: TF_INT32 },
        shape: { name: 'Tshape', type, value: TF_INT32 },
        length: { name: 'Tlen', type, value: TF_INT32 },
        gather: ['Tparams', 'Tindices', 'Taxis'].map((name) => ({
          name,
          type,
          value: name === 'Tparams' ? TF_FLOAT : TF_INT32,
        })),
        start: { name: 'Index', type, value: TF_INT32 },
        toFloat: cast(TF_INT32, TF_FLOAT),
        toInteger: cast(TF_FLOAT, TF_INT32),
        oneHot: [
          { name: 'T', type, value: TF_FLOAT },
          { name: 'TI', type, value: TF_INT32 },
          { name: 'axis', type: binding.TF_ATTR_INT, value: -1 },
        ],
      },
      axes: [0, 1, 2].map((axis) => ({
        id: binding.createTensor([], TF_INT32, Int32Array.of(axis)),
        shape: [],
        dtype: TF_INT32,
      })),
    };
    fixedOf.set(binding, known);
  }
  return known;
}
