import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SweepError } from '../error.ts';
import { messageOf } from '../message-of.ts';
import { readTrials, type TrialRecord } from '../search/read-trials.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { reportPage } from './page.ts';
import { pageState, type PageState } from './state.ts';
import { readReport, reportName } from './trial-report.ts';

/** Options of {@link serveReport}. */
export interface ServeReportOptions {
  readonly name: string;
  readonly store: TrialStore;
  /** The trials of the sweep, asked for again each time: a search adds some. */
  readonly specs: () => Promise<readonly TrialSpec[]>;
  /** Port of this machine; a free one where it is 0. */
  readonly port: number;
  /** Seconds from one question of a page to its next, and the least time between two looks at the store; 5 if left out. */
  readonly seconds?: number;
}

/** A page that is served. */
export interface ServedReport {
  /** Such as `http://127.0.0.1:8080/`. */
  readonly url: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/**
 * Serves the page of a sweep to this machine, live, with the reports of its trials.
 *
 * @throws SweepError with code `argument` when the port is taken.
 *
 * @example
 * ```ts
 * import { openStore, serveReport, sweepSpecs } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const sweep = { name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 };
 * const store = openStore('runs/store');
 * const specs = async () => sweepSpecs(store, sweep);
 * const report = await serveReport({ name: 'rates', store, specs, port: 0 });
 * const page = await (await fetch(report.url)).text(); // as a browser asks for it
 * page.includes('0 of 2'); // => true
 * await report.close();
 * ```
 */
export async function serveReport(options: ServeReportOptions): Promise<ServedReport> {
  const { name, store, specs, port, seconds = 5 } = options;
  let known = new Map<string, TrialRecord>();
  let looked = -Infinity;
  let state: Promise<PageState> | undefined;
  const look = (): Promise<PageState> => {
    // Many pages ask as often as one.
    if (state === undefined || performance.now() - looked > seconds * 900) {
      looked = performance.now();
      state = (async () => {
        const trials = await readTrials(store, await specs(), known);
        known = new Map(trials.map((trial) => [trial.spec.id, trial]));
        return pageState(trials, hrefOf('reports'));
      })();
    }
    return state;
  };
  const answer = async (path: string): Promise<{ type: string; body: string | Uint8Array }> => {
    if (path === '/') return { type: 'html', body: reportPage(name, await look(), seconds) };
    if (path === '/state.json') return { type: 'json', body: JSON.stringify(await look()) };
    const id = /^\/reports\/([^/]+)\/[^/]+$/.exec(path)?.[1];
    const trial = known.get(decodeURIComponent(id ?? ''));
    if (trial?.state !== 'done') return { type: '', body: '' };
    return { type: reportName(trial).split('.').pop()!, body: await readReport(store, trial) };
  };
  const server = createServer((request, response) => {
    // A path alone: two slashes at its beginning are no host.
    void answer((request.url ?? '/').split('?')[0]!)
      .then(({ type, body }) => {
        response.writeHead(type === '' ? 404 : 200, {
          'content-type': types[type] ?? 'text/plain',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          // What a trial left is shown, not run.
          ...(body instanceof Uint8Array && { 'content-security-policy': 'sandbox' }),
        });
        response.end(type === '' ? 'There is no such page.' : body);
      })
      .catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
        response.end(messageOf(error));
      });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (cause) => {
      const message = `report: expected to listen at port ${port} of this machine, found: ${cause.message}; choose another port.`;
      fail(new SweepError(message, { code: 'argument', cause }));
    });
    server.listen(port, '127.0.0.1', done);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** The address of a trial's report below a folder. */
export function hrefOf(folder: string): (trial: TrialRecord) => string {
  return (trial) =>
    [folder, trial.spec.id, reportName(trial)].map((part) => encodeURIComponent(part)).join('/');
}
