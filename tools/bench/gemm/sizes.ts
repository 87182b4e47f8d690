/** A product `[m, k] x [k, n]` of a language model. */
export interface Size {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * The products of a step of the language models: the recurrent one of a time step, that of a whole sequence, a weight's
 * gradient (whose inner axis is the words), the softmax; and the recurrent one of the paper's pruned network.
 */
export const sizes: readonly Size[] = [
  { name: 'small, time step', m: 20, k: 200, n: 800 },
  { name: 'small, sequence', m: 400, k: 200, n: 800 },
  { name: 'small, softmax', m: 400, k: 200, n: 10000 },
  { name: 'medium, time step', m: 20, k: 650, n: 2600 },
  { name: 'medium, sequence', m: 700, k: 650, n: 2600 },
  { name: 'medium, weight gradient', m: 650, k: 700, n: 2600 },
  { name: 'medium, softmax', m: 700, k: 650, n: 10000 },
  { name: 'large, time step', m: 20, k: 1500, n: 6000 },
  { name: 'large, sequence', m: 700, k: 1500, n: 6000 },
  { name: 'large, weight gradient', m: 1500, k: 700, n: 6000 },
  { name: 'pruned, time step', m: 10, k: 373, n: 1492 },
];

/** The sizes that a quick look measures. */
export const quickSizes: readonly Size[] = sizes.slice(0, 2);

/** Floating-point operations of a product, in thousands of millions. */
export const gigaflops = ({ m, k, n }: Size): number => (2 * m * k * n) / 1e9;

/** Which operands are stored transposed: `nn` neither, `tn` the first. */
export type Transposes = 'nn' | 'nt' | 'tn' | 'tt';

/** What the tables call them. */
export const transposeTitles: Readonly<Record<Transposes, string>> = {
  nn: 'A B',
  nt: 'A Bᵀ',
  tn: 'Aᵀ B',
  tt: 'Aᵀ Bᵀ',
};

/** Whether the second operand is new at each call, as weights in training are, or was multiplied with before. */
export type Operand = 'fresh' | 'same';

/** Who multiplies. */
export type Multiplier = 'ours' | 'stock wasm' | 'stock cpu';

/** One product to time. */
export interface Case {
  readonly size: Size;
  readonly transposes: Transposes;
  readonly operand: Operand;
}

/** The name of a case among a process's times. */
export const caseName = ({ size, transposes, operand }: Case): string =>
  `${size.name} | ${transposes} | ${operand}`;

/** More than these, in thousands of millions of operations, take a stock kernel seconds. */
const LIMITS = { cpu: 0.4, transposed: 3 };

/**
 * The cases of one multiplier. A used second operand only matters without transposes, where the stock kernel keeps
 * what it packed; the cpu backend keeps nothing.
 */
export function casesOf(who: Multiplier, chosen: readonly Size[]): Case[] {
  return chosen.flatMap((size) => {
    const all = (['nn', 'nt', 'tn', 'tt'] as const).map((transposes): Case => ({
      size,
      transposes,
      operand: 'fresh',
    }));
    const used: Case = { size, transposes: 'nn', operand: 'same' };
    if (who === 'ours') return [used, ...all];
    if (who === 'stock cpu') return gigaflops(size) <= LIMITS.cpu ? all : [];
    return [
      used,
      ...all.filter(
        ({ transposes }) => transposes === 'nn' || gigaflops(size) <= LIMITS.transposed,
      ),
    ];
  });
}
