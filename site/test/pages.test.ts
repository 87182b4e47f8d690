// Every page that was built, in Chromium: it works, asks no other host for anything, can be read by everyone and on a phone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../links.ts';
import { home, parts, routeOf } from '../pages.ts';
import { serveSite, startBrowser, watchedPage, type ServedSite, type Watched } from './browser.ts';

const dist = join(root, 'site/dist');
if (!existsSync(dist)) {
  throw new Error(`site: expected the built site at ${dist}, found none; run npm run site:build.`);
}
const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => file.split(sep).join('/'));

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
declare const window: {
  readonly axe: { run(context: object, options: RunOptions): Promise<AxeResults> };
};

let served: ServedSite;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  served = await serveSite(dist, '/secateur/');
  browser = await startBrowser();
  watched = await watchedPage(browser, served.url, { reducedMotion: 'reduce' });
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

test('every page of the list was built', () => {
  const listed = [home, ...parts.flatMap(({ pages }) => pages)].map(({ route }) => `${route}.html`);
  expect(listed.filter((file) => !files.includes(file))).toEqual([]);
  expect(files).toContain(`${routeOf('docs/api/@secateur/pruner/index-1.md')!}.html`);
});

test('every link to a place within a page finds it', () => {
  const texts = new Map(files.map((file) => [file, readFileSync(join(dist, file), 'utf8')]));
  const fileOf = (path: string): string =>
    path === '' || path.endsWith('/') ? `${path}index.html` : `${path}.html`;
  const dead = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/ href="(?:\/secateur\/([^"#]*))?#([^"]+)"/g)].flatMap(([, path, hash]) => {
      const target = texts.get(path === undefined ? file : fileOf(path));
      const id = decodeURIComponent(hash!);
      return target?.includes(` id="${id}"`) === true ? [] : [`${file}: ${path ?? ''}#${id}`];
    }),
  );
  // TypeDoc counts some names of its own pages twice that have one heading there.
  const ours = dead.filter((link) => !/^reference\/api\/.*: #\w+-1$/.test(link));
  expect([...new Set(ours)]).toEqual([]);
});

/** What axe finds serious or critical, by rule, with the first element. */
async function violations(options: RunOptions): Promise<string[]> {
  const found = await watched.page.evaluate(
    // Frames are pages of their own, which this test opens too.
    (options) =>
      window.axe.run({ exclude: ['iframe'] }, { ...options, resultTypes: ['violations'] }),
    options,
  );
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.length}, first ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.any[0]?.message ?? ''}`,
    );
}

/** Asks for dark colors and waits until the page has them. */
async function darken(): Promise<void> {
  await watched.page.emulateMedia({ colorScheme: 'dark' });
  // VitePress sees the wish in an event and sets a class then: in between, colors are of both kinds.
  await watched.page.waitForFunction(() => {
    const ours = document.querySelector('meta[name=generator]') === null;
    const dark = ours || document.documentElement.classList.contains('dark');
    return dark && document.getAnimations().every(({ playState }) => playState !== 'running');
  });
}

describe.each(files)('%s', (file) => {
  test('has no faults', async () => {
    const { page, complaints } = watched;
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(served.url + file.replace(/(^|\/)index\.html$|\.html$/, '$1'));
    // Vue has taken the page over; the pages of the playground are none of VitePress.
    await page.waitForFunction(() => {
      const app = document.querySelector('#app');
      if (document.querySelector('meta[name=generator]') === null || app === null) return true;
      return app.childElementCount === 0 || '__vue_app__' in app;
    });
    expect(await page.locator('h1').count()).toBe(1);
    await page.addScriptTag({ path: axe });
    expect(await violations({})).toEqual([]);
    await darken();
    // What is dark has other colors and nothing else.
    expect(await violations({ runOnly: ['color-contrast'] })).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    expect(complaints.splice(0)).toEqual([]);
  });
});

test.each(['light', 'dark'] as const)(
  'the buttons of the first page can be read under the mouse, %s',
  async (colorScheme) => {
    const { page } = watched;
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(served.url);
    await page.addScriptTag({ path: axe });
    const buttons = page.locator('.VPHero .VPButton');
    expect(await buttons.count()).toBeGreaterThan(1);
    for (const button of await buttons.all()) {
      await button.hover();
      expect(await violations({ runOnly: ['color-contrast'] })).toEqual([]);
    }
  },
);

test('the playground on the first page is as tall as it needs and has the colors of the page', async () => {
  const { page, complaints } = watched;
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(served.url);
  const frame = page.locator('.playground iframe');
  await frame.scrollIntoViewIfNeeded();
  const inside = page.frameLocator('.playground iframe').locator('html');
  await inside.and(page.frameLocator('.playground iframe').locator('[data-theme=dark]')).waitFor();
  const needed = await inside.evaluate((root) => (root as HTMLElement).offsetHeight);
  expect(needed).toBeGreaterThan(400);
  await expect.poll(async () => (await frame.boundingBox())!.height).toBeCloseTo(needed, -1);
  expect(complaints.splice(0)).toEqual([]);
});
