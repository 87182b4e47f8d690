import { contendersOf, titleOf, type Measurement } from '../process/measure.ts';
import { passes } from '../passes.ts';
import { NATIVE, OURS } from '../process/our-contenders.ts';
import { figures, goalTable, over, ratio, type Goal, type Table } from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';
import { caseName, networkName, networks, STEPS, type Network } from './networks.ts';

/** Names of the contenders of `infer` beside ours. */
export const [STOCK, ORT_WEB, ORT_NODE] = [
  'tf.layers, stock wasm',
  'onnxruntime-web',
  'onnxruntime-node',
] as const;

const [dense, ...pruned] = networks as [Network, ...Network[]];
const kinds = passes();

/** Tables of the `infer` suite: times by setting with the speed-up that pruning buys, then the goals. */
export function inferTables(result: SuiteResult): Table[] {
  const { measurements } = result;
  const contenders = contendersOf(measurements);
  const tables = kinds.map((kind, index): Table => {
    const ms = (one: Measurement, network: Network) =>
      find(measurements, one, { ...kind, network })?.ms;
    return {
      title: `Two LSTMs, ${dense.input} inputs, batch ${kind.batch}, ${STEPS} steps${kind.softmax ? ', with the logits of 10,000 words' : ''}`,
      ...(index === 0 && { note: noteOf(result) }),
      head: [
        'contender',
        ...networks.map(networkName),
        'spread',
        ...pruned.map((network) => `speed-up of ${networkName(network)}`),
      ],
      rows: contenders.map((one) => [
        titleOf(one),
        ...networks.map((network) => figures(ms(one, network)?.median)),
        ratio(ms(one, dense)?.max, ms(one, dense)?.min),
        ...pruned.map((network) => ratio(ms(one, dense)?.median, ms(one, network)?.median)),
      ]),
    };
  });
  return [...tables, goalTable(goals(measurements))];
}

function noteOf({ measurements, facts }: SuiteResult): string {
  const web = measurements.filter(({ contender }) => contender === ORT_WEB);
  const taken = [
    ...new Set(
      web.map(({ threads, facts }) => `${facts['threadsTaken']} where asked for ${threads}`),
    ),
  ];
  const simd = web[0]?.facts['simdTaken'];
  return [
    `Medians in ms; "spread" is the slowest over the fastest round of the dense network. Before they were timed the contenders gave the same outputs: the largest difference is ${Number(facts['largestDifference']).toExponential(1)}.`,
    ...(web.length === 0
      ? []
      : [`Threads that onnxruntime-web took: ${taken.join(', ')}; its SIMD: ${simd}.`]),
  ].join(' ');
}

function find(
  measurements: readonly Measurement[],
  { contender, simd, threads }: Pick<Measurement, 'contender' | 'simd' | 'threads'>,
  one: { network: Network; batch: number; softmax: boolean },
): Measurement | undefined {
  const name = caseName(one);
  return measurements.find(
    (other) =>
      other.case === name &&
      other.contender === contender &&
      other.threads === threads &&
      other.simd === simd,
  );
}

function goals(measurements: readonly Measurement[]): Goal[] {
  const ours = measurements.filter(({ contender, threads }) => contender === OURS && threads === 1);
  const builds = [...new Set(ours.map(({ simd }) => simd!))];
  const at = (contender: string, network: Network, simd?: string): number | undefined =>
    find(
      measurements,
      { contender, threads: 1, ...(simd !== undefined && { simd }) },
      { network, batch: 10, softmax: false },
    )?.ms.median;
  const smallest = pruned.at(-1)!;
  const native: Goal = {
    what: `speed-up of ${networkName(smallest)}, batch 10, native TensorFlow, 1 thread`,
    found: over(at(NATIVE, dense), at(NATIVE, smallest)),
    atLeast: 10.59,
  };
  const wasm = builds.flatMap((simd): Goal[] => [
    {
      what: `speed-up of ${networkName(smallest)}, batch 10, ${simd} SIMD, 1 thread`,
      found: over(at(OURS, dense, simd), at(OURS, smallest, simd)),
      atLeast: 10.59,
    },
    ...networks.map((network) => ({
      what: `our time to onnxruntime-web's, ${networkName(network)}, batch 10, ${simd} SIMD, 1 thread`,
      found: over(at(OURS, network, simd), at(ORT_WEB, network)),
      atMost: 1,
    })),
  ]);
  return [...wasm, native];
}
