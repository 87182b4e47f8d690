import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageState } from '../../src/report/state.ts';
import { serveReport } from '../../src/report/serve.ts';
import { writeSweepReport } from '../../src/report/write.ts';
import { readTrials } from '../../src/search/read-trials.ts';
import { someSweep } from './some-sweep.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const executablePath = [
  process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));

describe('the state of a page', () => {
  it('counts trials, attempts and hours, and lists the front', async () => {
    const { store, specs } = await someSweep();
    const { parts, charts } = pageState(await readTrials(store, specs), ({ spec }) => spec.id);
    expect(parts.facts).toContain('<dt>done</dt><dd>33 of 36</dd>');
    expect(parts.facts).toContain('<dt>failed</dt><dd>1</dd>');
    expect(parts.facts).toContain('<dt>begun</dt><dd>2</dd>');
    // More dropout costs quality here and changes work by nothing, so that it is never better but at the same work.
    expect(parts.front.match(/<tr><td>0\.0\d+<\/td><td>0\.7/g)!.length).toBe(5);
    expect(parts.front).toContain('<td>0.00794328</td>');
    expect(Object.keys(charts)).toEqual(['trade-off', 'parallel']);
    expect(parts.trials).toContain('lower the &lt;b&gt;learning rate');
  });

  it('says why there is no trade-off', async () => {
    const { store, specs } = await someSweep();
    const state = async (of: typeof specs) => pageState(await readTrials(store, of), () => '');
    expect((await state([specs[6]!])).parts.front).toBe('<p>No trial is done yet.</p>');
    const { id, sweep, command, settings, retries, versions } = specs[0]!;
    const bare = { id, sweep, command, settings, retries, versions };
    expect((await state([bare])).parts.front).toContain('names no quality and no work');
  });

  it('says which figure a result lacks', async () => {
    const { store, specs } = await someSweep();
    const wrong = specs.map((spec) => ({ ...spec, work: { name: 'work', key: 'pruned.macs' } }));
    const trials = await readTrials(store, wrong);
    expect(() => pageState(trials, () => '')).toThrow(
      'trial quick-lambda-0.001-0.7-1: figure: expected macs of pruned.macs in pruned, found ["macsPerWord","perplexity"]; correct the key in the sweep, to pruned.macsPerWord?',
    );
  });
});

describe('a trial whose loss is NaN', () => {
  it('has its place in the table, and no part in the trade-off', async () => {
    const { store, specs } = await someSweep();
    const trials = (await readTrials(store, specs)).map((trial, i) =>
      i === 0
        ? { ...trial, result: { pruned: { macsPerWord: 7, perplexity: { test: null } } } }
        : trial,
    );
    const { parts, charts } = pageState(trials, ({ spec }) => spec.id);
    expect(parts.facts).toContain('<dt>done</dt><dd>33 of 36</dd>');
    expect(parts.trials).toContain('<td>7</td><td>NaN</td>');
    expect(JSON.stringify(charts)).toContain('32 trials');
    const alone = pageState(trials.slice(0, 1), () => '');
    expect(alone.parts.front).toBe('<p>No trial that is done has both figures.</p>');
  });
});

it('a served page outlives any request', async () => {
  const { store, specs } = await someSweep();
  const served = await serveReport({
    ...{ name: 'quick-lambda', store, port: 0 },
    specs: () => Promise.resolve(specs),
  });
  for (const path of ['/', '/.', '//host:port', '?']) {
    expect((await fetch(`${served.url}${path}`)).status).toBeLessThan(500);
  }
  expect((await fetch(`${served.url}state.json?now`)).status).toBe(200);
  await served.close();
});

describe.skipIf(executablePath === undefined)('the page in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let complaints: string[];

  beforeAll(async () => {
    folder = temporaryFolder();
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    removeFolder(folder);
  });

  /** Opens a page that notes what goes wrong, and what it asks of others. */
  const open = async (url: string, options: Parameters<Browser['newPage']>[0]): Promise<Page> => {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(0);
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => {
      if (
        !request.url().startsWith('data:') &&
        new URL(request.url()).origin !== new URL(url).origin
      )
        complaints.push(request.url());
    });
    await page.goto(url);
    return page;
  };

  it.each([
    ['light', 1100],
    ['dark', 390],
  ] as const)(
    '%s, %i px wide: axe finds nothing serious, nothing is wider than the page',
    async (colorScheme, width) => {
      const { store, specs } = await someSweep();
      const file = join(folder, 'page.html');
      await writeSweepReport(file, '</script><img src=x>', store, await readTrials(store, specs));
      const page = await open(pathToFileURL(file).href, {
        colorScheme,
        viewport: { width, height: 800 },
      });
      expect(await page.locator('#trade-off svg, #parallel svg').count()).toBe(2);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.addScriptTag({ path: axe });
      const { violations } = await page.evaluate<AxeResults>(
        `axe.run(document, { resultTypes: ['violations'] })`,
      );
      const serious = violations.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
      const link = page.locator('#trials a').first();
      const report = join(folder, decodeURIComponent((await link.getAttribute('href'))!));
      expect(readFileSync(report, 'utf8')).toContain('<h1>lambda 0.001, seed 1</h1>');
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('a point is a link to its trial, and a served page follows the sweep', async () => {
    const { store, specs } = await someSweep();
    const served = await serveReport({
      ...{ name: 'quick-lambda', store, port: 0, seconds: 0.2 },
      specs: () => Promise.resolve(specs),
    });
    const page = await open(served.url, { viewport: { width: 1100, height: 900 } });
    const facts = page.locator('#facts');
    await facts.getByText('33 of 36').waitFor();
    // The trials are drawn first, as gray circles.
    const [point] = await page.locator('#trade-off path[fill="#8b949e"][fill-opacity]').all();
    const popups: Page[] = [];
    page.on('popup', (popup) => popups.push(popup));
    // A click while the page draws anew is lost.
    await expect
      .poll(async () => {
        await point!.click({ force: true });
        return popups.length;
      })
      .toBeGreaterThan(0);
    await popups[0]!.getByRole('heading', { name: /^lambda 0\.\d+, seed \d$/ }).waitFor();
    const last = specs.at(-1)!;
    const result = { pruned: { macsPerWord: 90_000, perplexity: { test: 99 } } };
    const build = { arch: 'x64', simd: 'plain' };
    const record = JSON.stringify({ result, files: [], seconds: 60, build });
    await store.write(
      `trials/${last.id}/attempts/0002-bbbbbb/result.json`,
      new TextEncoder().encode(record),
    );
    await facts.getByText('34 of 36').waitFor();
    expect(await page.locator('#front').textContent()).toContain('99');
    expect(complaints).toEqual([]);
    await page.close();
    await served.close();
  });
});
