import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CellDone, CellInputs } from '@secateur/backend/kernels';
import {
  areas,
  behind,
  commonAddresses,
  commonSlots,
  floats,
  panelsWidth,
  remembered,
  type CellCall,
} from './call.ts';
import type { CellForm } from './form.ts';
import {
  addressAt,
  makePlan,
  movePlan,
  type Place,
  type Plan,
  type PlanProduct,
  type Sizes,
  type Slot,
} from './plan.ts';
import { split } from './program.ts';
import { weightGradients } from './weight-gradients.ts';

/** The gradients of all that a cell reads but its masks, by name. */
export type CellGradients = Omit<CellInputs<TensorInfo>, 'masks'>;

/**
 * The gradient of `cellForward`, of each input's shape. From step to step go the gradients of the states; those of the weights are
 * products over the rows of all steps.
 */
export function cellBackward(
  call: CellCall,
  done: CellDone<TensorInfo>,
  gradients: CellGradients,
): void {
  const { module, form, sizes } = call;
  const { kernels, address } = module;
  const { batch, units } = sizes;
  const prepared = prepare(form, sizes);
  const { plan, parameters } = prepared;
  const bytes = batch * floats(units);
  module.withScratch(prepared.bytes, (scratch) => {
    const addresses = commonAddresses(call, done, scratch);
    addresses[form.baseOf('dy')] = address(done.dy);
    for (const name of form.cell.states) {
      const at = address(gradients.states[name]!);
      addresses[form.baseOf(`dstate ${name}`)] = at;
      const from = done.dstates[name];
      if (from === undefined) kernels.zeros(at, bytes);
      else kernels.copyRows(address(from), units, at, units, units, batch);
    }
    for (const [, at] of parameters) kernels.zeros(addressAt(at, addresses), bytes);
    movePlan(plan, module.words(scratch, plan.words.length), addresses);
    kernels.cellBackward(scratch);
    for (const [name, at] of parameters)
      kernels.sums(addressAt(at, addresses), 1, batch, units, address(gradients.weights[name]!));
    weightGradients(call, prepared, addresses, gradients);
  });
}

/** What is known of the way back before it is called. */
export interface PreparedBack {
  readonly plan: Plan;
  /** By the blocks of a product, what it reads. */
  readonly reads: ReadonlyMap<string, ReadAtAllSteps>;
  /** The gradients of inputs' parts that lie aside, with the place of their block. */
  readonly aparts: readonly (readonly [block: number, at: Place])[];
  /** What the steps of each sequence add to the gradients of parameters. */
  readonly parameters: readonly (readonly [name: string, at: Place])[];
  /** Bytes of scratch memory. */
  readonly bytes: number;
  /** Where the gradients of blocks lie, `[depth, time * batch, blocks]`. */
  readonly dz: Place;
  /** Room for the inputs of all steps, or for what a product reads at all steps. */
  readonly steps: Place;
  /** Room for the sums of the gradients of all blocks. */
  readonly sums: Place;
}

/** What a product reads at all steps: a matrix that is there, or what has to be evaluated or copied. */
interface ReadAtAllSteps {
  readonly at?: Place;
  /** Bytes from one repetition to the next. */
  readonly level: number;
  /** Floats between rows. */
  readonly ld: number;
  /** The number of the slot. */
  readonly slot: number;
  readonly program: readonly [kind: number, code: Place];
}

const prepare: (form: CellForm, sizes: Sizes) => PreparedBack = remembered((form, sizes) => {
  const { programs, orders } = form;
  const { batch, time, input, units, depth } = sizes;
  const row = floats(units);
  const rows = time * batch;
  const dzRow = orders.all.length * row;
  const area = areas(form);
  const dz = area.take(depth * rows * dzRow);
  const steps = area.take(rows * floats(Math.max(input, units)));
  const sums = area.take(dzRow);
  const placeOf = new Map<string, Place>();
  for (const name of programs.slots) {
    if (/^apart /.test(name)) placeOf.set(name, area.take(rows * row));
    if (/^(?:aside|back|dparameter) /.test(name)) placeOf.set(name, area.take(batch * row));
  }
  const common = commonSlots(form, sizes);
  const slots = (name: string): Slot => {
    const [what, of] = split(name);
    const at = placeOf.get(name) ?? steps;
    if (what === 'dstate') return { at: { base: form.baseOf(name), offset: 0 }, row };
    if (what === 'dy')
      return {
        kind: 'last',
        at: { base: form.baseOf(name), offset: 0 },
        row: time * row,
        step: row,
      };
    if (what === 'apart') return { kind: 'first', at, row, step: batch * row };
    if (what === 'read') return { at, row, step: batch * row };
    if (what !== 'dz') return common(name) ?? { at, row };
    const first = behind(dz, orders.all.indexOf(of) * row);
    return { at: first, row: dzRow, step: batch * dzRow, level: rows * dzRow };
  };
  const products = form.products.flatMap(({ stage, blocks, runs }): PlanProduct[] => {
    const target = programs.targets.get(blocks);
    if (target === undefined) return [];
    const size = (count: number): number => floats(count * units * panelsWidth(units, 1));
    const packed = area.take(depth * size(blocks.length));
    let before = 0;
    const parts = runs.flatMap((run) => {
      const at = behind(packed, size(before));
      before += run.count;
      return [run.all * row, run.inWeights * row, run.count * units, at];
    });
    return [
      {
        stage,
        blocks: blocks.length,
        packed,
        packedLevel: size(blocks.length),
        parts,
        out: slots(target.slot).at,
        add: target.add,
        count: runs.length,
        reads: programs.reads.get(blocks)!,
      },
    ];
  });
  const width = orders.recurrent.length * units;
  const plan = makePlan(form, {
    sizes,
    slots,
    products,
    stages: programs.back,
    tail: programs.tail,
    weights: [depth * width, floats(width)],
    dz: [dz, dzRow / 4, batch * dzRow, rows * dzRow],
  });
  const reads = [...programs.reads].map(([blocks, name]): [string, ReadAtAllSteps] => {
    const { kind = 'same', at, row: bytes, step = 0, level = 0 } = slots(name);
    const readProgram = programs.readPrograms.get(blocks);
    const isThere = readProgram === undefined && kind === 'same' && step === batch * bytes;
    const program = readProgram === undefined ? ([-2, steps] as const) : plan.run(readProgram);
    const slot = programs.slots.indexOf(name);
    const how = { level, ld: isThere ? bytes / 4 : units, slot, program };
    return [blocks, isThere ? { ...how, at } : how];
  });
  const aparts = [...orders.all].flatMap((name, place) => {
    const at = placeOf.get(`apart ${name}`);
    return at === undefined ? [] : [[place, at] as const];
  });
  const parameters = form.cell.parameters.map(
    (name) => [name, slots(`dparameter ${name}`).at] as const,
  );
  const known = { plan, reads: new Map(reads), aparts, parameters };
  return { ...known, bytes: area.bytes, dz, steps, sums };
});
