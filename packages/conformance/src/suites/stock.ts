import { env } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { beforeAll, describe, expect, test } from 'vitest';
import { adapterName } from '../gpu.ts';
import { optionsOf } from '../start.ts';
import { type Closeness, difference } from '../stock/compare.ts';
import { Draw } from '../stock/draw.ts';
import type { Call, Entry, Output } from '../stock/entry.ts';
import { type Limit, limits } from '../stock/limits.ts';
import { gradientsOf, hasGradients, outputsOf } from '../stock/run.ts';
import { entries } from '../stock/tables/index.ts';
import type { Target } from '../targets.ts';

/** A call with what it should give. */
interface Comparison {
  readonly call: Call;
  readonly expected: readonly Output[];
  /** What is upstream of the first output, and the gradients that the cpu backend computes from it. */
  readonly gradients?: { readonly dy: Output; readonly expected: readonly Output[] };
}

/**
 * Tests of TensorFlow.js's own kernels, or what replaces them: random calls of each that `tf.layers` reaches against its
 * definition, and their gradients against those of the cpu backend.
 */
export function stockSuite(target: Target): void {
  const onCpu = target.backend === 'cpu';
  const onGpu = target.backend === 'webgpu';
  const compared = entries.filter(({ expected }) => !onCpu || expected !== undefined);
  const comparisons = new Map<string, Comparison[]>();
  const used = new Set<Limit>();
  const known = limits.filter(({ backend }) => backend === target.backend);

  describe("TensorFlow.js's kernels", () => {
    beforeAll(async () => {
      await useBackend('cpu', optionsOf({ ...target, backend: 'cpu' }));
      for (const entry of compared)
        comparisons.set(entry.kernel, await prepared(entry, onGpu, onCpu));
      await useBackend(target.backend, optionsOf(target));
      if (onGpu) env().set('WEBGPU_CPU_FORWARD', false);
    });

    test.each(compared)('$kernel', async (entry) => {
      const closeness: Closeness = {
        rtol: Math.max(entry.rtol ?? 2e-6, onGpu ? 1e-5 : 0),
        atol: entry.atol ?? 1e-6,
        zeroSigns: entry.zeroSigns ?? false,
      };
      const actual: string[] = [];
      for (const { call, expected, gradients } of comparisons.get(entry.kernel)!) {
        const about = known.filter(
          ({ kernels, concerns }) => (kernels?.includes(entry.kernel) ?? true) && concerns(call),
        );
        const report = async (
          what: string,
          run: () => Promise<Output[]>,
          expected: readonly Output[],
          close: Closeness,
        ) => {
          const text = await complaint(run, expected, close, about, used);
          if (text !== undefined) actual.push(`${what}${text}; of ${shown(call)}`);
        };
        await report('', () => outputsOf(entry, call), expected, closeness);
        if (gradients === undefined) continue;
        const { dy, expected: slopes } = gradients;
        await report('gradient: ', () => gradientsOf(entry, call, dy as never), slopes, {
          ...closeness,
          rtol: Math.max(closeness.rtol, 1e-5),
          atol: Math.max(closeness.atol, 1e-5),
          zeroSigns: false,
        });
      }
      expect(actual.slice(0, 5), `${actual.length} differences`).toEqual([]);
    });

    // On another GPU than the one that was tested a limit may be none.
    test.skipIf(onGpu && adapterName() !== undefined && adapterName() !== 'google/swiftshader')(
      'every limit is one',
      () => {
        expect(known.filter((limit) => !used.has(limit)).map(({ reason }) => reason)).toEqual([]);
      },
    );
  });
}

/** Makes the calls of a kernel and runs them on the cpu backend where that is what is compared with. */
async function prepared(entry: Entry, onGpu: boolean, onCpu: boolean): Promise<Comparison[]> {
  const draw = new Draw(seedOf(entry.kernel), !onGpu);
  // Each new shape is a program to compile there.
  const count = Math.ceil((entry.calls ?? 60) * (onGpu ? 0.4 : 1));
  const comparisons: Comparison[] = [];
  for (let k = 0; k < count; k++) {
    const call = entry.make(draw);
    const expected = entry.expected?.(call) ?? (await outputsOf(entry, call));
    if (onCpu || !hasGradients(entry, call)) comparisons.push({ call, expected });
    else {
      const dy = draw.input(expected[0]!.shape);
      comparisons.push({
        call,
        expected,
        gradients: { dy, expected: await gradientsOf(entry, call, dy) },
      });
    }
  }
  return comparisons;
}

/** What is wrong with what `run` gives, but for what a limit allows. */
async function complaint(
  run: () => Promise<Output[]>,
  expected: readonly Output[],
  closeness: Closeness,
  about: readonly Limit[],
  used: Set<Limit>,
): Promise<string | undefined> {
  let outputs: Output[];
  try {
    outputs = await run();
  } catch (error) {
    const { message } = error as Error;
    const limit = about.find(({ allows }) => allows !== 'NaN' && message.includes(allows.error));
    if (limit === undefined) return `threw "${message}"`;
    used.add(limit);
    return undefined;
  }
  const text = difference(outputs, expected, closeness);
  const limit = about.find(({ allows }) => allows === 'NaN');
  if (text === undefined || limit === undefined) return text;
  used.add(limit);
  return difference(outputs, expected, { ...closeness, nanForAny: true });
}

/** A seed that belongs to a name, so that a kernel's calls do not depend on the kernels before it. */
const seedOf = (name: string): number =>
  [...name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0, 7);

function shown({ inputs, attrs }: Call): string {
  const list = Object.entries(inputs).map(([name, { shape, dtype, values }]) => {
    const first = values.slice(0, 40).map((x) => (Object.is(x, -0) ? '-0' : String(x)));
    return `${name} ${dtype} [${shape.join()}] ${first.join(' ')}`;
  });
  return `${list.join(', ')} ${JSON.stringify(attrs ?? {})}`;
}
