import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedArray } from '@secateur/groups';
import {
  peepholeLstmCell,
  rhnCell,
  simpleRnnCell,
  simpleRnnReluCell,
  type Cell,
} from '@secateur/kernels';
import type { OwnLayer } from '@secateur/pruner/names';
import { describe, expect, test } from 'vitest';
import { writeDirectory } from '../../src/files/write-folder.ts';
import { writeWeights } from '../../src/files/write-format.ts';
import { emptyFolder } from '../support/fixture.ts';

const zeros = (...shape: number[]): NamedArray => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** A layer of 3 inputs and 3 units, whose weights have so many blocks. */
function recurrent(
  name: string,
  cell: Cell,
  blocks: readonly [kernel: number, recurrent: number],
  more: { depth?: number; settings?: Record<string, number>; weights?: object } = {},
): OwnLayer {
  const weights = {
    ...{ kernel: zeros(3, 3 * blocks[0]), recurrent: zeros(3, 3 * blocks[1]) },
    ...{ bias: zeros(3 * blocks[1]), ...more.weights },
  };
  const { depth = 1, settings = {} } = more;
  return { kind: 'recurrent', name, directions: [{ cell, depth, settings, weights }] };
}

/** The message of what a format refuses, once nothing was written. */
async function refusal(to: string, ...layers: OwnLayer[]): Promise<string> {
  const out = join(emptyFolder(), 'out');
  const write = async (): Promise<void> => {
    if (to === 'directory') await writeDirectory(out, { layers });
    else writeWeights(out, { layers }, to as 'keras' | 'secateur', { float16: false });
  };
  const error = await write().then(
    () => new Error('it was written'),
    (thrown: unknown) => thrown as Error,
  );
  expect(existsSync(out)).toBe(error.message === 'it was written');
  return error.message;
}

describe.each(['keras', 'secateur', 'directory'])('%s', (to) => {
  test('refuses a cell that its names would show as another', async () => {
    expect(await refusal(to, recurrent('rnn', simpleRnnReluCell, [1, 1]))).toBe(
      'expected cells that names of weights tell apart, found the cell "simple rnn, relu" in "rnn", which would be read as the cell "simple rnn"; choose another format.',
    );
    expect(await refusal(to, recurrent('rnn', simpleRnnCell, [1, 1]))).toBe('it was written');
  });
  test('refuses peepholes', async () => {
    const names = ['inputPeephole', 'forgetPeephole', 'outputPeephole'];
    const weights = Object.fromEntries(names.map((name) => [name, zeros(3)]));
    expect(await refusal(to, recurrent('rnn', peepholeLstmCell, [4, 4], { weights }))).toMatch(
      to === 'keras'
        ? /found the cell "peephole lstm" .* in "rnn", which would be read as the cell "lstm"/
        : /found rnn\/inputPeephole, .* of which the names do not say what they compute/,
    );
  });
});

test.each(['secateur', 'directory'])(
  '%s refuses two Recurrent Highway layers that add different numbers to their gates',
  async (to) => {
    const layer = (name: string, transformBias: number): OwnLayer =>
      recurrent(name, rhnCell, [2, 4], { depth: 2, settings: { transformBias } });
    expect(await refusal(to, layer('a', -2), layer('b', -3))).toBe(
      'expected cells that names of weights tell apart, found the cell "rhn" with depth 2 with transformBias -3 in "b", which would be read as the cell "rhn" with depth 2 with transformBias -2; choose another format.',
    );
    expect(await refusal(to, layer('a', -2), layer('b', -2))).toBe('it was written');
  },
);
