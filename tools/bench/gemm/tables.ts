import { median } from '@secateur/app';
import type { Measurement } from '../process/measure.ts';
import {
  figures,
  goalTable,
  over,
  percent,
  ratio,
  type Goal,
  type Table,
} from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';
import {
  caseName,
  gigaflops,
  sizes,
  transposeTitles,
  type Multiplier,
  type Operand,
  type Size,
  type Transposes,
} from './sizes.ts';

const transposes = Object.keys(transposeTitles) as Transposes[];

/** Tables of the `gemm` suite: speed in GFLOP/s by product, share of the peak, goals. */
export function gemmTables(result: SuiteResult): Table[] {
  const find = finder(result.measurements);
  const builds = [...new Set(ours(result).map(({ simd }) => simd!))];
  const most = Math.max(...ours(result).map(({ threads }) => threads));
  const measured = sizes.filter((size) =>
    result.measurements.some((one) => one.case.startsWith(`${size.name} |`)),
  );
  const { clockGhz, peakGflops } = result.facts as Record<string, number>;
  const best = builds.at(-1)!;

  const rows = measured.flatMap((size) =>
    transposes.map((kind) => {
      const speed = (who: Multiplier, operand: Operand, simd?: string, threads = 1) =>
        find(size, kind, operand, who, simd, threads);
      const [fastest, fresh] = [speed('ours', 'fresh', best), speed('stock wasm', 'fresh')];
      return [
        `${size.name}, [${size.m}, ${size.k}] x [${size.k}, ${size.n}]`,
        transposeTitles[kind],
        ...builds.map((build) => figures(speed('ours', 'fresh', build))),
        ...(most > 1 ? [figures(speed('ours', 'fresh', best, most))] : []),
        figures(fresh),
        figures(speed('stock wasm', 'same')),
        figures(speed('stock cpu', 'fresh')),
        ratio(fastest, fresh),
        percent((fastest ?? NaN) / peakGflops!),
      ];
    }),
  );
  const note =
    `GFLOP/s, medians. "fresh": the second operand is new at each call, as weights in training are; "packed": it was multiplied with before, which lets the stock kernel keep its packed form. ` +
    `Peak of a core: ${figures(clockGhz)} GHz, measured with a chain of dependent integer operations, times two units for the fused multiply-add of four lanes: ${figures(peakGflops)} GFLOP/s. Plain SIMD multiplies and adds in two instructions and cannot reach all of it.`;
  return [
    {
      title: 'Matrix products',
      note,
      head: [
        'product',
        'form',
        ...builds.map((build) => `ours, ${build}`),
        ...(most > 1 ? [`ours, ${best}, ${most} threads`] : []),
        'stock wasm, fresh',
        'stock wasm, packed',
        'stock cpu',
        'ours to stock, fresh',
        'share of peak',
      ],
      rows,
    },
    goalTable(goals(measured, builds, find)),
  ];
}

type Find = ReturnType<typeof finder>;

/** Looks up GFLOP/s. */
function finder(measurements: readonly Measurement[]) {
  return (
    size: Size,
    kind: Transposes,
    operand: Operand,
    who: Multiplier,
    simd?: string,
    threads = 1,
  ): number | undefined => {
    const name = caseName({ size, transposes: kind, operand });
    const match = measurements.find(
      (one) =>
        one.case === name &&
        one.contender === who &&
        one.threads === threads &&
        (simd ?? one.simd) === one.simd,
    );
    return match && (gigaflops(size) / match.ms.median) * 1000;
  };
}

const ours = ({ measurements }: SuiteResult): Measurement[] =>
  measurements.filter(({ contender }) => contender === 'ours');

/** Each goal by the worst of the sizes, named with it. */
function goals(sizes: readonly Size[], builds: readonly string[], find: Find): Goal[] {
  const best = builds.at(-1)!;
  const plainBest = (size: Size, simd = best): number | undefined =>
    largest((['same', 'fresh'] as const).map((operand) => find(size, 'nn', operand, 'ours', simd)));
  const fresh = (size: Size, kind: Transposes, simd = best): number | undefined =>
    find(size, kind, 'fresh', 'ours', simd);
  type Quotients = (size: Size) => (number | undefined)[];
  const quotients = (of: Quotients): { size: Size; value: number }[] =>
    sizes.flatMap((size) =>
      of(size).flatMap((value) => (value === undefined ? [] : [{ size, value }])),
    );
  const worst = (what: string, atLeast: number, of: Quotients): Goal => {
    const lowest = quotients(of).toSorted((a, b) => a.value - b.value)[0];
    return {
      what: lowest === undefined ? what : `${what}; worst: ${lowest.size.name}`,
      found: lowest?.value,
      atLeast,
    };
  };
  const relaxed: Quotients = (size) => [
    over(fresh(size, 'nn', 'relaxed'), fresh(size, 'nn', 'plain')),
  ];
  const values = quotients(relaxed).map(({ value }) => value);
  return [
    worst('a product with a transposed operand to our best plain one', 0.9, (size) =>
      (['nt', 'tn', 'tt'] as const).map((kind) => over(fresh(size, kind), plainBest(size))),
    ),
    worst('a product with fresh weights to our best plain one', 0.9, (size) => [
      over(fresh(size, 'nn'), plainBest(size)),
    ]),
    ...builds.map((build) =>
      worst(
        `our best plain product (${build} SIMD) to stock wasm with packed weights`,
        1,
        (size) => [over(plainBest(size, build), find(size, 'nn', 'same', 'stock wasm'))],
      ),
    ),
    worst('relaxed SIMD to plain, fresh weights', 1.25, relaxed),
    {
      what: 'relaxed SIMD to plain, fresh weights; median of the sizes',
      found: values.length === 0 ? undefined : median(values),
      atLeast: 1.25,
    },
  ];
}

/** The largest of some numbers that may be missing. */
function largest(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((value) => value !== undefined);
  return there.length === 0 ? undefined : Math.max(...there);
}
