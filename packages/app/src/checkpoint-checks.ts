import { layoutToJson, type Layout, type LayoutJson } from '@secateur/groups';
import { shown } from '@secateur/input';
import type { Checkpoint } from '@secateur/training';
import { z } from 'zod';
import { layoutLeft, type OriginalIndices } from './original-indices.ts';
import type { MonitorState } from './training-monitor.ts';

const count = z.int().nonnegative();

/** What a checkpoint holds of a {@link MonitorState}. */
export const monitorSchema = z.strictObject({
  recentLoss: z.number().nullable(),
  guard: z
    .strictObject({ best: z.number().nullable(), bad: count, goodStep: count.nullable() })
    .nullable(),
  units: count,
  seconds: z.number().nonnegative(),
});

/** What a checkpoint holds of {@link OriginalIndices}. */
export const originalIndicesSchema = z.record(z.string(), z.array(count));

/** What a checkpoint holds of a layout; whether it is the run's is for {@link checkLayout} to say. */
export const layoutSchema = z.custom<LayoutJson>(
  (value) => typeof value === 'object' && value !== null,
);

/**
 * The state of a checkpoint, of the form that a schema gives.
 *
 * @throws Error that names what is of another form.
 */
export function stateWith<T>(schema: z.ZodType<T>, { step, state }: Checkpoint): T {
  const read = schema.safeParse(state);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw misfit(step, `state${path.map((part) => `.${String(part)}`).join('')}`, message);
}

/**
 * Compares a fact of a checkpoint with what the rest of it and the run's settings say.
 *
 * @throws Error that names the fact when they differ.
 */
export function expectFact(step: number, name: string, expected: unknown, found: unknown): void {
  if (JSON.stringify(expected) === JSON.stringify(found)) return;
  throw misfit(step, name, `expected ${shown(expected, 80)}, found ${shown(found, 80)}`);
}

/** Checks what a monitor remembers against the steps and what they trained on. */
export function checkMonitor(
  state: MonitorState,
  { step, units }: { readonly step: number; readonly units: number },
): void {
  const { recentLoss, guard } = state;
  expectFact(step, 'session.units', units, state.units);
  expectFact(step, 'whether there is a session.recentLoss', step > 0, recentLoss !== null);
  expectFact(
    step,
    'whether there is a session.guard with a best loss',
    step > 0,
    guard?.best != null,
  );
  if (guard === null) return;
  // The best is the lowest of the means, and a good step ends a series of bad ones.
  expectFact(step, 'session.guard.goodStep', step - guard.bad, guard.goodStep);
  expectFact(step, 'whether session.guard.best is the lowest', true, guard.best! <= recentLoss!);
}

/**
 * Checks which components are left against all there were at `first`, in the run's layout before anything was removed.
 *
 * @throws Error when they are of other dimensions, out of order, or never were.
 */
export function checkOrigins(
  step: number,
  origins: OriginalIndices,
  full: Layout,
  first: OriginalIndices,
): void {
  expectFact(step, 'the dimensions of origins', Object.keys(first), Object.keys(origins));
  for (const [dim, left] of Object.entries(origins)) {
    const known = left.every(
      (origin, i) => origin > (left[i - 1] ?? -1) && origin < full.dims[dim]!,
    );
    expectFact(step, `whether origins.${dim} are components in order`, true, known);
  }
}

/**
 * Checks a layout against the run's own before anything was removed, and which components are left of each dimension.
 *
 * @throws Error when it is not that layout with some of its prunable dimensions smaller.
 */
export function checkLayout(
  step: number,
  { layout, origins }: { readonly layout: LayoutJson; readonly origins: OriginalIndices },
  full: Layout,
  first: OriginalIndices,
): void {
  checkOrigins(step, origins, full, first);
  expectFact(step, 'layout', layoutToJson(layoutLeft(full, origins)), layout);
}

/** Checks that a checkpoint has float tensors of exactly these names and shapes, of finite numbers. */
export function checkTensors(
  { step, tensors }: Checkpoint,
  shapes: Readonly<Record<string, readonly number[]>>,
  isOther: (name: string) => boolean = () => false,
): void {
  const names = Object.keys(tensors).filter((name) => !isOther(name));
  expectFact(step, 'the names of its tensors', Object.keys(shapes).sort(), names.sort());
  for (const [name, shape] of Object.entries(shapes)) {
    const { data, shape: found } = tensors[name]!;
    expectFact(step, `the shape of ${name}`, shape, found);
    const good = data instanceof Float32Array && data.every((value) => Number.isFinite(value));
    expectFact(step, `whether ${name} holds finite float32`, true, good);
  }
}

function misfit(step: number, what: string, trouble: string): Error {
  return new Error(
    `the checkpoint of step ${step}: ${what} does not fit the rest: ${trouble}; it was changed, or written by another version: delete it to go on from an older one, or begin the run anew.`,
  );
}
