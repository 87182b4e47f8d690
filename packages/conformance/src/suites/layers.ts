import { env } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { KERNELS } from '@secateur/backend/kernels';
import { beforeAll, describe, expect, test } from 'vitest';
import { cases } from '../layers/cases.ts';
import { kernelsOf } from '../layers/kernels-of.ts';
import { optionsOf } from '../start.ts';
import { entries } from '../stock/tables/index.ts';
import type { Target } from '../targets.ts';

/**
 * Tests of all that `tf.layers` has: that it trains here to the numbers of the cpu backend, and that every kernel it
 * reaches is among those that are compared.
 */
export function layersSuite(target: Target): void {
  const onCpu = target.backend === 'cpu';
  // Where reading waits for nothing.
  const waits = target.backend === 'webgpu' && target.engine === 'node';
  const expected = new Map<string, number[]>();
  const reached = new Set<string>();

  describe('tf.layers', () => {
    beforeAll(async () => {
      if (onCpu) return;
      await useBackend('cpu', optionsOf({ ...target, backend: 'cpu' }));
      for (const { name, run } of cases) expected.set(name, await run());
      await useBackend(target.backend, optionsOf(target));
      if (target.backend === 'webgpu') env().set('WEBGPU_CPU_FORWARD', false);
    });

    test.each(cases)('$name', async ({ name, random, reads, run }) => {
      if (waits && reads === true) {
        await expect(run()).rejects.toThrow('expected an asynchronous read');
        return;
      }
      let actual: number[] = [];
      for (const kernel of await kernelsOf(async () => (actual = await run()))) reached.add(kernel);
      if (random) expect(actual.filter((x) => !Number.isFinite(x))).toEqual([]);
      else {
        const wanted = expected.get(name) ?? actual;
        expect(actual.length).toBe(wanted.length);
        const far = actual.filter(
          (x, i) => !(Math.abs(x - wanted[i]!) <= 1e-4 + 1e-3 * Math.abs(wanted[i]!)),
        );
        expect(far, `${far.length} of ${actual.length} numbers`).toEqual([]);
      }
    });

    test('reaches the kernels that are compared, and no others', () => {
      const known = new Set([...entries.map(({ kernel }) => kernel), ...Object.values(KERNELS)]);
      expect([...reached].filter((kernel) => !known.has(kernel as never)).sort()).toEqual([]);
      if (waits) return;
      expect(entries.map(({ kernel }) => kernel).filter((kernel) => !reached.has(kernel))).toEqual(
        [],
      );
    });
  });
}
