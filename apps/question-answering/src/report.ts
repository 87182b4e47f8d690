import { lineChart, writeReport, type Metric } from '@secateur/app';
import { formatAnswered, tableOf, type Result } from './result.ts';
import type { Settings } from './settings.ts';

/** A line of `metrics.jsonl`: an epoch's has scores. */
interface RunMetric extends Metric {
  readonly exactMatch?: number;
  readonly f1?: number;
}

/**
 * Writes `report.html` of a run from its metrics and result, with results of other runs beside it, and returns the file's path.
 */
export function writeRunReport(
  directory: string,
  result: Result,
  settings: Settings,
  beside: Readonly<Record<string, Result>> = {},
): string {
  return writeReport<RunMetric>(directory, (epochs, steps) => ({
    title: `Secateur: question answering, ${settings.preset}, seed ${settings.seed}`,
    heading: 'BiDAF that slimmed itself',
    ...{ settings, result, rows: tableOf(result, beside) },
    charts: [
      lineChart({
        ...{ title: 'Answers on validation', x: 'epoch', y: 'per cent' },
        series: [
          epochs('F1', ({ f1 }) => f1!),
          epochs('exact match', ({ exactMatch }) => exactMatch!),
        ],
      }),
      lineChart({
        ...{ title: 'Loss a question', x: 'step', y: 'nats' },
        series: [steps('loss', ({ loss }) => loss!)],
      }),
      // By itself: with the proximal penalty it is hundreds of times the loss.
      lineChart({
        ...{ title: 'Penalty', x: 'step', y: 'λ times the sum of norms' },
        series: [steps('penalty', ({ penalty }) => penalty!)],
      }),
    ],
    sample: {
      heading: 'Some answers',
      text: result.examples.flatMap(formatAnswered).join('\n').trim(),
    },
  }));
}
