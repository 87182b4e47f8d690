import { execFileSync } from 'node:child_process';
import { AwsClient } from 'aws4fetch';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import {
  motoMissing,
  postgresMissing,
  redisMissing,
  startMoto,
  startPostgres,
  startRedis,
} from '../servers/index.ts';

/** Skips where a program is missing, and says so. */
const describeWith = (name: string, missing: string | undefined, body: () => void): void => {
  describe.skipIf(missing !== undefined)(
    missing === undefined ? name : `${name}: ${missing}`,
    body,
  );
};

describeWith('startRedis', redisMissing(), () => {
  test('keeps what it was told, when killed and when stopped, and is gone in the end', async () => {
    const server = await startRedis();
    const ask = async <T>(what: (redis: Redis) => Promise<T>): Promise<T> => {
      const redis = new Redis(server.url);
      try {
        return await what(redis);
      } finally {
        redis.disconnect();
      }
    };
    await ask((redis) => redis.set('a', '1'));
    await server.restart();
    await ask((redis) => redis.set('b', '2'));
    await server.kill();
    await server.restart();
    expect(await ask((redis) => redis.mget('a', 'b'))).toEqual(['1', '2']);
    await server.stop();
    const late = new Redis(server.url, { retryStrategy: null, lazyConnect: true });
    late.on('error', () => undefined);
    await expect(late.connect()).rejects.toThrow();
  });
});

describeWith('startPostgres', postgresMissing(), () => {
  test('keeps what it was told when it is killed, and is gone in the end', async () => {
    const server = await startPostgres();
    const ask = (sql: string): string =>
      execFileSync('psql', [server.url, '-qtA', '-c', sql], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim();
    ask('create table t as select 7 as a');
    await server.kill();
    await server.restart();
    expect(ask('select a from t')).toBe('7');
    await server.stop();
    expect(() => ask('select 1')).toThrow('refused');
  });
});

describeWith('startMoto', motoMissing(), () => {
  const started: { stop(): Promise<void> }[] = [];
  afterAll(() => Promise.all(started.map((server) => server.stop())));

  test.each([false, true])('stores objects; credentials checked: %s', async (checked) => {
    const server = await startMoto({ checked });
    started.push(server);
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = server.env;
    const options = { service: 's3', region: 'us-east-1', retries: 0 };
    const url = `${server.endpoint}/sweeps/a/b`;
    const good = new AwsClient({ accessKeyId, secretAccessKey, ...options });
    expect((await good.fetch(url, { method: 'PUT', body: 'text' })).status).toBe(200);
    expect(await (await good.fetch(url)).text()).toBe('text');
    const bad = new AwsClient({ accessKeyId, secretAccessKey: 'wrong', ...options });
    expect((await bad.fetch(url)).status).toBe(checked ? 403 : 200);
  });
});
