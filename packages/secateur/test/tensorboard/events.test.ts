import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../src/tensorboard/crc32c.ts';
import { eventFile } from '../../src/tensorboard/events.ts';
import { pointsOf } from '../../src/tensorboard/points.ts';

describe('crc32c', () => {
  // The test vectors of RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  test.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['digits', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('%s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});

describe('eventFile', () => {
  test("writes the bytes of TensorBoard's own writer", () => {
    const file = eventFile(
      [
        { tag: 'train/loss', step: 300, value: 0.25 },
        { tag: 'norms/h1', step: 301, value: [1, 2, 31] },
      ],
      1.5,
    );
    const theirs = readFileSync(new URL('../fixtures/events.tfevents', import.meta.url));
    expect(Buffer.from(file).equals(theirs)).toBe(true);
  });
  test('a list of one value has one bucket, and one without numbers is empty', () => {
    const [one, none] = [
      [2, 2],
      [NaN, Infinity],
    ].map((value) => eventFile([{ tag: 'a', step: 0, value }], 0));
    expect(one!.length).toBeLessThan(250);
    expect(none!.length).toBeLessThan(one!.length);
  });
  test('a step beyond 32 bits keeps all of its bits', () => {
    const file = eventFile([{ tag: 'a', step: 2 ** 40 + 5, value: 1 }], 0);
    // Field 2 as a varint of six groups: 5, then zeros, then bit 40 = 35 + 5.
    const text = Buffer.from(file).toString('hex');
    expect(text).toContain('10858080808020');
  });
});

describe('pointsOf', () => {
  test('gives numbers and lists by kind and field, also inside objects', () => {
    const records = [
      { kind: 'train', step: 2, epoch: 0, loss: 1.5, alive: { h1: 3, h2: 4 }, note: 'x' },
      { kind: 'norms', step: 3, epoch: 0, norms: { h1: [1, 0] }, empty: [], lost: null },
      { step: 4, free: 7 },
    ];
    expect(pointsOf(records)).toEqual([
      { tag: 'train/loss', step: 2, value: 1.5 },
      { tag: 'train/alive/h1', step: 2, value: 3 },
      { tag: 'train/alive/h2', step: 2, value: 4 },
      { tag: 'norms/norms/h1', step: 3, value: [1, 0] },
      { tag: 'free', step: 4, value: 7 },
    ]);
  });
});
