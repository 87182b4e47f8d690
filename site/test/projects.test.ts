// The pages that show a project of several files, to the letter: what stands in their fences, built by Vite, in Chromium.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeOnnx } from '@secateur/onnx';
import { removeFolder } from '@secateur/testing/temporary';
import type { Browser } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../links.ts';
import { serveSite, startBrowser, watchedPage, type Watched } from './browser.ts';
import type { projects } from './projects.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** The files of a page's project: fences with a name, and the page's HTML if it shows one. */
function filesOf(source: string): Record<string, string> {
  const text = readFileSync(join(root, source), 'utf8');
  const fences = [...text.matchAll(/^```(ts \[(.+)\]|html)\n([^]*?)^```$/gm)];
  return Object.fromEntries(fences.map(([, , name, code]) => [name ?? 'index.html', code!]));
}

const bare =
  '<!doctype html><html lang="en"><title>a</title><body><script type="module" src="/main.ts"></script></body></html>';

/** Builds a page's project, opens it, and hands it to `use`. */
async function opened(
  source: (typeof projects)[number],
  use: (watched: Watched) => Promise<void>,
): Promise<void> {
  // Within the repository, so that packages are found as in a project that has them installed.
  mkdirSync(join(root, 'site/dist-ts'), { recursive: true });
  const folder = mkdtempSync(join(root, 'site/dist-ts/project-'));
  for (const [name, code] of Object.entries({ 'index.html': bare, ...filesOf(source) })) {
    writeFileSync(join(folder, name), code);
  }
  const outDir = join(folder, 'dist');
  try {
    await build({
      ...{ root: folder, configFile: false, logLevel: 'silent', build: { outDir } },
      ...{
        worker: { format: 'es' },
        resolve: { conditions: ['@secateur/source', 'module', 'browser'] },
      },
    });
    const served = await serveSite(outDir, '/');
    const watched = await watchedPage(browser, served.url);
    await watched.page.goto(served.url);
    await use(watched);
    await watched.page.close();
    await served.close();
    expect(watched.complaints).toEqual([]);
  } finally {
    removeFolder(folder);
  }
}

/** Waits until something holds in the page, or until the page has failed. */
async function until({ page, complaints }: Watched, holds: () => boolean): Promise<void> {
  while (!(await page.evaluate(holds))) {
    expect(complaints).toEqual([]);
    await page.waitForTimeout(100);
  }
}

test('start in the browser: a page trains, prunes and downloads the smaller model', async () => {
  await opened('docs/start/browser.md', async (watched) => {
    const { page } = watched;
    await until(watched, () => !document.querySelector<HTMLButtonElement>('#save')!.disabled);
    const report = (await page.textContent('#report'))!;
    const [, kept] = /multiply-adds .* ([\d.]+)% /.exec(report) ?? [];
    expect(Number(kept), report).toBeLessThanOrEqual(40);
    expect(Number(/output: (.*)/.exec(report)?.[1]), report).toBeLessThan(1e-5);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    expect(download.suggestedFilename()).toBe('smaller.onnx');
    const { graph } = decodeOnnx(readFileSync(await download.path()));
    expect(graph?.node.filter(({ opType }) => opType === 'LSTM')).toHaveLength(2);
  });
});

test('deployment: a worker trains and the page hears of it', async () => {
  await opened('docs/guide/deployment.md', async (watched) => {
    await until(watched, () => document.body.textContent.includes('macs'));
    const said = (await watched.page.textContent('body'))!;
    expect(said).toContain('{"epoch":14,"loss":');
    const { macs } = JSON.parse(/{"macs".*}}/.exec(said)![0]) as { macs: Record<string, number> };
    expect(macs['after']! / macs['before']!).toBeLessThanOrEqual(0.5);
  });
});
