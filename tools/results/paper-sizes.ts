import { networks, networkName } from '../bench/infer/networks.ts';
import { rowName, rows } from '../bench/answers/networks.ts';
import { PAPER_PASS, passName } from '../bench/passes.ts';
import { widths } from '../bench/highway/networks.ts';
import { measurementsOf, sizesTable } from './performance.ts';

/** Untrained networks of the paper's sizes, each table with a line before it. */
export function paperSizes(): string {
  const of = (suite: string) => measurementsOf(suite, [suite, `${suite}-others`]);
  const withSoftmax = (label: string) => [label, passName(label, PAPER_PASS)] as const;
  return [
    '**Two LSTMs, 1,500 inputs, batch 10, 30 steps, with softmax** (Table 1)',
    sizesTable({
      measurements: of('infer'),
      cases: networks.map(networkName).map(withSoftmax),
      paper: [157, 22.11, 14.82],
    }),
    '**Recurrent Highway Network of depth 10, batch 10, 30 steps, with softmax** (Table 2; the paper gives no times)',
    sizesTable({
      measurements: of('highway'),
      cases: widths.map(String).map(withSoftmax),
    }),
    '**BiDAF, one question** (Tables 3 and 4: units of modelling1, modelling2 and output, both ways)',
    sizesTable({
      measurements: of('answers'),
      cases: rows.map(rowName).map((name) => [name, name]),
      paper: rows.map(({ ms }) => ms),
    }),
  ].join('\n\n');
}
