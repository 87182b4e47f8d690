import type { Weights } from '@secateur/groups';
import { outputWidth, readersOf, type Part, type Parts } from './part.ts';

/** The parts and weights that may read a part's numbers among others, such as a head over `[context; last]`. */
export interface Among {
  /** Parts, by the width that they read. */
  parts(part: Part): Part[];
  /** Weights that belong to no part, by an axis. */
  weights(part: Part): string[];
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
      const single = weights[name]!.shape.length === 1;
      const at = shape.map((each, i) => each === size && (single || i !== axis));
      return other !== name && shape.length > 1 && at.includes(true);
    });
  return {
    parts: (part) => readers.filter((each) => mayRead(each, part)),
    weights: (part) =>
      rest.filter((name) => {
        const { shape } = weights[name]!;
        const layer = dialect === 'PyTorch' && name.endsWith('.weight') && shape.length > 1;
        return shape.some((size, axis) => {
          // A layer of PyTorch reads by its second axis.
          if (layer && axis !== 1) return false;
          if (known.has(size)) return layer && isSum(size, part, parts);
          return hasRoom(size, part) && !isWritten(size, axis, name);
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
