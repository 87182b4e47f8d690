import { htmlText } from '@secateur/input';
import type { TrialRecord } from '../search/read-trials.ts';
import { lacksFigure, trialFigure } from '../search/figure.ts';
import { groupSeeds, nonDominated, type SeedGroup } from '../search/trade-off.ts';
import type { Figure } from '../spec/trial-spec.ts';
import { parallelChart, tradeOffChart, type Chart, type Charted } from './charts.ts';
import { numberText, settingText, spreadText, timeText } from './shown.ts';

/** What changes on the page while a sweep goes on; a live page asks for it again and again. */
export interface PageState {
  /** HTML by the id of the element that holds it. */
  readonly parts: Readonly<Record<'facts' | 'front' | 'trials', string>>;
  /** Charts by the id of their element; none before a trial is done, or without figures. */
  readonly charts: Readonly<Record<string, Chart>>;
}

/**
 * What the page of a sweep shows; `href` gives the address of a finished trial's report. A trial whose figure is NaN is in the table
 * only.
 *
 * @throws SweepError with code `sweep` when a result lacks a figure that the sweep names, which names the trial.
 */
export function pageState(
  trials: readonly TrialRecord[],
  href: (trial: TrialRecord) => string,
): PageState {
  const { quality, work } = trials[0]?.spec ?? {};
  const named = [quality, work].filter((figure) => figure !== undefined);
  const done = trials.filter(
    (trial) => trial.state === 'done' && !named.some(({ key }) => lacksFigure(trial, key)),
  );
  const parts = { facts: facts(trials), front: '', trials: trialsTable(trials, href) };
  if (quality === undefined || work === undefined || done.length === 0) {
    const missing =
      done.length === 0
        ? trials.some(({ state }) => state === 'done')
          ? 'No trial that is done has both figures.'
          : 'No trial is done yet.'
        : 'The sweep names no quality and no work, so there is no trade-off to show.';
    return { parts: { ...parts, front: `<p>${missing}</p>` }, charts: {} };
  }
  const groups = groupSeeds(done, { work: work.key, quality: quality.key });
  const front = nonDominated(groups, quality.better);
  const charted: Charted = { quality, work, done, groups, front, href };
  return {
    parts: { ...parts, front: frontTable(front, quality, work) },
    charts: { 'trade-off': tradeOffChart(charted), parallel: parallelChart(charted) },
  };
}

/** How far the sweep is, and what it cost. */
function facts(trials: readonly TrialRecord[]): string {
  const count = (state: TrialRecord['state']): number =>
    trials.filter((trial) => trial.state === state).length;
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const done = trials.filter(({ state }) => state === 'done');
  const each = done.reduce((sum, trial) => sum + trial.seconds, 0) / done.length;
  const attempts = trials.reduce((sum, trial) => sum + trial.attempts, 0);
  const all: [string, string][] = [
    ['done', `${count('done')} of ${trials.length}`],
    ['begun', `${count('begun')}`],
    ['waiting', `${count('waiting')}`],
    ['failed', `${count('failed')}`],
    ['attempts', `${attempts}`],
    ['training in all', timeText(seconds)],
    ['a trial', done.length === 0 ? '–' : timeText(each)],
  ];
  return `<dl>${all.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

function frontTable(front: readonly SeedGroup[], quality: Figure, work: Figure): string {
  const names = [...new Set(front.flatMap(({ settings }) => Object.keys(settings)))];
  const head = [...names, 'seeds', work.name, quality.name];
  const rows = front.map((group) =>
    [
      ...names.map((name) => settingText(group.settings[name])),
      String(group.trials.length),
      spreadText(group.spread.work),
      spreadText(group.spread.quality),
    ].map(htmlText),
  );
  return table('The front', head, rows);
}

function trialsTable(trials: readonly TrialRecord[], href: (trial: TrialRecord) => string): string {
  const names = [...new Set(trials.flatMap(({ spec }) => Object.keys(spec.settings)))];
  const figures = [trials[0]?.spec.work, trials[0]?.spec.quality].filter(
    (figure) => figure !== undefined,
  );
  const head = [
    ...['state', ...names, ...figures.map(({ name }) => name)],
    ...['attempts', 'trained', 'report'],
  ];
  const rows = trials.map((trial) => [
    trial.state,
    ...names.map((name) => htmlText(settingText(trial.spec.settings[name]))),
    ...figures.map(({ key }) => {
      if (trial.state !== 'done') return '';
      return lacksFigure(trial, key) ? 'NaN' : numberText(trialFigure(trial, key));
    }),
    String(trial.attempts),
    trial.attempts === 0 ? '' : timeText(trial.seconds),
    trial.state === 'done'
      ? `<a href="${htmlText(href(trial))}">${htmlText(trial.spec.id)}</a>`
      : htmlText(trial.message ?? ''),
  ]);
  return table('The trials', head, rows);
}

/** A table that scrolls by itself where it is too wide; cells are HTML. */
function table(label: string, head: readonly string[], rows: readonly string[][]): string {
  const cells = (tag: string, of: readonly string[]): string =>
    `<tr>${of.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>
<thead>${cells('th scope="col"', head.map(htmlText)).replaceAll('</th scope="col">', '</th>')}</thead>
<tbody>
${rows.map((row) => cells('td', row)).join('\n')}
</tbody></table></div>`;
}
