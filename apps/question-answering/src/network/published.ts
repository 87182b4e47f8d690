/** A row of the paper's Tables 3 and 4. */
export interface PublishedRow {
  readonly table: string;
  /** Units left of modelling1, modelling2 and output, forward and backward. */
  readonly units: readonly [number, number, number, number, number, number];
  /** Exact match and F1 on the development part, in percent. */
  readonly score: readonly [exactMatch: number, f1: number];
  /** Millions of weights, as printed. */
  readonly weights: number;
  /** Milliseconds for one question, as printed. */
  readonly ms: number;
}

/** Both tables begin with this one. */
export const dense: PublishedRow = {
  table: '3 and 4',
  units: [100, 100, 100, 100, 100, 100],
  score: [67.98, 77.85],
  weights: 2.69,
  ms: 6.2,
};

/** The eight networks that the paper prunes: by fine-tuning (Table 3) and trained from scratch (Table 4). */
export const published: readonly PublishedRow[] = [
  { table: '3', units: [100, 95, 78, 82, 71, 52], score: [67.21, 76.71], weights: 2.08, ms: 5.79 },
  { table: '3', units: [84, 90, 38, 46, 34, 21], score: [66.59, 76.4], weights: 1.48, ms: 4.52 },
  { table: '3', units: [54, 47, 22, 30, 18, 12], score: [65.29, 75.47], weights: 1.03, ms: 3.54 },
  { table: '3', units: [52, 50, 19, 26, 15, 12], score: [64.81, 75.22], weights: 1.01, ms: 3.51 },
  { table: '4', units: [87, 81, 87, 92, 74, 96], score: [67.36, 77.16], weights: 2.29, ms: 5.83 },
  { table: '4', units: [51, 33, 42, 58, 37, 26], score: [66.32, 76.22], weights: 1.17, ms: 4.46 },
  { table: '4', units: [20, 33, 40, 38, 31, 16], score: [65.36, 75.78], weights: 0.95, ms: 3.59 },
  { table: '4', units: [23, 22, 35, 35, 25, 14], score: [64.6, 74.99], weights: 0.88, ms: 2.74 },
];

/** A row's sizes by the dimensions of our layout. */
export function sizesOf({ units }: PublishedRow): Record<string, number> {
  const [m1f, m1b, m2f, m2b, of, ob] = units;
  return {
    'modelling1/fw': m1f,
    'modelling1/bw': m1b,
    'modelling2/fw': m2f,
    'modelling2/bw': m2b,
    'output/fw': of,
    'output/bw': ob,
  };
}
