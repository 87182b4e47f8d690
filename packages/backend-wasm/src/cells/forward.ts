import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Address } from '../simd/exports.ts';
import {
  areas,
  commonSlots,
  floats,
  panelsWidth,
  split,
  type CellCall,
  type LeftBehind,
} from './call.ts';
import { planWords, writePlan, type PlanProduct, type Slot } from './plan.ts';

/**
 * A cell over whole sequences: writes `y [batch, time, units]`, what it saves, and by name the last of each state but the output.
 * One product for the inputs of all steps, then the steps, each range of units by one thread.
 */
export function cellForward(
  call: CellCall,
  left: LeftBehind & { readonly last: Readonly<Record<string, TensorInfo>> },
): void {
  const { module, form, sizes, inputs } = call;
  const { kernels, address } = module;
  const { cell, programs, orders } = form;
  const { batch, time, input, units, depth } = sizes;
  const row = floats(units);
  const steps = time * batch;
  const keeps = form.saved.activations.length;

  const area = areas();
  const wordCount = planWords(form);
  const planAt = area.take(floats(wordCount));
  const products = form.products.map((product) => {
    const blocks = product.blocks.length;
    const bytes = floats(units * panelsWidth(units, blocks));
    const out = area.take(floats(batch * panelsWidth(units, blocks)));
    return { ...product, count: blocks, bytes, packed: area.take(depth * bytes), out };
  });
  const aside = new Map(
    programs.slots.flatMap((name) =>
      /^(?:aside|read) /.test(name) ? [[name, area.take(2 * batch * row)] as const] : [],
    ),
  );
  const x = area.take(floats(steps * input));
  const apart = area.take(form.inputsInPlace ? 0 : steps * orders.input.length * row);

  module.withScratch(area.bytes, (scratch) => {
    // The products of the inputs lie where activations go that replace them, if there is room.
    const inputRow = (form.inputsInPlace ? depth * keeps : orders.input.length) * row;
    const inputsAt = form.inputsInPlace ? address(left.activations) : scratch + apart;
    const common = commonSlots(call, left);
    const slots = (name: string): Slot => {
      const [what, of] = split(name);
      if (what === 'panel') {
        const { blocks, out } = products.find((product) => product.blocks.includes(of))!;
        const at = scratch + out + floats(8 * blocks.indexOf(of));
        return { at, row: floats(panelsWidth(units, blocks.length)) };
      }
      if (what === 'in') {
        const at = inputsAt + orders.input.indexOf(of) * row;
        return { kind: 'first', at, row: inputRow, step: batch * inputRow };
      }
      const turns = { row, step: batch * row };
      if (what === 'read') return { ...turns, kind: 'turns', at: scratch + aside.get(name)! };
      if (what === 'readNext')
        return { ...turns, kind: 'other', at: scratch + aside.get(`read ${of}`)! };
      if (what === 'aside') return { at: scratch + aside.get(name)!, row };
      return common(name) ?? { at: 0, row: 0 };
    };
    const recurrent = inputs.weights['recurrent'];
    const width = orders.recurrent.length * units;
    const planProducts = products.map(
      ({ stage, blocks, count, packed, bytes, out }): PlanProduct => ({
        ...{
          stage,
          blocks: count,
          packed: scratch + packed,
          packedLevel: bytes,
          out: scratch + out,
        },
        reads: programs.reads.get(blocks)!,
        parts: [...blocks].map((name) => orders.recurrent.indexOf(name) * row),
        count,
      }),
    );
    const plan = writePlan(
      form,
      {
        ...{ sizes, slots, products: planProducts, stages: programs.stages },
        weights: [recurrent === undefined ? 0 : address(recurrent), depth * width, floats(width)],
      },
      module.words(scratch + planAt, wordCount),
      scratch + planAt,
    );

    if (orders.input !== '') {
      const columns = orders.input.length * units;
      kernels.toTimeMajor(address(inputs.x), batch, time, input, scratch + x);
      const kernel = address(inputs.weights['kernel']!);
      kernels.gemm(
        ...([steps, columns, input, scratch + x, input, 0, kernel, columns, 0] as const),
        ...([inputsAt, inputRow / 4, 0] as const),
      );
    }
    for (const [blocks, program] of programs.readPrograms) {
      if (!programs.slots.includes(`readNext ${blocks}`)) continue;
      const { kind } = form.runnable.get(program)!;
      kernels.cellReads(plan.at, 0, 1, kind, plan.codeAt(program), 0, 0);
    }
    kernels.cellForward(plan.at);
    for (const [name, info] of Object.entries(left.last)) copyLast(slots(`next ${name}`), info);
  });

  function copyLast({ at, row: rowBytes, step = 0, level = 0 }: Slot, to: TensorInfo): void {
    const from: Address = at + (time - 1) * step + (depth - 1) * level;
    kernels.copyRows(from, rowBytes / 4, address(to), units, units, batch);
  }
}
