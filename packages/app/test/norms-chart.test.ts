import { normsChart } from '@secateur/app';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';

/** The picture in a chart, and the colour of a place in it, both from 0 to 1 from the top left. */
function pictureOf(svg: string): (x: number, y: number) => number[] {
  const [, base64] = /href="data:image\/png;base64,([^"]+)"/.exec(svg)!;
  const { width, height, data } = decode(Buffer.from(base64!, 'base64'));
  return (x, y) => {
    const at = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
    return Array.from(data.slice(at, at + 3));
  };
}

const [white, palest, darkest] = [
  [255, 255, 255],
  [0xe3, 0xed, 0xf7],
  [0x08, 0x30, 0x6b],
];

test('components lie in the order of their death, the colour is the magnitude, zero is white', () => {
  // Three snapshots of three components: the first dies in the second, the third in the last, the second lives.
  const norms = [
    [0.01, 10, 1],
    [0, 10, 0.01],
    [0, 10, 0],
  ];
  const svg = normsChart({ title: 'Norms', steps: [1, 2, 3], norms });
  const colour = pictureOf(svg);
  const row = (y: number): number[][] => [1 / 6, 1 / 2, 5 / 6].map((x) => colour(x, y));
  // From the bottom: the one that lives, the last to die, the first to die.
  expect(row(5 / 6)).toEqual([darkest, darkest, darkest]);
  // Of magnitudes from -2 to 1, 0 lies two thirds up: two thirds of the way from the third colour to the fourth.
  expect(row(1 / 2)).toEqual([[27, 103, 170], palest, white]);
  expect(row(1 / 6)).toEqual([palest, white, white]);
  expect(svg).toContain('Norms');
  // The scale says what the darkest and the palest are.
  expect(svg).toContain('>10<');
  expect(svg).toContain('>0.010<');
});

test('a large network gives a small picture, one without components an empty one', () => {
  const norms = Array.from({ length: 48 }, (_, step) =>
    Array.from({ length: 1500 }, (_, i) => (i * step) % 7),
  );
  const steps = norms.map((_, step) => step);
  expect(normsChart({ title: '', steps, norms }).length).toBeLessThan(400_000);
  const colour = pictureOf(normsChart({ title: '', steps: [1], norms: [[]] }));
  expect(colour(0.5, 0.5)).toEqual(white);
});
