import type { TensorInfo } from '@tensorflow/tfjs-core';
import { otherStates } from '@secateur/backend/kernels';
import {
  areas,
  behind,
  commonAddresses,
  commonSlots,
  floats,
  panelsWidth,
  remembered,
  type CellCall,
  type LeftBehind,
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
  const { batch, time, input, units } = sizes;
  const { plan, bytes, x, products, ld, starts, lasts } = prepare(form, sizes);
  module.withScratch(bytes, (scratch) => {
    const addresses = commonAddresses(call, left, scratch);
    movePlan(plan, module.words(scratch, plan.words.length), addresses);
    const columns = form.orders.input.length * units;
    if (columns > 0) {
      const steps = addressAt(x, addresses);
      const kernel = address(inputs.weights['kernel']!);
      const to = addressAt(products, addresses);
      kernels.toTimeMajor(address(inputs.x), batch, time, input, steps);
      // prettier-ignore
      kernels.gemm(time * batch, columns, input, steps, input, 0, kernel, columns, 0, to, ld, 0);
    }
    for (const [kind, code] of starts)
      kernels.cellReads(scratch, 0, 1, kind, addressAt(code, addresses), 0, 0);
    kernels.cellForward(scratch);
    for (const [name, at, ldLast] of lasts) {
      const to = address(left.last[name]!);
      kernels.copyRows(addressAt(at, addresses), ldLast, to, units, units, batch);
    }
  });
}

interface Prepared {
  readonly plan: Plan;
  /** Bytes of scratch memory. */
  readonly bytes: number;
  /** Where the inputs of all steps go, step by step. */
  readonly x: Place;
  /** Where their products go, and the floats between rows of those. */
  readonly products: Place;
  readonly ld: number;
  /** The programs of what the first step's products read. */
  readonly starts: readonly (readonly [kind: number, code: Place])[];
  /** The states but the output: where the last of each lies, and the floats between rows of it. */
  readonly lasts: readonly (readonly [name: string, at: Place, ld: number])[];
}

const prepare: (form: CellForm, sizes: Sizes) => Prepared = remembered((form, sizes) => {
  const { programs, orders, inputsInPlace } = form;
  const { batch, time, input, units, depth } = sizes;
  const row = floats(units);
  const area = areas(form);
  const products = form.products.map(({ stage, blocks }) => {
    const count = blocks.length;
    const width = panelsWidth(units, count);
    const product: PlanProduct = {
      stage,
      blocks: count,
      count,
      reads: programs.reads.get(blocks)!,
      packedLevel: floats(units * width),
      packed: area.take(depth * floats(units * width)),
      out: area.take(batch * floats(width)),
      parts: [...blocks].map((name) => orders.recurrent.indexOf(name) * row),
    };
    return { product, letters: blocks };
  });
  const placeOf = new Map<string, Place>();
  for (const name of programs.slots)
    if (/^(?:aside|read) /.test(name)) placeOf.set(name, area.take(2 * batch * row));
  // The products of the inputs lie where activations go that replace them, if there is room.
  const inputRow = inputsInPlace
    ? depth * form.saved.activations.length * row
    : orders.input.length * row;
  const inputsAt = inputsInPlace
    ? { base: form.baseOf('activations'), offset: 0 }
    : area.take(time * batch * inputRow);
  const x = area.take(time * batch * floats(input));

  const common = commonSlots(form, sizes);
  const turns = { row, step: batch * row };
  const slots = (name: string): Slot => {
    const [what, of] = split(name);
    const at = placeOf.get(what === 'readNext' ? `read ${of}` : name) ?? x;
    if (what === 'aside') return { at, row };
    if (what === 'read') return { ...turns, kind: 'turns', at };
    if (what === 'readNext') return { ...turns, kind: 'other', at };
    if (what === 'in') {
      const first = behind(inputsAt, orders.input.indexOf(of) * row);
      return { kind: 'first', at: first, row: inputRow, step: batch * inputRow };
    }
    if (what !== 'panels') return common(name) ?? { at, row };
    const { out } = products.find(({ letters }) => letters === of)!.product;
    return { at: out, row: floats(panelsWidth(units, of.length)) };
  };
  const width = orders.recurrent.length * units;
  const plan = makePlan(form, {
    sizes,
    slots,
    stages: programs.stages,
    weights: [depth * width, floats(width)],
    products: products.map(({ product }) => product),
  });
  const starts = [...programs.readPrograms]
    .filter(([blocks]) => programs.slots.includes(`readNext ${blocks}`))
    .map(([, program]) => plan.run(program));
  const lasts = otherStates(form.cell).map((name) => {
    const { at, row: ldLast, step = 0, level = 0 } = slots(`next ${name}`);
    return [name, behind(at, (time - 1) * step + (depth - 1) * level), ldLast / 4] as const;
  });
  return { plan, bytes: area.bytes, x, products: inputsAt, ld: inputRow / 4, starts, lasts };
});
