import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { sharedFolder } from '@secateur/testing/folders';
import { describe, expect, test, vi } from 'vitest';
import { motoMissing, startMoto } from '../servers/index.ts';
import { sweepIn } from './support/cli.ts';

const folder = sharedFolder();

const root = join(import.meta.dirname, '../../..');

/** What a user types after `secateur sweep`, with variables of the environment. */
async function sweep(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ReturnType<typeof sweepIn> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    return await sweepIn(root, ...args);
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Writes a sweep of trainings of 40 steps, which end at the square root of 2; returns its file. */
function sweepFile(name: string, rates: readonly number[]): string {
  const file = join(folder, `${name}.json`);
  const loop = join(import.meta.dirname, 'own-loop.ts');
  const command = sourceCommand(loop, '{run}', '{rate}');
  writeFileSync(file, JSON.stringify({ name, command, settings: { rate: rates } }));
  return file;
}

/** States of the trials, and how many have each. */
async function counts(
  name: string,
  where: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<unknown> {
  const { out, err, code } = await sweep(['status', name, ...where, '--json'], env);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const found = (JSON.parse(out) as { counts: Record<string, number> }).counts;
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0));
}

describe('a store that is not there', () => {
  test('is named, as a folder and as S3, and no trial is lost', async () => {
    const file = sweepFile('absent', [0.05]);
    const share = join(folder, 'share');
    const store = join(share, 'store');
    const away = await sweep(['add', file, '--store', store]);
    expect(away.code).toBe(1);
    expect(away.err).toContain(store);
    expect(away.err).toContain('ENOENT');

    mkdirSync(share);
    expect((await sweep(['add', file, '--store', store])).code).toBe(0);
    renameSync(share, `${share}-gone`);
    const working = await sweep(['work', 'absent', '--store', store]);
    expect(working.code).toBe(1);
    expect(working.err).toContain(store);
    renameSync(`${share}-gone`, share);
    expect((await sweep(['work', 'absent', '--store', store])).code).toBe(0);
    expect(await counts('absent', ['--store', store])).toEqual({ done: 1 });

    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const endpoint = `http://127.0.0.1:${port}`;
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const s3 = await sweep(['add', file, '--store', `s3://sweeps/a?endpoint=${endpoint}`], env);
    expect(s3.code).toBe(1);
    expect(s3.err).toContain('ECONNREFUSED');
    expect(s3.err).toContain(endpoint);
  });
});

describe.skipIf(motoMissing() !== undefined)('S3 that checks', () => {
  test('refuses wrong credentials and an unknown bucket, each in words of what to do', async () => {
    const moto = await startMoto({ checked: true });
    try {
      const file = sweepFile('credentials', [0.05]);
      const store = moto.storeUrl('credentials');
      const secret = { ...moto.env, AWS_SECRET_ACCESS_KEY: 'wrong' };
      const wrong = await sweep(['add', file, '--store', store], secret);
      expect(wrong.code).toBe(1);
      expect(wrong.err).toContain('SignatureDoesNotMatch');
      expect(wrong.err).toContain('AWS_SECRET_ACCESS_KEY');
      expect(wrong.err).not.toContain(moto.env.AWS_SECRET_ACCESS_KEY);
      const unknown = { ...moto.env, AWS_ACCESS_KEY_ID: 'AKIAUNKNOWNUNKNOWNUN' };
      const nobody = await sweep(['add', file, '--store', store], unknown);
      expect(nobody.code).toBe(1);
      expect(nobody.err).toContain('InvalidAccessKeyId');
      const none = await sweep(['add', file, '--store', store], {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
      });
      expect(none.err).toContain('AWS_ACCESS_KEY_ID');
      const bucket = await sweep(
        ['add', file, '--store', store.replace('//sweeps', '//other')],
        moto.env,
      );
      expect(bucket.code).toBe(1);
      expect(bucket.err).toContain('NoSuchBucket');

      expect((await sweep(['add', file, '--store', store], moto.env)).code).toBe(0);
      const work = await sweep(['work', 'credentials', '--store', store], secret);
      expect(work.code).toBe(1);
      const right = await sweep(['work', 'credentials', '--store', store], moto.env);
      expect(right.code).toBe(0);
      expect(await counts('credentials', ['--store', store], moto.env)).toEqual({ done: 1 });
    } finally {
      await moto.stop();
    }
  });
});

describe('a sweep that changes under its name', () => {
  test('is refused with what differs, and what was there stays', async () => {
    const store = join(folder, 'changed');
    const file = sweepFile('changed', [0.05]);
    expect((await sweep(['add', file, '--store', store])).code).toBe(0);
    expect((await sweep(['work', 'changed', '--store', store])).code).toBe(0);
    sweepFile('changed', [0.05, 0.06]);
    const { code, err } = await sweep(['add', file, '--store', store]);
    expect(code).toBe(1);
    expect(err).toContain('settings');
    expect(err).toContain('another name');
    expect(await counts('changed', ['--store', store])).toEqual({ done: 1 });
  });
});
