import type { ModelProto } from 'onnx-buf';
import { modelError } from '../error.ts';
import { sizeOf, type Axis } from '../graph/span.ts';
import type { Value } from '../graph/value.ts';
import { followModel } from '../graph/walk.ts';
import type { Derived } from '../layout/derive.ts';

/** Follows the graph of a pruned model again: every value must have the size that was meant. */
export function checkPruned(
  { context }: Derived,
  sizeAfter: (axis: Axis) => number | undefined,
  pruned: ModelProto,
): void {
  const again = followModel(pruned, context.stateInputs);
  const found = shapes(again.values, sizeOf);
  const meant = shapes(context.values, sizeAfter);
  meant.forEach(({ name, sizes: expected }, i) => {
    const other = found[i];
    const fits =
      other?.name === name &&
      other.sizes.length === expected.length &&
      expected.every(
        (size, k) => size === undefined || other.sizes[k] === undefined || size === other.sizes[k],
      );
    if (fits) return;
    throw modelError(
      `pruneOnnx: expected "${name}" to be [${expected.join(', ')}] in the smaller model, found [${other?.sizes.join(', ') ?? ''}]; the file was left as it was, please report it.`,
    );
  });
}

function shapes(
  values: readonly Value[],
  sizeIn: (axis: Axis) => number | undefined,
): { name: string; sizes: (number | undefined)[] }[] {
  return values.flatMap((value) =>
    (value.cases ?? [value]).map(({ each }) => ({
      name: value.name,
      sizes: (each?.[0] ?? []).map(sizeIn),
    })),
  );
}
