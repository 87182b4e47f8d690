import { contendersOf, spreadAt, titleOf, type Measurement } from '../process/measure.ts';
import {
  figures,
  goalTable,
  over,
  ratio,
  timeCell,
  type Goal,
  type Table,
} from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';
import type { Spread } from '../timing.ts';
import { CONTEXT, countWeights, QUESTION, rowName, rows } from './answers.ts';
import { NATIVE, ORT_WEB, OURS } from './contenders.ts';
import { casesOfKind, kinds, largeNetworks } from './found.ts';
import {
  DEPTH,
  gruTable,
  PAPER_PASS,
  passes,
  passName,
  STEPS,
  tableOne,
  tableTwo,
  type Pass,
  type StackedNetwork,
} from './stacked.ts';

/** A note on how the tables' times were taken. */
const noteOf = (dense: string, { facts }: SuiteResult): string =>
  `Medians in ms; "spread" is the slowest over the fastest round of ${dense}. Before they were timed the contenders gave the same outputs: the largest difference is ${largestDifference(facts)}.`;

const largestDifference = (facts: SuiteResult['facts']): string =>
  Number(facts['largestDifference']).toExponential(1);

/** A table a pass: a row a contender, its time for every network and how many times faster the `pruned` ones are than the first. */
function passTables(
  { measurements }: SuiteResult,
  networks: readonly StackedNetwork[],
  pruned: readonly StackedNetwork[],
  texts: { readonly title: (pass: Pass) => string; readonly note: string },
): Table[] {
  return passes.map((pass, index): Table => {
    const at = (one: Measurement, { name }: StackedNetwork): Spread | undefined =>
      spreadAt(measurements, one, passName(name, pass));
    const dense = networks[0]!;
    return {
      title: texts.title(pass) + (pass.softmax ? ', with the logits of 10,000 words' : ''),
      ...(index === 0 && { note: texts.note }),
      head: [
        'contender',
        ...networks.map(({ name }) => name),
        'spread',
        ...pruned.map(({ name }) => `speed-up of ${name}`),
      ],
      rows: contendersOf(measurements).map((one) => [
        titleOf(one),
        ...networks.map((network) => figures(at(one, network)?.median)),
        ratio(at(one, dense)?.max, at(one, dense)?.min),
        ...pruned.map((network) => ratio(at(one, dense)?.median, at(one, network)?.median)),
      ]),
    };
  });
}

/** Tables of the `infer` suite: times by setting with the speed-up that pruning buys, then the goals. */
export function inferTables(result: SuiteResult): Table[] {
  const { measurements } = result;
  const web = measurements.filter(({ contender }) => contender === ORT_WEB);
  const taken = new Set(
    web.map(({ threads, facts }) => `${facts['threadsTaken']} where asked for ${threads}`),
  );
  const ofWeb = `Threads that onnxruntime-web took: ${[...taken].join(', ')}; its SIMD: ${web[0]?.facts['simdTaken']}.`;
  const note = noteOf('the dense network', result) + (web.length === 0 ? '' : ` ${ofWeb}`);
  const title = ({ batch }: Pass): string =>
    `Two LSTMs, 1500 inputs, batch ${batch}, ${STEPS} steps`;
  const measured = new Set(measurements.map((one) => one.case));
  const networks = largeNetworks().filter(({ name }) => measured.has(passName(name, PAPER_PASS)));
  return [
    ...passTables(result, networks, networks.slice(1), { title, note }),
    goalTable(inferGoals(measurements)),
  ];
}

function inferGoals(measurements: readonly Measurement[]): Goal[] {
  const builds = new Set(
    measurements
      .filter(({ contender, threads }) => contender === OURS && threads === 1)
      .map(({ simd }) => simd!),
  );
  const at = (contender: string, { name }: StackedNetwork, simd?: string): number | undefined =>
    spreadAt(
      measurements,
      { contender, threads: 1, ...(simd !== undefined && { simd }) },
      passName(name, { batch: 10, softmax: false }),
    )?.median;
  const [dense, smallest] = [tableOne[0]!, tableOne.at(-1)!];
  const speedUp = (contender: string, shown: string, simd?: string): Goal => ({
    what: `speed-up of ${smallest.name}, batch 10, ${shown}, 1 thread`,
    found: over(at(contender, dense, simd), at(contender, smallest, simd)),
    atLeast: 10.59,
  });
  const wasm = [...builds].flatMap((simd): Goal[] => [
    speedUp(OURS, `${simd} SIMD`, simd),
    ...tableOne.map((network) => ({
      what: `our time to onnxruntime-web's, ${network.name}, batch 10, ${simd} SIMD, 1 thread`,
      found: over(at(OURS, network, simd), at(ORT_WEB, network)),
      atMost: 1,
    })),
  ]);
  return [...wasm, speedUp(NATIVE, 'native TensorFlow')];
}

/** Tables of the `gru` suite: times by setting, with the speed-up that pruning buys. */
export function gruTables(result: SuiteResult): Table[] {
  const title = ({ batch }: Pass): string =>
    `Two GRUs, 1500 inputs, batch ${batch}, ${STEPS} steps`;
  const note = noteOf('the dense network', result);
  return passTables(result, gruTable, gruTable.slice(1), { title, note });
}

/** Tables of the `highway` suite: times by setting, with the speed-up that pruning buys. */
export function highwayTables(result: SuiteResult): Table[] {
  const title = ({ batch }: Pass): string =>
    `RHN of depth ${DEPTH}, batch ${batch}, ${STEPS} steps`;
  const note = noteOf(`width ${tableTwo[0]!.name}`, result);
  return passTables(result, tableTwo, tableTwo.slice(2, 3), { title, note });
}

const ENDING = passName('', PAPER_PASS);

/** A table a kind: a row a network, for each contender its time and how many times faster it is than the largest. */
export function foundTables({ measurements }: SuiteResult): Table[] {
  const contenders = contendersOf(measurements);
  return kinds.map((kind): Table => {
    const names = casesOfKind(measurements, kind);
    return {
      title: `Networks of \`${kind}\`, batch 10, 30 steps, with the logits of 10,000 words`,
      note: 'Medians in ms, and how many times faster than the largest.',
      head: ['units', ...contenders.map(titleOf)],
      rows: names.map((name) => [
        name.slice(kind.length + 1, -ENDING.length),
        ...contenders.map((one) => timeCell(measurements, one, name, names[0]!)),
      ]),
    };
  });
}

/** What the paper's Table 4 reports: 6.20 ms to 2.74 ms. */
const PAPER = 6.2 / 2.74;

/** Tables of the `answers` suite: times and speed-ups by network, then the goals. */
export function answersTables({ measurements, facts }: SuiteResult): Table[] {
  type Row = (typeof rows)[number];
  const contenders = contendersOf(measurements);
  const at = (one: Measurement, row: Row): Spread | undefined =>
    spreadAt(measurements, one, rowName(row));
  const [dense, smallest] = [rows[0]!, rows.at(-1)!];
  const table = (
    title: string,
    note: string,
    cell: (one: Measurement, row: Row) => string,
  ): Table => ({
    title,
    note,
    head: ['units left', 'weights', ...contenders.map(titleOf)],
    rows: rows.map((row) => [
      `${row.units.join(', ')} (table ${row.table})`,
      `${(countWeights(row) / 1e6).toFixed(2)} M`,
      ...contenders.map((one) => cell(one, row)),
    ]),
  });
  const goals = contenders
    .filter(({ contender }) => contender === OURS || contender === NATIVE)
    .map((one): Goal => ({
      what: `speed-up of ${smallest.units.join(', ')}, ${titleOf(one)}`,
      found: over(at(one, dense)?.median, at(one, smallest)?.median),
      atLeast: PAPER,
    }));
  const spreads = contenders.map(
    (one) => `${ratio(at(one, dense)?.max, at(one, dense)?.min)} (${titleOf(one)})`,
  );
  return [
    table(
      'BiDAF, one question',
      `Medians in ms, ${CONTEXT} tokens of context and ${QUESTION} of question. Before they were timed the contenders gave the same logits: the largest difference is ${largestDifference(facts)}.`,
      (one, row) => figures(at(one, row)?.median),
    ),
    table(
      'Speed-up of the pruned networks',
      `The slowest over the fastest round of the dense network: ${spreads.join(', ')}.`,
      (one, row) => ratio(at(one, dense)?.median, at(one, row)?.median),
    ),
    goalTable(goals),
  ];
}
