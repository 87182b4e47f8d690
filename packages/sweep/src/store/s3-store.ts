import { AwsClient } from 'aws4fetch';
import { sha256Of } from '../bytes.ts';
import { SweepError } from '../error.ts';
import { checkKey } from './check-key.ts';
import type { Environment } from './open-store.ts';
import { persistently } from './retry.ts';
import { requestError, S3Refusal, mayPass } from './s3-error.ts';
import { parseListing } from './s3-listing.ts';
import type { TrialStore } from './trial-store.ts';

/** A store in a bucket of S3, or of a server that speaks as S3 does, addressed by its path. */
export function s3Store(address: URL, env: Environment): TrialStore {
  const bucket = address.hostname;
  const url = `s3://${bucket}${address.pathname}${address.search}`;
  const prefix = decodeURIComponent(address.pathname).replace(/^\/+|\/+$/g, '');
  const query = address.searchParams;
  const region =
    query.get('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const endpoint =
    query.get('endpoint') ??
    env['AWS_ENDPOINT_URL_S3'] ??
    env['AWS_ENDPOINT_URL'] ??
    `https://s3.${region}.amazonaws.com`;
  if (bucket === '' || address.username !== '' || !/^https?:\/\/[^@]+$/.test(endpoint)) {
    throw new SweepError(
      'openStore: expected s3://bucket/prefix?endpoint=https://host with no name or password in it, found another address; give the bucket, and the credentials as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      { code: 'argument' },
    );
  }
  const signer = signerOf(env, region, url);
  const base = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`;
  const root = prefix === '' ? '' : `${prefix}/`;
  /** Milliseconds by which the clock of the store is ahead of ours: it refuses requests that are signed far from its own time. */
  let ahead = 0;

  const send = async (target: string, method: string, body?: Uint8Array): Promise<Response> => {
    const datetime = new Date(Date.now() + ahead).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const headers = body === undefined ? {} : { 'x-amz-content-sha256': sha256Of(body) };
    const init = { method, headers, aws: { datetime } };
    const request = await signer.sign(
      target,
      body === undefined ? init : { ...init, body: body as Uint8Array<ArrayBuffer> },
    );
    const response = await fetch(request);
    if (response.ok) return response;
    const refusal = new S3Refusal(response.status, await response.text());
    const date = Date.parse(response.headers.get('date') ?? '');
    if (refusal.reason === 'RequestTimeTooSkewed' && !Number.isNaN(date)) {
      ahead = date - Date.now();
    }
    throw refusal;
  };
  /** Undefined where the store has nothing of that key. */
  const ask = async <T>(
    what: string,
    target: string,
    read: (response: Response) => Promise<T>,
    [method, body]: readonly [method: string, body?: Uint8Array] = ['GET'],
  ): Promise<T | undefined> => {
    try {
      return await persistently(async () => read(await send(target, method, body)), mayPass);
    } catch (error) {
      if (error instanceof S3Refusal && error.status === 404 && error.reason === 'NoSuchKey') {
        return undefined;
      }
      throw requestError(`expected to ${what} in ${url}`, error);
    }
  };
  const targetOf = (key: string): string =>
    `${base}/${(root + checkKey(key)).split('/').map(encodeURIComponent).join('/')}`;
  const drain = async (response: Response): Promise<void> => {
    await response.arrayBuffer();
  };

  return {
    url,
    read: async (key) =>
      ask(
        `read ${key}`,
        targetOf(key),
        async (response) => new Uint8Array(await response.arrayBuffer()),
      ),
    write: async (key, value) => ask(`write ${key}`, targetOf(key), drain, ['PUT', value]),
    remove: async (key) => ask(`remove ${key}`, targetOf(key), drain, ['DELETE']),
    async list(start) {
      checkKey(start.replace(/\/$/, ''));
      const keys: string[] = [];
      for (let token: string | undefined = ''; token !== undefined;) {
        const parameters = new URLSearchParams({ 'list-type': '2', prefix: root + start });
        if (token !== '') parameters.set('continuation-token', token);
        const text = await ask(
          `list ${start}`,
          `${base}?${parameters.toString().replaceAll('+', '%20')}`,
          (response) => response.text(),
        );
        const page = parseListing(text ?? '');
        if (page === undefined) {
          throw new SweepError(
            `store: expected a listing of ${url}, found another answer; check that the endpoint speaks as S3 does.`,
            { code: 'store' },
          );
        }
        for (const key of page.keys) keys.push(key.slice(root.length));
        token = page.next;
      }
      return keys;
    },
  };
}

function signerOf(env: Environment, region: string, url: string): AwsClient {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) {
    throw new SweepError(
      `openStore: expected credentials for ${url} in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, found ${accessKeyId ? 'only the first' : secretAccessKey ? 'only the second' : 'neither'}; set both in the environment of this command.`,
      { code: 'store' },
    );
  }
  return new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    service: 's3',
    region,
    retries: 0,
  });
}
