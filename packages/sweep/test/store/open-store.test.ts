import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore, type TrialStore } from '@secateur/sweep';
import { testFolder } from '@secateur/testing/folders';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { motoMissing, startMoto } from '../../servers/index.ts';

const credentials = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'hidden' };
const missing = motoMissing();
let s3: Awaited<ReturnType<typeof startMoto>> | undefined;
if (missing === undefined) {
  beforeAll(async () => {
    s3 = await startMoto();
  });
  afterAll(async () => s3?.stop());
}

function folder(): string {
  const made = testFolder();
  return made;
}

async function bucket(): Promise<TrialStore> {
  const name = `test-${randomUUID()}`;
  await fetch(`${s3!.endpoint}/${name}`, { method: 'PUT' });
  return openStore(`s3://${name}/a/prefix?endpoint=${s3!.endpoint}`, credentials);
}

const kinds: [string, () => TrialStore | Promise<TrialStore>][] = [
  ['a folder', () => openStore(pathToFileURL(join(folder(), 'store')).href)],
];
if (missing === undefined) kinds.push(['a bucket', bucket]);

describe.each(kinds)('in %s', (_, open) => {
  test('values are read as they were written, of any bytes and of none', async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
    await store.write('a/b=c/0001-x.bin', bytes);
    await store.write('a/empty', new Uint8Array());
    expect(await store.read('a/b=c/0001-x.bin')).toEqual(bytes);
    expect(await store.read('a/empty')).toEqual(new Uint8Array());
    expect(await store.read('a/other')).toBeUndefined();
  });

  test('a listing has what begins with its prefix, and what was removed is gone', async () => {
    const store = await open();
    expect(await store.list('a/')).toEqual([]);
    for (const key of ['a/1', 'a/b/2', 'ab/3']) await store.write(key, Uint8Array.of(1));
    expect((await store.list('a/')).sort()).toEqual(['a/1', 'a/b/2']);
    await store.remove('a/1');
    await store.remove('a/1');
    expect(await store.list('a/')).toEqual(['a/b/2']);
    expect(await store.read('a/1')).toBeUndefined();
  });

  test('a key that leads out of it is refused', async () => {
    const store = await open();
    for (const key of ['../a', 'a//b', '/a', 'a/..', 'a b', '.a']) {
      const refusal = {
        code: 'argument',
        message: expect.stringContaining('expected a key of letters') as string,
      };
      await expect(store.write(key, new Uint8Array())).rejects.toMatchObject(refusal);
      await expect(store.read(key)).rejects.toMatchObject(refusal);
      await expect(store.list(`${key}/`)).rejects.toMatchObject(refusal);
      await expect(store.remove(key)).rejects.toMatchObject(refusal);
    }
  });
});

describe.skipIf(missing !== undefined)(
  `in a bucket${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    test('a listing has more than the thousand keys of one page', async () => {
      const store = await bucket();
      for (let i = 0; i < 1001; i += 77) {
        const keys = Array.from({ length: 77 }, (_, j) => `many/${i + j}`);
        await Promise.all(keys.map((key) => store.write(key, new Uint8Array())));
      }
      expect(new Set(await store.list('many/')).size).toBe(1001);
    });

    test('that is not there, nothing is written or read as if it were empty', async () => {
      const store = openStore(`s3://no-such-bucket-of-ours?endpoint=${s3!.endpoint}`, credentials);
      const message = /found status 404 NoSuchBucket; make the bucket, or check its name\.$/;
      await expect(store.read('a')).rejects.toThrow(message);
      await expect(store.write('a', Uint8Array.of(1))).rejects.toThrow(message);
      await expect(store.list('a/')).rejects.toThrow(message);
    });
  },
);

describe('a folder', () => {
  test('shows no file before it is whole', async () => {
    const place = folder();
    mkdirSync(join(place, 'a'));
    // As a killed process leaves it behind.
    writeFileSync(join(place, 'a', '.1.0123456789abcdef.tmp'), 'half');
    expect(await openStore(place).list('a/')).toEqual([]);
  });

  test('is made, but none above it, as where a share is not mounted', async () => {
    const place = join(folder(), 'share', 'store');
    await expect(openStore(place).write('a', Uint8Array.of(1))).rejects.toMatchObject({
      code: 'store',
      message: `store: expected to write a in the folder ${place}, found none (ENOENT); check the path.`,
    });
  });
});

/** A server that answers as S3 does; what it is asked is in the request. */
async function answering(
  answer: (count: number, response: ServerResponse, headers: Record<string, unknown>) => void,
): Promise<TrialStore> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    answer(count, response, request.headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return openStore(`s3://bucket?endpoint=http://127.0.0.1:${port}`, credentials);
}

const refuse = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
};

describe('a bucket', () => {
  test('whose server is overloaded for a moment is asked again', async () => {
    const store = await answering((count, response) => {
      if (count <= 2) refuse(response, 503, 'SlowDown');
      else response.end('value');
    });
    expect(new TextDecoder().decode(await store.read('a'))).toBe('value');
  });

  test('that refuses the credentials is an error at once, which does not show them', async () => {
    let asked = 0;
    const store = await answering((count, response) => {
      asked = count;
      refuse(response, 403, 'SignatureDoesNotMatch');
    });
    const error = (await store.write('a', Uint8Array.of(1)).catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ code: 'store' });
    expect(error.message).toMatch(/status 403 SignatureDoesNotMatch; check AWS_ACCESS_KEY_ID/);
    expect(error.message).not.toContain('hidden');
    expect(asked).toBe(1);
  });

  test('whose clock is an hour ahead is asked by its clock', async () => {
    const hour = new Date(Date.now() + 3_600_000);
    const dates: string[] = [];
    const store = await answering((_, response, headers) => {
      const date = String(headers['x-amz-date']);
      dates.push(date);
      response.setHeader('date', hour.toUTCString());
      const minutes = (text: string): string => text.replace(/[:-]/g, '').slice(0, 11);
      if (minutes(date) === minutes(new Date(hour.getTime()).toISOString())) response.end('value');
      else refuse(response, 403, 'RequestTimeTooSkewed');
    });
    expect(new TextDecoder().decode(await store.read('a'))).toBe('value');
    expect(dates).toHaveLength(2);
  });

  test('that is no bucket but a page is an error of a listing', async () => {
    const store = await answering((_, response) => response.end('<html>'));
    await expect(store.list('a/')).rejects.toMatchObject({ code: 'store' });
  });

  test('on a host that does not exist is an error at once', async () => {
    const store = openStore('s3://bucket?endpoint=http://no-such-host.invalid', credentials);
    await expect(store.read('a')).rejects.toThrow(
      'found no host of that name; check the endpoint.',
    );
  });
});

describe('openStore', () => {
  test.each([
    ['ftp://me:secret@host/folder', 'expected a folder, file:///folder or s3://bucket/prefix'],
    ['s3://me:secret@bucket', 'with no name or password in it'],
    ['s3://bucket?endpoint=http://me:secret@host', 'with no name or password in it'],
    ['s3://bucket/100%?endpoint=http://host', 'found "s3://bucket/100%?endpoint=http://host"'],
    ['', 'expected a folder'],
  ])('refuses %s', (url, message) => {
    const open = (): TrialStore => openStore(url, credentials);
    expect(open).toThrow(message);
    expect(open).not.toThrow('secret');
  });
  test('says which credentials are missing', () => {
    const env = { AWS_ACCESS_KEY_ID: 'key' };
    expect(() => openStore('s3://bucket', env)).toThrow('found only the first; set both');
  });
});
