import { resultRows, type Result } from '../result.ts';
import type { Settings } from '../settings.ts';
import { lineChart, normsChart } from './charts.ts';

/** A line of `metrics.jsonl`; `kind` says which of the optional fields are there. */
export interface Metric {
  readonly kind: 'train' | 'epoch' | 'norms' | 'compact';
  readonly step: number;
  readonly epoch: number;
  readonly loss?: number;
  readonly penalty?: number;
  readonly alive?: Readonly<Record<string, number>>;
  readonly valid?: number;
  readonly train?: number;
  readonly norms?: Readonly<Record<string, readonly number[]>>;
}

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; color: #1f2328; }
  h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
  table { border-collapse: collapse; width: 100% } th, td { padding: .3rem .6rem; border-bottom: 1px solid #d0d7de; text-align: right }
  th:first-child, td:first-child { text-align: left } svg { max-width: 100%; height: auto }
  pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; white-space: pre-wrap } .note { color: #59636e }`;

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Writes a run as one HTML page that needs no network: table, curves, the ISS norms over training, a sample. */
export function reportHtml(result: Result, settings: Settings, metrics: readonly Metric[]): string {
  const epochs = metrics.filter(({ kind }) => kind === 'epoch');
  const steps = metrics.filter(({ kind }) => kind === 'train');
  const norms = metrics.filter(({ kind }) => kind === 'norms');
  const layers = Object.keys(result.removed);
  const removed = layers.map((layer) => `${result.removed[layer]} of ${layer}`).join(' and ');
  const charts = [
    lineChart({
      title: 'Perplexity',
      x: 'epoch',
      y: '',
      logarithmic: true,
      series: [
        { name: 'training', points: epochs.map((metric) => [metric.epoch + 1, metric.train!]) },
        { name: 'validation', points: epochs.map((metric) => [metric.epoch + 1, metric.valid!]) },
      ],
    }),
    lineChart({
      title: 'Loss a word, and penalty',
      x: 'step',
      y: 'nats',
      series: [
        {
          name: 'cross-entropy a word',
          points: steps.map((metric) => [metric.step, metric.loss!]),
        },
        {
          name: 'penalty a word',
          points: steps.map((metric) => [metric.step, metric.penalty! / settings.steps]),
        },
      ],
    }),
    lineChart({
      title: 'Living components',
      x: 'step',
      y: '',
      series: layers.map((layer) => ({
        name: layer,
        points: steps.map((metric) => [metric.step, metric.alive![layer]!] as const),
      })),
    }),
    ...layers.map((layer) =>
      normsChart({
        title: `Norms of the ISS components of ${layer}`,
        steps: norms.map(({ step }) => step),
        norms: norms.map((metric) => metric.norms![layer]!),
      }),
    ),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Whittle: ${escape(settings.preset)}, seed ${settings.seed}</title>
<style>${style}</style>
<h1>A language model that slimmed itself</h1>
<p>Preset <b>${escape(settings.preset)}</b>, lambda ${settings.lambda}, ${settings.epochs} epochs, seed ${settings.seed},
backend ${escape(result.backend)}. Removed: ${escape(removed)}. ${result.speedup.toFixed(2)} times faster.
The pruned network, read back in a new process, differs from the unpruned one by at most ${result.maxAbsDiff.toExponential(1)} in any logit.</p>
<table>
<tr><th></th><th>before</th><th>after</th><th>ratio</th></tr>
${resultRows(result)
  .map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`)
  .join('\n')}
</table>
<h2>Training</h2>
${charts.slice(0, 3).join('\n')}
<h2>Components that die</h2>
<p class="note">One row a component, sorted by the moment it fell to zero; white is exactly zero. The colours go by magnitude.</p>
${charts.slice(3).join('\n')}
<h2>A sample of the pruned network</h2>
<pre>${escape(result.sample)}</pre>
<h2>Settings</h2>
<pre>${escape(JSON.stringify(settings, null, 2))}</pre>
<h2>Versions</h2>
<pre>${escape(JSON.stringify(result.versions, null, 2))}</pre>
</html>
`;
}
