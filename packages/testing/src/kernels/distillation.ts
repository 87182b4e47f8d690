import {
  grad,
  mul,
  sum,
  tensor1d,
  tensor2d,
  zeros,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  composedDistilledCrossEntropy,
  contracts,
  distilledCrossEntropy,
  type DistillationAttributes,
} from '@secateur/backend/kernels';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { distilledCrossEntropyReference } from '../cross-entropy-reference.ts';
import { expectAllClose } from '../expect-all-close.ts';
import { finiteDifference } from '../finite-difference.ts';
import { numbers } from '../numbers.ts';
import { read, type Values } from '../read.ts';
import { rowsAndClasses } from './cross-entropy.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

const settings: readonly DistillationAttributes[] = [
  { share: 0, temperature: 1 },
  { share: 0.5, temperature: 1 },
  { share: 0.3, temperature: 2.5 },
  { share: 1, temperature: 0.5 },
];

interface Inputs {
  readonly logits: Tensor2D;
  readonly teacher: Tensor2D;
  readonly labels: Tensor1D;
}

const labelsFor = (rows: number, classes: number): number[] =>
  Array.from({ length: rows }, (_, n) => (n * 5 + classes - 1) % classes);

/** The losses of some logits and the gradient of their sum weighted by `dy`. */
async function lossAndSlope(
  logits: Float64Array,
  teacher: Float64Array,
  labels: readonly number[],
  dy: Float64Array,
  how: DistillationAttributes,
): Promise<readonly [loss: Values, slope: Values]> {
  const shape: [number, number] = [labels.length, logits.length / labels.length];
  const [loss, slope] = await read(() => {
    const x = tensor2d(new Float32Array(logits), shape);
    const t = tensor2d(new Float32Array(teacher), shape);
    const ids = tensor1d([...labels], 'int32');
    const weights = tensor1d(new Float32Array(dy));
    return [
      distilledCrossEntropy(x, t, ids, how),
      grad((l) => sum(mul(distilledCrossEntropy(l as Tensor2D, t, ids, how), weights)))(x),
    ];
  });
  return [loss!, slope!];
}

/** Tests of the kernel `DistilledCrossEntropy` and of its gradient. */
export function distillationSuite(options?: SuiteOptions): void {
  kernelSuite<DistillationAttributes>(
    {
      contract: contracts.DistilledCrossEntropy,
      caller: 'distilledCrossEntropy',
      call: ({ logits, teacher, labels }: Inputs, how) => [
        distilledCrossEntropy(logits, teacher, labels, how),
      ],
      composed: (inputs, how) => composedDistilledCrossEntropy(inputs, how).slice(0, 1),
      sizes: rowsAndClasses,
      attributes: settings,
      adapt: ({ logits, teacher, ...rest }) => ({
        ...rest,
        logits: logits!.map((x) => 2.5 * x),
        teacher: teacher!.map((x) => 2.5 * x),
      }),
      reference: ({ logits, teacher, labels }, how) => [
        distilledCrossEntropyReference(logits!, teacher!, labels!, how),
      ],
      shapes: (_, { rows }) => [[rows as number]],
      close: { rtol: 1e-5, atol: 1e-5 },
    },
    options,
  );

  const cases = rowsAndClasses.map((sizes, i) => ({ ...sizes, ...settings[i % settings.length]! }));
  test.each(cases)(
    'has the gradient of differences at $rows x $classes, share $share, temperature $temperature',
    async ({ share, temperature, ...sizes }) => {
      const { rows, classes } = sizes as unknown as { rows: number; classes: number };
      const how = { share, temperature };
      const logits = numbers(rows * classes, 7, 5);
      const teacher = numbers(rows * classes, 8, 5);
      const labels = labelsFor(rows, classes);
      const dy = numbers(rows, 9);
      const [, slope] = await lossAndSlope(logits, teacher, labels, dy, how);
      // Rows do not depend on each other, and of a long one a part is enough.
      const some = logits.slice(0, 40);
      const weighted = (at: Float64Array): number => {
        const all = new Float64Array(logits);
        all.set(at);
        const losses = distilledCrossEntropyReference(all, teacher, labels, how);
        return losses.reduce((total, loss, n) => total + loss * dy[n]!, 0);
      };
      expectAllClose(slope.data.slice(0, some.length), finiteDifference(weighted, some), {
        rtol: 1e-4,
        atol: 1e-5,
      });
    },
  );

  test('stays finite where both networks rule a class out', async () => {
    const logits = Float64Array.of(0, 1000, -3000, 3000);
    const teacher = Float64Array.of(-2000, 0, -1000, 1000);
    const how = { share: 0.5, temperature: 1 };
    const [loss, slope] = await lossAndSlope(logits, teacher, [1, 1], Float64Array.of(1, 1), how);
    expectAllClose(loss.data, [0, 0]);
    expectAllClose(slope.data, [0, 0, 0, 0]);
  });
  test('costs what the teacher wants and the student rules out', async () => {
    const logits = Float64Array.of(0, 1000);
    const teacher = Float64Array.of(1000, 0);
    const how = { share: 0.5, temperature: 1 };
    const [loss, slope] = await lossAndSlope(logits, teacher, [1], Float64Array.of(1), how);
    expectAllClose(loss.data, [500]);
    expectAllClose(slope.data, [-0.5, 0.5]);
  });
  // The probabilities of two classes whose logits are 2 apart.
  const [low, high] = [1 / (1 + Math.exp(2)), 1 / (1 + Math.exp(-2))];
  test('a share of 0 is the loss of the label alone, also where a class is masked or the teacher knows nothing', async () => {
    const logits = Float64Array.of(1, -Infinity, 3, 1, -Infinity, 3);
    const teacher = Float64Array.of(3, 2, 1, NaN, NaN, NaN);
    const how = { share: 0, temperature: 2 };
    const dy = Float64Array.of(1, 2);
    const [loss, slope] = await lossAndSlope(logits, teacher, [0, 2], dy, how);
    expectAllClose(loss.data, [-Math.log(low), -Math.log(high)]);
    expectAllClose(slope.data, [low - 1, 0, high, 2 * low, 0, 2 * (high - 1)]);
  });
  test('a share of 1 is the loss from the teacher alone, also where the label is masked', async () => {
    const logits = Float64Array.of(1, -Infinity, 3);
    const teacher = Float64Array.of(3, -Infinity, 1);
    const how = { share: 1, temperature: 1 };
    const [loss, slope] = await lossAndSlope(logits, teacher, [1], Float64Array.of(1), how);
    expectAllClose(loss.data, [-high * Math.log(low) - low * Math.log(high)]);
    expectAllClose(slope.data, [low - high, 0, high - low]);
  });
  test.each(['logits', 'teacher'] as const)(
    'a NaN in the %s spoils its row where it counts, and no other',
    async (where) => {
      const logits = numbers(10, 7, 5);
      const teacher = numbers(10, 8, 5);
      const good = { logits: logits.slice(5), teacher: teacher.slice(5) };
      ({ logits, teacher })[where][3] = NaN;
      for (const how of settings) {
        const [loss, slope] = await lossAndSlope(
          logits,
          teacher,
          [1, 2],
          Float64Array.of(1, 1),
          how,
        );
        const counts = where === 'logits' || how.share > 0;
        expect(Number.isNaN(loss.data[0])).toBe(counts);
        expect([...slope.data.slice(0, 5)].some(Number.isNaN)).toBe(counts);
        const expected = distilledCrossEntropyReference(good.logits, good.teacher, [2], how);
        expectAllClose(loss.data.slice(1), expected, { rtol: 1e-5, atol: 1e-5 });
        expect([...slope.data.slice(5)].every(Number.isFinite)).toBe(true);
      }
    },
  );

  test('refuses a share or a temperature out of range', () => {
    const [x, ids] = [zeros<Tensor2D['rankType']>([2, 3]), zeros([2], 'int32') as Tensor1D];
    const losses = (how: DistillationAttributes) => (): Tensor =>
      distilledCrossEntropy(x, x, ids, how);
    expect(losses({ share: 1.5, temperature: 1 })).toThrow(
      'expected share to be a finite number from 0 to 1, found 1.5',
    );
    expect(losses({ share: 1, temperature: 0 })).toThrow(
      'expected temperature to be a finite number above 0, found 0',
    );
    const text = '0.5' as unknown as number;
    expect(losses({ share: text, temperature: 1 })).toThrow(
      'expected share to be a finite number from 0 to 1, found "',
    );
    expect(losses({ share: 1, temperature: text })).toThrow(
      'expected temperature to be a finite number above 0, found "',
    );
    dispose([x, ids]);
  });
}
