// examples/browser as a user builds and serves it: Vite's build over the packages' own, in headless Chromium.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { countMacs } from '@secateur/groups';
import { chromium, type Browser, type Page } from 'playwright';
import { build } from 'vite';
import { stackedLstmLayout } from '@secateur/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serve, type Served } from '../page/serve.ts';
import { chromiumArguments, chromiumPath } from '../runner/chromium.ts';

const root = join(import.meta.dirname, '../../../examples/browser');
const shots = join(import.meta.dirname, '../runs');

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const withBlobs = `${strict}; worker-src 'self' blob:; connect-src 'self' blob:`;

let browser: Browser;
let page: Page;
let served: Served;
/** What the page printed as an error or threw. */
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  await build({ root, logLevel: 'silent' });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArguments] });
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  await served.close();
  expect(complaints.splice(0)).toEqual([]);
});

/** Serves and opens the page, trains on a backend and returns what the page says in the end. */
async function runPage(
  backend: string,
  steps: number,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  served = await serve(join(root, 'dist'), headers);
  page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(served.url);
  await page.selectOption('#backend', backend);
  await page.fill('#steps', String(steps));
  await page.click('#start');
  await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('#start')!.disabled);
  return (await page.textContent('#state'))!;
}

/** The table of layers and the difference, as the page shows them. */
async function shown(): Promise<{ layers: string[][]; difference: number }> {
  const layers = await page.$$eval('#layers tr', (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  return { layers, difference: Number(await page.textContent('#difference')) };
}

describe('the page', () => {
  const results: unknown[] = [];
  test.each([
    ['wasm', 60],
    ['webgpu', 60],
  ])(
    'trains and prunes on %s, and the smaller network computes the same',
    async (backend, steps) => {
      const state = await runPage(backend, steps, {});
      await page.screenshot({ path: join(shots, `page-${backend}.png`), fullPage: true });
      const [, started, before, after] =
        /^Done on (\w+).*: loss ([\d.]+) before, ([\d.]+) after\.$/.exec(state) ?? [state];
      expect(started, state).toBe(backend);
      expect(Number(after)).toBeLessThan(0.9 * Number(before));
      const { layers, difference } = await shown();
      expect(layers.map(([name, size]) => [name, size])).toEqual([
        ['h1', '16'],
        ['h2', '12'],
      ]);
      const kept = layers.map(([, , left]) => Number(left));
      expect(Math.min(...kept)).toBeGreaterThan(0);
      // Half of the multiply-adds: some components had to go.
      const cost = (hidden: number[]): number =>
        countMacs(stackedLstmLayout({ vocab: 12, embed: 8, hidden }));
      expect(cost(kept)).toBeLessThanOrEqual(0.5 * cost([16, 12]));
      expect(difference).toBeLessThan(1e-5);
      results.push(layers);
    },
  );
  test('keeps as many components on both', () => {
    expect(results).toHaveLength(2);
    expect(results[0]).toEqual(results[1]);
  });
});

describe('threads of the page on wasm', () => {
  test.each([
    ['one without isolation', {}, 1],
    ['one for each core with isolation', isolation, undefined],
    [
      'the same under a content policy that allows blobs',
      { ...isolation, 'Content-Security-Policy': withBlobs },
      undefined,
    ],
  ])('%s', async (_, headers, threads) => {
    const state = await runPage('wasm', 3, headers as Record<string, string>);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(state).toContain(`Done on wasm, ${threads ?? Math.min(8, cores)} threads`);
    expect((await shown()).difference).toBeLessThan(1e-5);
  });
  test('one, and nothing fails, under a content policy that forbids blobs', async () => {
    const state = await runPage('wasm', 3, { ...isolation, 'Content-Security-Policy': strict });
    expect(state).toContain('Done on wasm, 1 threads');
    // The browser says what it forbade: the object URL of the shared binary, and nothing else.
    expect(complaints.splice(0).every((text) => text.includes('blob:'))).toBe(true);
  });
});
