import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { cacheFolder, madeInOneGo, python, run } from '@secateur/testing/system';
import { freePort, startProgram, type Server } from './program.ts';
import { isRequired } from './required.ts';

/** The PyPI package that answers as S3 does. */
const PACKAGE = 'moto[server]==5.2.5';
const BUCKET = 'sweeps';
const REGION = 'us-east-1';

/** An S3 that a test started; it keeps all in memory. */
interface MotoServer extends Server {
  /** Such as `http://127.0.0.1:40125`. */
  readonly endpoint: string;
  /** The store of a sweep in its bucket, such as `s3://sweeps/lambda?endpoint=...&region=us-east-1`. */
  storeUrl(prefix: string, endpoint?: string): string;
  /** Credentials that it takes; it takes any, unless `checked`. */
  readonly env: Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
}

/** Why {@link startMoto} cannot work here, for tests that are skipped then. */
export function motoMissing(): string | undefined {
  return isRequired() || existsSync(installed())
    ? undefined
    : 'expected moto in the cache of Secateur, found none; install it by npm run servers';
}

/**
 * Starts an S3 on loopback, with the bucket `sweeps`.
 *
 * @throws Error when it is not installed.
 */
export async function startMoto({
  checked = false,
}: {
  /** Whether it refuses unknown credentials and wrong signatures, as a real S3 does. */
  readonly checked?: boolean;
} = {}): Promise<MotoServer> {
  const missing = motoMissing();
  if (missing !== undefined) throw new Error(`startMoto: ${missing}.`);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const running = await startProgram({
    name: 'moto',
    command: python(),
    args: ['-c', 'from moto.server import main; main()', '-H', '127.0.0.1', '-p', String(port)],
    port,
    env: {
      PYTHONPATH: installed(),
      // A new user, its key and its rights are what may be asked for before credentials count.
      ...(checked ? { INITIAL_NO_AUTH_ACTION_COUNT: '3' } : {}),
    },
  });
  const [id, secret] = checked ? await newUser(endpoint) : ['testing', 'testing'];
  const bucket = await client(id, secret, 's3').fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' });
  if (!bucket.ok) throw new Error(`startMoto: expected a bucket, found ${await bucket.text()}`);
  return {
    port,
    pid: () => running.pid,
    endpoint,
    storeUrl: (prefix, at = endpoint) =>
      `s3://${BUCKET}/${prefix}?endpoint=${encodeURIComponent(at)}&region=${REGION}`,
    env: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret },
    stop: () => running.end('SIGTERM'),
    kill: () => running.end('SIGKILL'),
  };
}

const client = (accessKeyId: string, secretAccessKey: string, service: string): AwsClient =>
  new AwsClient({ accessKeyId, secretAccessKey, service, region: REGION, retries: 0 });

/** The folder with moto's package and what it needs. */
const installed = (): string => join(cacheFolder(), `python-${PACKAGE.replace(/\W+/g, '-')}`);

/**
 * Has pip put moto into the user's cache folder, unless it is there: a minute and 300 MB.
 *
 * @throws ToolError when there is no pip, or when it reaches no index.
 */
export function installMoto(say: (line: string) => void): void {
  if (existsSync(installed())) return;
  say(`installing ${PACKAGE} with pip, some 300 MB`);
  madeInOneGo(installed(), (folder) => {
    const packages = join(folder, 'packages');
    run(
      'installMoto',
      python(),
      [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
        ...['--only-binary=:all:', '--target', packages, PACKAGE],
      ],
      'install Python 3 with pip (Debian: apt-get install python3-pip) and see that it reaches a package index',
    );
    return packages;
  });
}

/** A user who may do anything, and its key: the three actions that need no credentials. */
async function newUser(endpoint: string): Promise<readonly [id: string, secret: string]> {
  const iam = client('any', 'any', 'iam');
  const ask = async (Action: string, rest: Record<string, string> = {}): Promise<string> => {
    const body = new URLSearchParams({ Action, UserName: 'sweep', Version: '2010-05-08', ...rest });
    const answer = await iam.fetch(endpoint, {
      method: 'POST',
      body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`startMoto: expected ${Action} to be done, found ${text}`);
    return text;
  };
  await ask('CreateUser');
  const key = await ask('CreateAccessKey');
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  await ask('PutUserPolicy', {
    PolicyName: 'all',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  const part = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(key)![1]!;
  return [part('AccessKeyId'), part('SecretAccessKey')];
}
