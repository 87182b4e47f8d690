import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as systemPath from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A server of static files on this machine. */
export interface Served {
  /** Its address, ending in `/`. */
  readonly url: string;
  /** Stops it. */
  close(): Promise<void>;
}

/** Serves the files of a folder, each with some headers. */
export async function serve(
  folder: string,
  headers: Readonly<Record<string, string>>,
): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const file = fileIn(folder, pathname === '/' ? '/index.html' : pathname);
    if (file === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = types[systemPath.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type, ...headers });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The file that a URL's path names in a folder; undefined for what lies outside, on whatever drive, or is no path. */
export function fileIn(
  folder: string,
  pathname: string,
  path: Pick<typeof systemPath, 'join' | 'relative' | 'isAbsolute'> = systemPath,
): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const file = path.join(folder, name);
  const within = path.relative(folder, file);
  return within.startsWith('..') || path.isAbsolute(within) ? undefined : file;
}
