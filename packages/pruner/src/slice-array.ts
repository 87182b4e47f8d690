/** Copies the entries of a row-major array whose index along every axis is listed; `undefined` keeps a whole axis. */
export function sliceArray(
  data: Float32Array,
  shape: readonly number[],
  indices: readonly (readonly number[] | undefined)[],
): { shape: number[]; data: Float32Array } {
  const newShape = shape.map((size, axis) => indices[axis]?.length ?? size);
  const out = new Float32Array(newShape.reduce((product, size) => product * size, 1));
  // Without values there is nothing to walk to, however long the other axes are.
  if (out.length === 0) return { shape: newShape, data: out };
  const lists = shape.map((size, axis) => indices[axis] ?? range(size));
  const last = lists.length - 1;
  if (last < 0) return { shape: [], data: data.slice() };
  const strides = stridesOf(shape);
  let to = 0;
  const copy = (axis: number, from: number): void => {
    const list = lists[axis]!;
    if (axis === last) {
      for (const index of list) out[to++] = data[from + index]!;
      return;
    }
    for (const index of list) copy(axis + 1, from + index * strides[axis]!);
  };
  copy(0, 0);
  return { shape: newShape, data: out };
}

/** The inverse of {@link sliceArray}: an array of zeros of `shape` with `data` at the listed indices. */
export function scatterArray(
  data: Float32Array,
  shape: readonly number[],
  indices: readonly (readonly number[] | undefined)[],
): { shape: number[]; data: Float32Array } {
  const out = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (data.length === 0) return { shape: [...shape], data: out };
  const lists = shape.map((size, axis) => indices[axis] ?? range(size));
  const strides = stridesOf(shape);
  let from = 0;
  const copy = (axis: number, to: number): void => {
    if (axis === shape.length) {
      out[to] = data[from++]!;
      return;
    }
    for (const index of lists[axis]!) copy(axis + 1, to + index * strides[axis]!);
  };
  copy(0, 0);
  return { shape: [...shape], data: out };
}

/** How many entries of a row-major array lie between two indices of each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** `[0, 1, ..., size - 1]` */
export function range(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}
