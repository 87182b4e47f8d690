import type { Weights } from '@secateur/groups';
import { outputWidth, readersOf, type Part, type Parts } from './part.ts';

/** The parts and weights that may read a part's numbers among others, such as a head over `[context; last]`. */
export interface Among {
  /** Parts, by the width that they read. */
  parts(part: Part): Part[];
  /** Weights that belong to no part, by an axis; where the order of the parts is given, only by a sum of known widths. */
  weights(part: Part, ordered: boolean): string[];
}

/**
 * Widths tell who reads a part's numbers alone. They do not tell who reads them beside others: what reads a width that no part
 * writes may, if it has room for them. So may what reads a width that others read already, if that is also the width of the
 * part's numbers several times, or beside those of one other part.
 */
export function readersAmong({ parts, rest, dialect }: Parts, weights: Weights): Among {
  const readers = parts.filter(({ kind }) => kind !== 'embedding');
  const unexplained = readers.filter((each) => sourcesOf(each, parts).length === 0);
  // The first layer reads what the network is given.
  const entry =
    readers.length === parts.length && unexplained.length === 1 ? unexplained[0] : undefined;
  const known = new Set(parts.flatMap((part) => [part.input, ...Object.values(part.dims)]));
  const hasRoom = (size: number, part: Part): boolean =>
    size >= Math.min(...Object.values(part.dims));
  const mayRead = (each: Part, part: Part): boolean => {
    if (each === part || each === entry) return false;
    if (unexplained.includes(each)) {
      // A recurrent layer does not read what its own outputs become.
      const after = each.kind === 'recurrent' && follows(part, each, parts);
      return !after && hasRoom(each.input, part);
    }
    const sources = sourcesOf(each, parts);
    const shared = sources.every((source) => readersOf(source, parts).length > 1);
    return shared && !sources.includes(part) && isSum(each.input, part, parts);
  };
  /** Whether another weight has an axis of this size that it may write, as a convolution does for the next. */
  const isWritten = (size: number, axis: number, name: string): boolean =>
    rest.some((other) => {
      const { shape } = weights[other]!;
      if (other === name || shape.length < 2) return false;
      return shape.some((each, i) => each === size && i !== axis);
    });
  const restSizes = new Set(rest.flatMap((name) => weights[name]!.shape));
  /** Whether a size is that of a part's numbers beside others that the file shows. */
  const isBeside = (size: number, part: Part): boolean => {
    const more = size - outputWidth(part);
    return isSum(size, part, parts) || restSizes.has(more) || more === entry?.input;
  };
  const isLayer = (name: string): boolean => dialect === 'PyTorch' && name.endsWith('.weight');
  // What the first layer reads, and what convolutions before it read.
  const early = new Set(entry === undefined ? [] : [entry.input]);
  const convolutions = rest.filter((name) => isLayer(name) && weights[name]!.shape.length > 2);
  for (const size of early) {
    for (const name of convolutions) {
      const [rows = 0, width = 0] = weights[name]!.shape;
      if (rows === size) early.add(width);
    }
  }
  /** Whether a weight writes what the first layer reads, all of it or, as a table beside others, a part. */
  const isBefore = (name: string): boolean => {
    const { shape } = weights[name]!;
    const [rows = 0, width = 0] = shape;
    if (entry === undefined) return false;
    if (!isLayer(name)) return shape.includes(entry.input);
    return early.has(rows) || (shape.length === 2 && rows > width && width < entry.input);
  };
  return {
    parts: (part) => readers.filter((each) => mayRead(each, part)),
    weights: (part, ordered) =>
      rest.filter((name) => {
        const { shape } = weights[name]!;
        // A vector, such as a window or the scales of a norm, reads nothing alone.
        if (shape.length < 2) return false;
        const layer = isLayer(name);
        const before = isBefore(name);
        // A matrix may also predict what the first layer reads.
        if (before && convolutions.includes(name)) return false;
        return shape.some((size, axis) => {
          // A layer of PyTorch reads by its second axis.
          if (layer && axis !== 1) return false;
          if (known.has(size)) return layer && isSum(size, part, parts);
          const mayHold = before || ordered ? isBeside(size, part) : hasRoom(size, part);
          return mayHold && !isWritten(size, axis, name);
        });
      }),
  };
}

const sourcesOf = (reader: Part, parts: readonly Part[]): Part[] =>
  parts.filter((part) => part !== reader && outputWidth(part) === reader.input);

/** Whether `part` may read, at any distance, what `first` writes. */
function follows(part: Part, first: Part, parts: readonly Part[]): boolean {
  const reached = new Set<Part>([first]);
  for (const each of reached) for (const next of readersOf(each, parts)) reached.add(next);
  return reached.has(part);
}

/** Whether a size is that of a part's numbers several times, or beside those of another part. */
function isSum(size: number, part: Part, parts: readonly Part[]): boolean {
  const width = outputWidth(part);
  const others = parts.filter((each) => each !== part).map(outputWidth);
  return size > width && (size % width === 0 || others.includes(size - width));
}
