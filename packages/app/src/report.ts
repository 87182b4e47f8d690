import { join } from 'node:path';
import { htmlText } from '@secateur/input';
import { readMetrics, writeFileAtomic } from '@secateur/training';
import { z } from 'zod';
import { lineChart, type Series } from './charts.ts';
import { normsChart } from './norms-chart.ts';

/** A line of `metrics.jsonl`; `kind` says which of the optional fields are there, and applications add their own. */
export interface Metric {
  readonly kind: string;
  readonly step: number;
  readonly epoch: number;
  readonly loss?: number;
  readonly penalty?: number;
  readonly alive?: Readonly<Record<string, number>>;
  readonly norms?: Readonly<Record<string, readonly number[]>>;
}

/** What every run's settings have. */
interface RunSettings {
  readonly preset: string;
  readonly lambda: number;
  readonly epochs: number;
  readonly seed: number;
}

/** What every run's result has. */
interface RunFacts {
  readonly backend: string;
  /** Components removed, by dimension. */
  readonly removed: Readonly<Record<string, number>>;
  /** Time before over time after. */
  readonly speedup: number;
  /** Largest difference of a logit. */
  readonly maxAbsDiff: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a report shows, all of it plain text but the charts. */
export interface ReportPage {
  readonly title: string;
  readonly heading: string;
  readonly settings: RunSettings;
  readonly result: RunFacts;
  /** The table of the result, its head first. */
  readonly rows: readonly (readonly string[])[];
  /** Curves of the training, as SVG. */
  readonly charts: readonly string[];
  /** What the network made, such as a sample of text. */
  readonly sample: { readonly heading: string; readonly text: string };
}

const listed = new Intl.ListFormat('en-GB');

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; color: #1f2328; }
  h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
  table { border-collapse: collapse; width: 100% } th, td { padding: .3rem .6rem; border-bottom: 1px solid #d0d7de; text-align: right }
  th:first-child, td:first-child { text-align: left } svg { max-width: 100%; height: auto }
  pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; white-space: pre-wrap } .note { color: #59636e }`;

const numbers = z.record(z.string(), z.number());

/** What a report reads of the lines of each kind. */
const kinds: Readonly<Record<string, z.ZodType>> = {
  train: z.object({ epoch: z.number(), alive: numbers }),
  norms: z.object({ epoch: z.number(), norms: z.record(z.string(), z.array(z.number())) }),
  epoch: z.object({ epoch: z.number() }),
};

/**
 * The metrics of a run.
 *
 * @throws Error that names the first line of a known kind that lacks what such a line has.
 */
export function readRunMetrics<T extends Metric>(directory: string): T[] {
  const file = join(directory, 'metrics.jsonl');
  const metrics = readMetrics(file) as unknown as T[];
  metrics.forEach((metric, i) => {
    const read = Object.hasOwn(kinds, metric.kind)
      ? kinds[metric.kind]!.safeParse(metric)
      : undefined;
    if (read === undefined || read.success) return;
    const { path, message } = read.error.issues[0]!;
    throw new Error(
      `${file}: expected a line of kind ${metric.kind} as line ${i + 1}, found at ${path.join('.')}: ${message}; mend or delete that line.`,
    );
  });
  return metrics;
}

/** Makes a curve of a number of each line of metrics of one kind. */
export type Curve<T> = (name: string, value: (metric: T) => number) => Series;

/**
 * Writes a run's page that needs no network: a table, curves, how components die; returns the file's path. `pageOf` gets what makes
 * curves over the epochs and over the steps of the run's metrics.
 */
export function writeReport<T extends Metric>(
  directory: string,
  pageOf: (epochs: Curve<T>, steps: Curve<T>) => ReportPage,
): string {
  const metrics = readRunMetrics<T>(directory);
  const curves =
    (kind: string, x: (metric: T) => number): Curve<T> =>
    (name, value) => ({
      name,
      points: metrics.filter((metric) => metric.kind === kind).map((of) => [x(of), value(of)]),
    });
  const page = pageOf(
    curves('epoch', ({ epoch }) => epoch + 1),
    curves('train', ({ step }) => step),
  );
  const file = join(directory, 'report.html');
  writeFileAtomic(file, reportPage(page, metrics));
  return file;
}

const tableRow = (cells: readonly string[], tag: string): string =>
  `<tr>${cells.map((cell) => `<${tag}>${htmlText(cell)}</${tag}>`).join('')}</tr>`;

function reportPage(page: ReportPage, metrics: readonly Metric[]): string {
  const { title, heading, settings, result, rows, charts, sample } = page;
  const dims = Object.keys(result.removed);
  const removed = listed.format(dims.map((dim) => `${result.removed[dim]} of ${dim}`));
  const lead =
    `Preset ${settings.preset}, lambda ${settings.lambda}, ${settings.epochs} epochs, seed ${settings.seed}, ` +
    `backend ${result.backend}. Removed: ${removed}. ${result.speedup.toFixed(2)} times faster. The pruned network, read back ` +
    `in a new process, differs from the unpruned one by at most ${result.maxAbsDiff.toExponential(1)} in any logit.`;
  const sections = [
    sample,
    { heading: 'Settings', text: JSON.stringify(settings, null, 2) },
    { heading: 'Versions', text: JSON.stringify(result.versions, null, 2) },
  ];
  const steps = metrics.filter(({ kind }) => kind === 'train');
  const norms = metrics.filter(({ kind }) => kind === 'norms');
  const living = lineChart({
    title: 'Living components',
    x: 'step',
    y: '',
    series: dims.map((dim) => ({
      name: dim,
      points: steps.map((metric) => [metric.step, metric.alive![dim]!] as const),
    })),
  });
  const dying = dims.map((dim) =>
    normsChart({
      title: `Norms of the ISS components of ${dim}`,
      steps: norms.map(({ step }) => step),
      norms: norms.map((metric) => metric.norms![dim]!),
    }),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${htmlText(title)}</title>
<style>${style}</style>
<h1>${htmlText(heading)}</h1>
<p>${htmlText(lead)}</p>
<table>
${rows.map((row, i) => tableRow(row, i === 0 ? 'th' : 'td')).join('\n')}
</table>
<h2>Training</h2>
${[...charts, living].join('\n')}
<h2>Components that die</h2>
<p class="note">One row a component, sorted by the moment it fell to zero; white is exactly zero. The colours go by magnitude.</p>
${dying.join('\n')}
${sections.map(({ heading: name, text }) => `<h2>${htmlText(name)}</h2>\n<pre>${htmlText(text)}</pre>`).join('\n')}
</html>
`;
}
