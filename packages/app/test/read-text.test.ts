import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sharedFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { fileDigest, readLines, readText } from '@secateur/app';

const folder = sharedFolder();

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function linesOf(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(file)) lines.push(line);
  return lines;
}

const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('the tea\r\n', 'utf16le')]);
const windows1252 = Buffer.from('caf\u00e9\n', 'latin1');

describe('readText', () => {
  test('reads UTF-8, packed or not, without its byte order mark', () => {
    for (const [name, content] of [
      ['plain.txt', 'né\r\nb'],
      ['marked.txt', '\ufeffné\r\nb'],
      ['packed.txt.gz', gzipSync('\ufeffné\r\nb')],
      ['PACKED.TXT.GZ', gzipSync('né\r\nb')],
    ] as const) {
      expect(readText(write(name, content))).toBe('né\r\nb');
    }
  });

  test('refuses other encodings, which would be other words', () => {
    const wide = 'found UTF-16, as ">" of Windows PowerShell writes it; save it as UTF-8.';
    expect(() => readText(write('wide.txt', utf16))).toThrow(
      `wide.txt: expected text in UTF-8, ${wide}`,
    );
    expect(() => readText(write('bare.txt', utf16.subarray(2)))).toThrow(wide);
    expect(() => readText(write('old.txt', windows1252))).toThrow(
      'found bytes that are none, as of Windows-1252; save it as UTF-8.',
    );
  });

  test('says what cannot be read', () => {
    expect(() => readText(join(folder, 'no.txt'))).toThrow(
      /no\.txt: expected a readable file, found none \(ENOENT\)/,
    );
    expect(() => readText(write('x.gz', 'plain'))).toThrow(
      /x\.gz: expected a readable file that gzip made, found incorrect header check/,
    );
  });
});

describe('readLines', () => {
  test('takes both line ends and a byte order mark, and no other separator', async () => {
    const file = write('lines.txt', '\ufeffa b\r\nc\u2028d\r \n\r\ne');
    expect(await linesOf(file)).toEqual(['a b', 'c\u2028d\r ', '', 'e']);
    expect(await linesOf(write('lines.txt.gz', gzipSync('a\r\nb\n')))).toEqual(['a', 'b']);
    expect(await linesOf(write('empty.txt', ''))).toEqual([]);
  });

  test('puts characters together that lie in two pieces of the file', async () => {
    const long = 'é€😀'.repeat(50_000);
    expect(await linesOf(write('long.txt', `x${long}\n${long}`))).toEqual([`x${long}`, long]);
  });

  // Only there the system tells; on Windows an open file can be neither renamed nor removed.
  test.runIf(process.platform === 'linux')('closes the file when its reader stops', async () => {
    const open = (file: string): boolean =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(join('/proc/self/fd', fd)) === file;
        } catch {
          return false;
        }
      });
    for (const file of [write('a.txt', 'a\nb\n'), write('a.txt.gz', gzipSync('a\nb\n'))]) {
      const lines = readLines(file);
      expect((await lines.next()).value).toBe('a');
      await lines.return(undefined);
      expect(open(file)).toBe(false);
    }
    const broken = write('broken.gz', gzipSync('a\n'.repeat(1000)).subarray(0, -8));
    await expect(linesOf(broken)).rejects.toThrow('expected a readable file that gzip made');
    expect(open(broken)).toBe(false);
  });

  test('refuses UTF-16', async () => {
    await expect(linesOf(write('wide.txt', utf16))).rejects.toThrow(
      'wide.txt: expected text in UTF-8, found UTF-16',
    );
  });
});

describe('fileDigest', () => {
  test('is SHA-256 of the bytes as they lie on the disk, packed or not', async () => {
    // The digest of "abc" that FIPS 180-4 gives as an example.
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await fileDigest(write('abc.txt', 'abc'))).toBe(abc);
    expect(await fileDigest(write('abc.txt.gz', 'abc'))).toBe(abc);
  });

  test('says what it cannot read', async () => {
    await expect(fileDigest(join(folder, 'none'))).rejects.toThrow(
      /none: expected a readable file, found none \(ENOENT\)/,
    );
  });
});
