// Pages that are served, and a Chromium that says what a page complains of and asks for.
import { chromium, type Browser, type Page } from 'playwright';
import { preview } from 'vite';
import { chromiumPath } from '../../packages/conformance/runner/chromium.ts';

/** A built site that is served. */
export interface ServedSite {
  /** The address of the first page, ending in `/`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder of pages at a free port, `a.html` under `a` too, as GitHub Pages does. */
export async function serveSite(outDir: string, base: string): Promise<ServedSite> {
  const server = await preview({
    ...{ root: outDir, base, appType: 'mpa', configFile: false, logLevel: 'silent' },
    ...{ build: { outDir }, preview: { port: 0 } },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

/** A page that notes what goes wrong on it. */
export interface Watched {
  readonly page: Page;
  /** Errors that it printed or threw, answers that failed, and addresses on other hosts that it asked for. */
  readonly complaints: string[];
}

/** Starts Chromium. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });

/** Opens an empty page that may reach one host. */
export async function watchedPage(
  browser: Browser,
  host: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Watched> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(0);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium's own word where the playground asks whether there is WebGPU, and there is no GPU.
    if (message.text() === 'No available adapters.') return;
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.route(
    (url) => url.origin !== new URL(host).origin && !['data:', 'blob:'].includes(url.protocol),
    (route) => {
      complaints.push(`another host: ${route.request().url()}`);
      return route.abort();
    },
  );
  return { page, complaints };
}
