import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CellDone, CellInputs } from '@secateur/backend';
import { areas, commonSlots, floats, panelsWidth, split, type CellCall } from './call.ts';
import { planWords, writePlan, type Plan, type PlanProduct, type Slot } from './plan.ts';
import { weightGradients } from './weight-gradients.ts';

/**
 * The gradient of `cellForward`, of each input's shape. From step to step go the gradients of the states; those of the weights are
 * products over the rows of all steps.
 */
export function cellBackward(
  call: CellCall,
  done: CellDone<TensorInfo>,
  gradients: Omit<CellInputs<TensorInfo>, 'masks'>,
): void {
  const { module, form, sizes, inputs } = call;
  const { kernels, address } = module;
  const { cell, programs, orders } = form;
  const { batch, time, input, units, depth } = sizes;
  const row = floats(units);
  const rows = time * batch;
  const dzRow = orders.all.length * row;

  const area = areas();
  const wordCount = planWords(form);
  const planAt = area.take(floats(wordCount));
  const products = form.products.flatMap((product) => {
    const target = programs.targets.get(product.blocks);
    if (target === undefined) return [];
    const runs = product.runs.map(({ all, own, count }) => {
      const bytes = floats(count * units * panelsWidth(units, 1));
      return { all, own, count, bytes };
    });
    const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
    return [{ ...product, runs, target, bytes, packed: area.take(depth * bytes) }];
  });
  const own = new Map(
    programs.slots.flatMap((name) => {
      const [what] = split(name);
      if (what === 'apart') return [[name, area.take(rows * row)] as const];
      const small = what === 'aside' || what === 'back' || what === 'dparameter';
      return small ? [[name, area.take(batch * row)] as const] : [];
    }),
  );
  const dz = area.take(depth * rows * dzRow);
  const steps = area.take(rows * floats(Math.max(input, units)));
  const sums = area.take(dzRow);

  module.withScratch(area.bytes, (scratch) => {
    const common = commonSlots(call, done);
    const dzAt = scratch + dz;
    const slots = (name: string): Slot => {
      const [what, of] = split(name);
      const at = scratch + (own.get(name) ?? 0);
      if (what === 'dstate') return { at: address(gradients.states[of]!), row };
      if (what === 'dy') return { kind: 'last', at: address(done.dy), row: time * row, step: row };
      if (what === 'apart') return { kind: 'first', at, row, step: batch * row };
      if (what === 'read') return { at: scratch + steps, row, step: batch * row };
      if (what === 'dz') {
        const first = dzAt + orders.all.indexOf(of) * row;
        return { at: first, row: dzRow, step: batch * dzRow, level: rows * dzRow };
      }
      return common(name) ?? { at, row };
    };
    const recurrent = inputs.weights['recurrent'];
    const width = orders.recurrent.length * units;
    const planProducts = products.map(
      ({ stage, blocks, runs, target, packed, bytes }): PlanProduct => {
        let next = scratch + packed;
        const parts = runs.flatMap((run) => {
          const at = next;
          next += run.bytes;
          return [run.all * row, run.own * row, run.count * units, at];
        });
        return {
          ...{ stage, blocks: blocks.length, packed: 0, packedLevel: bytes },
          ...{ out: slots(target.slot).at, add: target.add, parts, count: runs.length },
          reads: programs.reads.get(blocks)!,
        };
      },
    );
    const plan: Plan = writePlan(
      form,
      {
        ...{ sizes, slots, products: planProducts, stages: programs.back, tail: programs.tail },
        weights: [recurrent === undefined ? 0 : address(recurrent), depth * width, floats(width)],
        dz: [dzAt, dzRow / 4, batch * dzRow, rows * dzRow],
      },
      module.words(scratch + planAt, wordCount),
      scratch + planAt,
    );

    for (const name of cell.states) {
      const to = module.bytes(slots(`dstate ${name}`).at, batch * row);
      const from = done.dstates[name];
      if (from === undefined) to.fill(0);
      else to.set(module.bytes(address(from), batch * row));
    }
    for (const name of cell.parameters)
      module.bytes(scratch + own.get(`dparameter ${name}`)!, batch * row).fill(0);
    kernels.cellBackward(plan.at);
    for (const name of cell.parameters) {
      const from = scratch + own.get(`dparameter ${name}`)!;
      kernels.sums(from, 1, batch, units, address(gradients.weights[name]!));
    }
    weightGradients(call, plan, slots, gradients, {
      ...{ dz: dzAt, steps: scratch + steps, sums: scratch + sums },
    });
  });
}
