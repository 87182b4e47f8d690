import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  grads,
  memory,
  mul,
  sum,
  tensor,
  tidy,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { recurrentSequence } from '@secateur/backend/kernels';
import { rhnCell } from '@secateur/kernels';
import {
  describeBackend,
  expectAllClose,
  rhnGradientReference,
  rhnReference,
} from '@secateur/testing';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { describe, expect, test } from 'vitest';

interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** An RHN of one depth as PyTorch computed it in float64, and the gradients of the sum of `y * dy`. */
interface Highway {
  readonly depth: number;
  readonly inputs: Readonly<Record<(typeof differentiable)[number] | 'mask', Recorded>>;
  readonly y: Recorded;
  readonly dy: Recorded;
  readonly gradients: Readonly<Record<(typeof differentiable)[number], Recorded>>;
}

interface Recording {
  readonly torch: string;
  readonly transformBias: number;
  readonly records: readonly Highway[];
}

const differentiable = ['x', 'kernel', 'recurrent', 'bias', 's0'] as const;

const fixtures = join(import.meta.dirname, '../fixtures');
const read = (path: string): Recording => JSON.parse(readFileSync(path, 'utf8')) as Recording;
const { records, transformBias } = read(join(fixtures, 'torch-rhn.json'));

const tensorOf = ({ shape, data }: Recorded): Tensor => tensor([...data], [...shape], 'float32');

describe('the float64 reference of an RHN', () => {
  test.each(records)('has the outputs and gradients of PyTorch at depth $depth', (highway) => {
    const { depth, inputs, y, dy, gradients } = highway;
    const [batch, time, input] = inputs.x.shape as [number, number, number];
    const values = Object.fromEntries(
      Object.entries(inputs).map(([name, { data }]) => [name, data]),
    ) as Record<keyof typeof inputs, readonly number[]>;
    const given = {
      ...values,
      batch,
      time,
      input,
      units: y.shape[2]!,
      depth,
      transformBias,
    };
    const close = { rtol: 1e-12, atol: 1e-13 };
    expectAllClose(rhnReference(given), y.data, close);
    const actual = rhnGradientReference(given, Float64Array.from(dy.data));
    for (const name of differentiable) expectAllClose(actual[name], gradients[name].data, close);
  });
});

describeBackend('an RHN', () => {
  test.each(records)('has the outputs and gradients of PyTorch at depth $depth', (highway) => {
    const before = memory().numTensors;
    tidy(() => {
      const { mask, ...rest } = highway.inputs;
      const given = differentiable.map((name) => tensorOf(rest[name]));
      const run = (...tensors: Tensor[]): Tensor => {
        const [x, kernel, recurrent, bias, s] = tensors as never[];
        const weights = { kernel: kernel!, recurrent: recurrent!, bias: bias! };
        const masks = { mask: tensorOf(mask) as Tensor2D };
        const inputs = { x: x!, weights, states: { s: s! }, masks };
        return recurrentSequence(rhnCell, inputs, { settings: { transformBias } }).y;
      };
      expectAllClose(run(...given), highway.y.data);
      const dy = tensorOf(highway.dy);
      const actual = grads((...tensors) => sum(mul(run(...tensors), dy)))(given);
      differentiable.forEach((name, k) => {
        expect(actual[k]!.shape, name).toEqual(highway.gradients[name].shape);
        expectAllClose(actual[k]!, highway.gradients[name].data, { rtol: 1e-4, atol: 1e-5 });
      });
    });
    expect(memory().numTensors).toBe(before);
  });
});

const python = process.env['SECATEUR_PYTHON'];
describe('the recording', () => {
  test.skipIf(python === undefined)('is what the PyTorch of SECATEUR_PYTHON computes', () => {
    const folder = temporaryFolder();
    try {
      const file = join(folder, 'torch-rhn.json');
      execFileSync(python!, [join(fixtures, 'torch_rhn.py'), file]);
      const now = read(file).records;
      expect(now.map(({ depth }) => depth)).toEqual([1, 2, 10]);
      now.forEach(({ y, gradients }, k) => {
        expectAllClose(y.data, records[k]!.y.data, { rtol: 1e-12, atol: 1e-13 });
        for (const name of differentiable) {
          const recorded = records[k]!.gradients[name].data;
          expectAllClose(gradients[name].data, recorded, { rtol: 1e-12, atol: 1e-13 });
        }
      });
    } finally {
      removeFolder(folder);
    }
  });
});
