// The built site as VitePress serves it, and a Chromium that says what a page complains of and asks for.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { serve } from 'vitepress';
import { root } from '../links.ts';
import { chromiumPath } from '../../packages/conformance/runner/chromium.ts';

/** A built site that is served. */
export interface ServedSite {
  /** The address of the first page, ending in `/`. */
  readonly url: string;
  close(): void;
}

/** Serves `site/dist` at a free port under the base that it was built for. */
export async function serveSite(): Promise<ServedSite> {
  // The function resolves with Node's server, which its type does not say.
  const { server } = (await serve({ root: join(root, 'site'), port: 0 })) as unknown as {
    server: Server;
  };
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/secateur/`, close: () => server.close() };
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
