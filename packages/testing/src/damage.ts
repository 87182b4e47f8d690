/**
 * What damages files at random: choices that a seed fixes, and changes of bytes.
 * @packageDocumentation
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random choices that a seed fixes. */
export interface Random {
  /** A whole number of `0 .. below - 1`. */
  below(below: number): number;
  /** One of the items. */
  of<T>(items: readonly T[]): T;
}

/** Starts random choices. Those of small seeds begin alike: take a seed of `foldSeed`. */
export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number): number => uniformInt(generator, 0, limit - 1);
  return { below, of: (items) => items[below(items.length)]! };
}

const interesting = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x1b, 0x22, 0x2e, 0x2f, 0x7b];

type Change = (bytes: Buffer, random: Random) => Buffer;

/** A stretch of bytes: where it begins and ends. */
function stretch(bytes: Buffer, random: Random): [number, number] {
  const from = random.below(bytes.length + 1);
  const longest = random.of([1, 8, 64, 4096]);
  return [from, Math.min(bytes.length, from + 1 + random.below(longest))];
}

const changes: readonly Change[] = [
  function flipOneBit(bytes, random) {
    if (bytes.length === 0) return bytes;
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)]! ^= 1 << random.below(8);
    return changed;
  },
  function setOneByte(bytes, random) {
    if (bytes.length === 0) return bytes;
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)] = random.of(interesting);
    return changed;
  },
  function cutOff(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function takeOut(bytes, random) {
    const [from, to] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  function repeat(bytes, random) {
    const [from, to] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    const added = Buffer.from(
      Array.from({ length: 1 + random.below(16) }, () => random.below(256)),
    );
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
  },
  function append(bytes, random) {
    return Buffer.concat([bytes, Buffer.alloc(1 + random.below(64), random.of(interesting))]);
  },
  function overwriteWithOwn(bytes, random) {
    const [from, to] = stretch(bytes, random);
    const changed = Buffer.from(bytes);
    bytes.copy(changed, random.below(bytes.length + 1), from, to);
    return changed;
  },
];

/** Changes some bytes, as a bad disk, a broken download or a tool that guesses does. */
export const changeBytes: Change = (bytes, random) => random.of(changes)(bytes, random);
