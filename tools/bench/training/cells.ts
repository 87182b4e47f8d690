import { measureSame } from '../inference/contenders.ts';
import type { BenchOptions } from '../options.ts';
import { nodeContender } from '../process/contender.ts';
import { figures, goalTable, over, ratio, type Table } from '../report/table.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import type { CellsInput } from './cells-job.ts';
import { ownCell } from './own-cell.ts';

/** Cells without a kernel of their own, which those of the backend compute from their equations. */
export const cells: Suite = {
  about: "cells of a user's kind: in one kernel, and composed from operations",
  run,
  tables,
};

const [FUSED, COMPOSED, STOCK, BY_HAND] = [
  'ours',
  'composed, our kernels',
  'composed, stock wasm kernels',
  'by hand, stock wasm kernels',
] as const;

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { simd, quick } = options;
  const sizes = quick ? { units: 8, batch: 2, steps: 3 } : { units: 200, batch: 20, steps: 20 };
  const contender = (name: string, way: CellsInput['way'], build = simd.at(-1)) => {
    const input: CellsInput = { way, ...sizes };
    const module = 'training/cells-job.ts';
    return nodeContender(name, {
      module,
      input,
      ...((way === 'fused' || way === 'composed') && { simd: build! }),
    });
  };
  const contenders = [
    ...simd.map((build) => contender(FUSED, 'fused', build)),
    contender(COMPOSED, 'composed'),
    contender(STOCK, 'stock'),
    contender(BY_HAND, 'by hand'),
  ];
  return measureSame('cells', contenders, options);
}

function tables({ measurements }: SuiteResult): Table[] {
  const fused = measurements.filter(({ contender }) => contender === FUSED);
  const builds = [...new Set(fused.map(({ simd }) => simd!))];
  const names = [...new Set(fused.map((one) => one.case))];
  const ours = (name: string, build: string) =>
    fused.find((one) => one.simd === build && one.case === name)?.ms.median;
  const other = (contender: string, name: string) =>
    measurements.find((one) => one.contender === contender && one.case === name)?.ms.median;
  const title = (build: string) => `ours, ${build} SIMD`;
  return [
    {
      title: '200 units, 20 sequences of 20 steps, one thread',
      note: 'Milliseconds, medians. "Gradient" is the forward pass and the gradients with respect to all weights.',
      head: [
        ...['cell', ...builds.map(title), COMPOSED, STOCK, BY_HAND],
        ...builds.map((build) => `${STOCK} to ${title(build)}`),
      ],
      rows: names.map((name) => [
        name,
        ...builds.map((build) => figures(ours(name, build))),
        ...[COMPOSED, STOCK, BY_HAND].map((contender) => figures(other(contender, name))),
        ...builds.map((build) => ratio(other(STOCK, name), ours(name, build))),
      ]),
    },
    goalTable(
      builds.flatMap((build) =>
        names
          .filter((name) => name.startsWith(ownCell.name))
          .map((name) => ({
            what: `${name}, ${build} SIMD: times faster than by hand`,
            found: over(other(BY_HAND, name), ours(name, build)),
            atLeast: 4,
          })),
      ),
    ),
  ];
}
