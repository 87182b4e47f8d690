import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { htmlText } from '@secateur/input';
import type { PageState } from './state.ts';

const require = createRequire(import.meta.url);

const style = `
  :root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d0d7de; --back: #fff; --link: #0969da }
  @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --link: #58a6ff } }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: var(--text); background: var(--back) }
  h1 { font-size: 1.5rem; overflow-wrap: anywhere } h2 { font-size: 1.1rem; margin-top: 2rem }
  a { color: var(--link) } p { color: var(--soft) }
  dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0 } dt { color: var(--soft) } dd { margin: 0; font-size: 1.2rem; font-variant-numeric: tabular-nums }
  .chart { height: 26rem } .chart:empty { display: none } .wide { overflow: auto; max-height: 32rem }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap }
  thead th { position: sticky; top: 0; background: var(--back); color: var(--soft) } td:last-child { white-space: normal; min-width: 16rem }
  @media (max-width: 560px) { #parallel { height: 36rem } }`;

/** Runs on the page as it stands here. It draws what the state says; where it is live, it asks for the state every few seconds. */
const script = `
  const charts = new Map();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const note = document.getElementById('note');
  // As the server writes it, which escapes nothing: only what has changed is drawn again.
  let text = JSON.stringify(JSON.parse(document.getElementById('state').textContent));
  function draw() {
    const state = JSON.parse(text);
    for (const [id, html] of Object.entries(state.parts)) document.getElementById(id).innerHTML = html;
    for (const [id, option] of Object.entries(state.charts)) {
      const element = document.getElementById(id);
      if (!charts.has(id)) {
        element.hidden = false;
        const chart = echarts.init(element, dark.matches ? 'dark' : undefined, { renderer: 'svg' });
        chart.on('click', ({ data }) => { if (data && data.href) open(data.href, '_blank'); });
        charts.set(id, chart);
      }
      charts.get(id).setOption(option, true);
    }
  }
  draw();
  addEventListener('resize', () => { for (const chart of charts.values()) chart.resize(); });
  dark.addEventListener('change', () => {
    for (const chart of charts.values()) chart.dispose();
    charts.clear();
    draw();
  });
  async function ask(seconds) {
    try {
      const answer = await fetch('state.json');
      const found = await answer.text();
      if (!answer.ok) throw new Error(found);
      note.textContent = 'Live: ' + new Date().toLocaleTimeString();
      if (found !== text) { text = found; draw(); }
    } catch (error) {
      note.textContent = 'Not live: ' + error.message;
    }
    setTimeout(ask, seconds * 1000, seconds);
  }
  const seconds = Number(note.dataset.seconds);
  if (seconds > 0) void ask(seconds);`;

/**
 * The page of a sweep, which needs no other file but the trials' reports. With `seconds`, it asks its server for `state.json` that
 * often.
 */
export function reportPage(name: string, state: PageState, seconds = 0): string {
  const echarts = readFileSync(require.resolve('echarts/dist/echarts.min.js'), 'utf8');
  const made = seconds === 0 ? new Date().toISOString().slice(0, 16).replace('T', ' ') : '';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(name)}: a sweep</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<main>
<h1>${htmlText(name)}</h1>
<p id="note" data-seconds="${seconds}">${made === '' ? '' : `As of ${made} UTC`}</p>
<div id="facts"></div>
<h2>The trade-off</h2>
<div id="trade-off" class="chart" hidden></div>
<div id="front"></div>
<h2>Settings and figures</h2>
<div id="parallel" class="chart" hidden></div>
<h2>Trials</h2>
<div id="trials"></div>
</main>
<script type="application/json" id="state">${JSON.stringify(state).replaceAll('<', '\\u003c')}</script>
<script>${echarts.replaceAll('</script', '<\\/script')}</script>
<script>${script}</script>
</html>
`;
}
