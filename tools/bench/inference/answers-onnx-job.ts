import { encodeOnnx } from '@secateur/onnx';
import { bidafToOnnx } from '../../../apps/question-answering/src/network/to-onnx.ts';
import type { Job, Prepared } from '../process/job.ts';
import { CHARACTERS, fixedVectors, layoutOf, rowsNamed, texts, weightsOf } from './answers.ts';
import { prepareForwards } from './forward-passes.ts';
import { startOnnx, type RuntimeInput } from './onnx-runtime.ts';

/** Makes BiDAF ready to answer one question in ONNX Runtime, the whole network as one file. */
export async function prepare(
  input: RuntimeInput & { readonly rows: readonly string[] },
  job: Job,
): Promise<Prepared> {
  const { Tensor, session, facts } = await startOnnx(input, job);
  const fixed = fixedVectors();
  const int32 = (data: Int32Array, ...dims: number[]) => new Tensor('int32', data, dims);
  const feeds = Object.fromEntries(
    Object.entries(texts()).flatMap(([name, { time, count, words, spelling, spellings }]) => [
      [`${name}/words`, int32(words, 1, time)],
      [`${name}/spelling`, int32(spelling, 1, time)],
      [`${name}/spellings`, int32(spellings, count, CHARACTERS)],
      [`${name}/lengths`, int32(Int32Array.of(time), 1)],
    ]),
  );
  const cases = rowsNamed(input.rows).map(([name, row]) => {
    const make = async () => {
      const file = bidafToOnnx({ weights: weightsOf(row), layout: layoutOf(row), fixed });
      const loaded = await session(encodeOnnx(file));
      return async () => {
        const { start, end } = await loaded.run(feeds);
        return Float32Array.of(...(start!.data as Float32Array), ...(end!.data as Float32Array));
      };
    };
    return [name, make] as const;
  });
  const prepared = await prepareForwards(cases, {});
  return { ...prepared, facts: { ...prepared.facts, ...facts() } };
}
