import {
  BatchMatMul,
  dispose,
  getKernel,
  randomUniform,
  tensor,
  backend,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { startAny } from '../backend.ts';
import type { Job, Prepared } from '../process/job.ts';
import { caseName, casesOf, sizes, type Case, type Multiplier } from './sizes.ts';

/** What the `gemm` job is told. */
export interface GemmInput {
  readonly who: Multiplier;
  /** Names of the sizes. */
  readonly sizes: readonly string[];
}

/** A case is repeated within a round until it has taken about so long, at most {@link MOST} times. */
const MILLISECONDS = 30;
const MOST = 100;
/** A call slower than this is measured once, by its run to warm up. */
const SLOW = 1000;

/** Makes one multiplier's kernel ready; a round is all of its cases. */
export async function prepare({ who, sizes: names }: GemmInput, job: Job): Promise<Prepared> {
  const facts = await startAny(who === 'stock wasm' ? 'stock' : who, job.threads);
  const cases = casesOf(
    who,
    sizes.filter(({ name }) => names.includes(name)),
  );
  const warm = new Map<Case, number>();
  return {
    facts,
    round() {
      const times: Record<string, number> = {};
      for (const one of cases) {
        const before = warm.get(one);
        if (before === undefined) {
          times[caseName(one)] = multiply(one, 1);
          warm.set(one, times[caseName(one)]!);
        } else if (before <= SLOW) {
          const repeats = Math.ceil(MILLISECONDS / Math.max(before, 0.01));
          times[caseName(one)] = multiply(one, Math.min(MOST, repeats));
        } else if (before < Infinity) {
          times[caseName(one)] = before;
          warm.set(one, Infinity);
        }
      }
      return times;
    },
  };
}

/** Mean milliseconds of a product; making and releasing the operands is not counted. */
function multiply({ size: { m, k, n }, transposes, operand }: Case, repeats: number): number {
  const [transposeA, transposeB] = [...transposes].map((letter) => letter === 't') as [
    boolean,
    boolean,
  ];
  const { kernelFunc } = getKernel(BatchMatMul, backendName());
  const a = randomUniform(transposeA ? [k, m] : [m, k], -1, 1);
  const first = randomUniform(transposeB ? [n, k] : [k, n], -1, 1);
  const values = first.dataSync();
  const call = (b: Tensor): number => {
    const start = performance.now();
    const out = kernelFunc({
      inputs: { a, b },
      backend: backend(),
      attrs: { transposeA, transposeB },
    }) as TensorInfo;
    const took = performance.now() - start;
    backend().disposeData(out.dataId);
    return took;
  };
  // A stock kernel packs the weights at its first product with them; of a short product it also warms the caches.
  if (operand === 'same' || repeats > 1) call(first);
  let total = 0;
  for (let i = 0; i < repeats; i++) {
    const b = operand === 'same' ? first : tensor(values, first.shape);
    total += call(b);
    if (operand === 'fresh') dispose(b);
  }
  dispose([a, first]);
  return total / repeats;
}

function backendName(): string {
  return 'wasm' in backend() ? 'wasm' : 'cpu';
}
